/** The transport suite over everything that carries a session. */
import { afterAll, onTestFinished } from 'vitest';
import { createDirectTransport } from '#session/direct-transport.ts';
import { createRoomTransport } from '#session/room-transport.ts';
import type { Transport } from '#session/transport.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { createLan } from '#test/support/lan.ts';
import { TestNetwork } from '#test/support/network.ts';
import { postOffice } from '#test/support/post-office.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { createCompactCodec } from '#xmpp/compact.ts';
import { createJingle, type JingleSession } from '#xmpp/xep-0166.ts';
import { clock, LIMN, signIn } from '../xmpp/connect.ts';
import { type Meeting, transportSuite } from './transport-suite.ts';

const compact = createCompactCodec(systemDeflate);
transportSuite('the test network', async (listen) => {
  const network = new TestNetwork(1);
  const [one, two] = [network.member('one'), network.member('two')];
  listen([one.transport, two.transport]);
  one.connect('room');
  two.connect('room');
  return {
    transports: [one.transport, two.transport],
    settle: () => network.settle(),
    cut: () => two.drop({ ghost: true }),
    mend: () => two.connect('room'),
  };
});

transportSuite('two people directly', async (listen) => {
  const office = postOffice();
  const [ana, bo] = [office.client('ana@example.org'), office.client('bo@example.org')];
  const invited: JingleSession[] = [];
  const [inviter] = [ana, bo].map(({ entity, random }) =>
    createJingle(entity, { random, onInitiate: (session) => invited.push(session), mayInitiate: () => true }),
  );
  const content = { name: 'Board', descriptions: ['http://www.w3.org/2000/svg'], hosts: ['ana@example.org'] };
  const initiating = inviter?.initiate(bo.entity.jid ?? '', content);
  await office.settle();
  const [mine, [theirs]] = [await initiating, invited];
  if (!mine || !theirs) throw new Error('not invited');
  const accepting = theirs.accept();
  await office.settle();
  await accepting;
  const features = new Set(LIMN.features);
  const transports = [
    createDirectTransport(ana.entity, { jingle: mine, features, name: 'bo', clock: ana.clock }),
    createDirectTransport(bo.entity, { jingle: theirs, features, name: 'ana', clock: bo.clock }),
  ] as const;
  listen(transports);
  for (const transport of transports) transport.start();
  return { transports, settle: () => office.settle(), cut: () => bo.cut(), mend: () => bo.back(true) };
});

let prosody: Prosody | undefined;
let rooms = 0;
afterAll(() => prosody?.stop());
transportSuite('a room of a server', async (listen) => {
  const server = (prosody ??= await startProsody());
  const room = `conformance-${(rooms += 1)}@rooms.localhost`;
  const made = await Promise.all(
    ['alice', 'bob'].map(async (username) => {
      const { entity, caps } = await signIn(server, username);
      return { entity, transport: createRoomTransport(entity, { room, nick: username, caps, clock, compact }) };
    }),
  );
  const [one, two] = made;
  if (!one || !two) throw new Error('nobody came');
  const transports = [one.transport, two.transport] as const;
  listen(transports);
  for (const transport of transports) await transport.join();
  return { transports, cut: () => two.entity.cut(), mend: () => two.entity.link() };
});

const nearby = async (listen: (transports: readonly [Transport, Transport]) => void): Promise<Meeting> => {
  const lan = createLan();
  onTestFinished(() => lan.close());
  const [ann, ben] = [await lan.person('Ann'), await lan.person('Ben')];
  const hosted = await ann.nearby.share('board', 'Board');
  const joined = await ben.nearby.join(await lan.offered(ben, 'board'));
  const transports = [await ann.transport(hosted), await ben.transport(joined)] as const;
  listen(transports);
  for (const transport of transports) await transport.join();
  return { transports };
};
transportSuite('a host nearby', nearby, false);
