import { expect, test } from 'vitest';
import type { Person } from '#api/contract.ts';
import { createPeers } from '#renderer/board/peers.ts';

const ann: Person = {
  ...{ id: 'ann', name: 'Ann', me: false, colour: 1, role: 'editor', offers: [], draws: true, show: 'free' },
};

test('of whom nothing is known, no cursor, selection, stroke or drag is shown, nor what comes late', () => {
  let dropped = 0;
  const peers = createPeers(
    () =>
      ({ show: () => undefined, drop: () => void dropped++ }) as unknown as ReturnType<
        Parameters<typeof createPeers>[0]
      >,
    () => true,
  );
  const live = { cursor: [1, 2], selection: ['a'], preview: { kind: 'drag', rids: ['a'], matrix: [1, 0, 0, 1, 5, 5] } };
  const receive = (): void => peers.receive('ann', live as Parameters<typeof peers.receive>[1], 0);
  peers.setPeople([ann]);
  receive();
  expect([...peers.all()]).toMatchObject([{ name: 'Ann', cursor: { x: 1, y: 2 }, selection: ['a'] }]);
  peers.setPeople([{ ...ann, show: 'off' }]);
  receive();
  expect([[...peers.all()], dropped]).toEqual([[], 1]);
  peers.setPeople([ann]);
  receive();
  expect([...peers.all()]).toHaveLength(1);
});
