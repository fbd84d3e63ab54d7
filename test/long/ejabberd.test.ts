/** The room transport and three bots on another server than the one that the short tests run on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roomTransportSuite } from '#test/session/room-transport-suite.ts';
import { buildCli } from '#test/support/bots.ts';
import { type Ejabberd, startEjabberd } from '#test/support/ejabberd.ts';
import { threeBots } from '#test/support/three-bots.ts';

describe('a room transport on ejabberd', () => {
  roomTransportSuite({
    occupantIds: false,
    start: () => startEjabberd(),
    startWithoutRooms: () => startEjabberd({ noRoomCreation: true }),
    startWithRoomsForTwo: () => startEjabberd({ maxUsers: 2 }),
  });
});

describe.each([
  { limit: 'no limit', options: {}, seeds: [301, 302], edits: 1000 },
  { limit: 'the packaged shaper of 3 kB/s', options: { throttle: true as const }, seeds: [400], edits: 200 },
])('three bots on ejabberd with $limit', ({ options, seeds, edits }) => {
  let server: Ejabberd;
  beforeAll(async () => {
    await buildCli();
    server = await startEjabberd(options);
  });
  afterAll(() => server.stop());

  it.each(seeds)('end with one digest and one SVG (seed %i)', async (seed) => {
    const outcome = await threeBots(server, seed, edits);
    expect(new Set(outcome.digests).size).toBe(1);
    expect(new Set(outcome.svgs).size).toBe(1);
    expect(outcome.edits).toBeGreaterThan(edits * 2);
  });
});
