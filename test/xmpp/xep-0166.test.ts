/** XEP-0166 between two clients whose stanzas reach each other in order: the whole life of a session, and what breaks the rules. */
import { expect, test } from 'vitest';
import type { Element } from '@xmpp/xml';
import { postOffice } from '#test/support/post-office.ts';
import type { Entity } from '#xmpp/entity.ts';
import { StanzaError } from '#xmpp/errors.ts';
import { createJingle, type JingleSession, type JingleSessionEvent } from '#xmpp/xep-0166.ts';
import { NS_JINGLE, type Jingle, parseJingle, serializeJingle } from '#xmpp/xep-0166-stanzas.ts';
import { readElement } from './elements.ts';
import { goldenPairs } from './golden.ts';

goldenPairs<Jingle>(
  'xep-0166',
  (element) => {
    const jingle = parseJingle(element);
    if (!jingle || jingle === 'unsupported') throw new Error('not read');
    return jingle;
  },
  serializeJingle,
);

const SVG = 'http://www.w3.org/2000/svg';
const ANA = 'ana@example.org/1';
const BO = 'bo@example.org/1';

/** Ana (whose session ids are lower) and Bo. */
function two() {
  const office = postOffice();
  const person = (account: string) => {
    const { entity, random } = office.client(account);
    const invited: JingleSession[] = [];
    let welcome = true;
    const jingle = createJingle(entity, {
      random,
      onInitiate: (session) => invited.push(session),
      mayInitiate: () => welcome,
    });
    return {
      jingle,
      entity,
      invited,
      shut() {
        welcome = false;
      },
    };
  };
  const settle = (): Promise<void> => office.settle();
  return { ana: person('ana@example.org'), bo: person('bo@example.org'), settle };
}

const board = { name: 'Ideas', descriptions: [SVG], hosts: [ANA] };

function watched(session: JingleSession): JingleSessionEvent[] {
  const events: JingleSessionEvent[] = [];
  session.on((event) => events.push(event));
  return events;
}

/** A request as a stranger to the rules would send it, and the condition that it is answered with. */
async function refusal(from: Entity, to: string, child: Element): Promise<string> {
  try {
    await from.request('set', to, child);
    return 'none';
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    return [error.condition, error.detail?.name].filter(Boolean).join(' ');
  }
}

async function active() {
  const { ana, bo, settle } = two();
  const initiating = ana.jingle.initiate(BO, board);
  await settle();
  const mine = await initiating;
  const [theirs] = bo.invited;
  if (!theirs) throw new Error('not invited');
  const accepting = theirs.accept();
  await settle();
  await accepting;
  return { ana, bo, settle, mine, theirs };
}

test('invited, accepted, ended: both know at every step', async () => {
  const { ana, bo, settle } = two();
  const initiating = ana.jingle.initiate(BO, board);
  await settle();
  const mine = await initiating;
  const [theirs] = bo.invited;
  expect(theirs).toMatchObject({ peer: ANA, initiator: false, state: 'pending', sid: mine.sid });
  expect(theirs?.content).toEqual({ creator: 'initiator', ...board });
  const heard = watched(mine);
  const accepting = theirs?.accept();
  await settle();
  await accepting;
  expect([mine.state, theirs?.state]).toEqual(['active', 'active']);
  const ends = watched(theirs as JingleSession);
  mine.end('success', { text: 'Thanks' });
  await settle();
  expect(heard).toEqual([
    { type: 'accepted' },
    { type: 'ended', by: 'me', end: { reason: 'success', text: 'Thanks' } },
  ]);
  expect(ends).toEqual([{ type: 'ended', by: 'peer', end: { reason: 'success', text: 'Thanks' } }]);
  expect([ana.jingle.all(), bo.jingle.all()]).toEqual([[], []]);
});

test('a refusal says why, and which session is wanted instead', async () => {
  const { ana, bo, settle } = two();
  const initiating = ana.jingle.initiate(BO, board);
  await settle();
  const heard = watched(await initiating);
  bo.invited[0]?.end('alternative-session', { alternative: 'other' });
  await settle();
  expect(heard).toEqual([{ type: 'ended', by: 'peer', end: { reason: 'alternative-session', alternative: 'other' } }]);
});

test('when both invite each other the lower session id stands', async () => {
  const { ana, bo, settle } = two();
  const first = ana.jingle.initiate(BO, board);
  const second = bo.jingle.initiate(ANA, { ...board, hosts: [BO] });
  second.catch(() => undefined);
  await settle();
  expect((await first).state).toBe('pending');
  await expect(second).rejects.toMatchObject({ condition: 'conflict' });
  expect(ana.invited).toEqual([]);
  expect(bo.invited.map(({ peer }) => peer)).toEqual([ANA]);
  expect([ana.jingle.all().length, bo.jingle.all().length]).toEqual([1, 1]);
});

test('an invitation that no transport of ours can carry is ended with that reason', async () => {
  const { ana, bo, settle } = two();
  const initiating = ana.jingle.initiate(BO, { ...board, hosts: [] });
  await settle();
  const session = await initiating;
  expect(session).toMatchObject({ state: 'ended', outcome: { reason: 'unsupported-transports' } });
  expect(bo.invited).toEqual([]);
});

test('a stranger gets the answer of a client without Jingle', async () => {
  const { ana, bo, settle } = two();
  bo.shut();
  const initiating = ana.jingle.initiate(BO, board);
  initiating.catch(() => undefined);
  await settle();
  await expect(initiating).rejects.toMatchObject({ condition: 'service-unavailable', detail: undefined });
  expect(bo.invited).toEqual([]);
  expect(ana.jingle.all()).toEqual([]);
});

test('a flood of invitations is refused before it costs anything', async () => {
  const { ana, bo, settle } = two();
  const all = Array.from({ length: 1000 }, () => ana.jingle.initiate(BO, board));
  const settled = Promise.allSettled(all);
  await settle();
  const refused = (await settled).filter(({ status }) => status === 'rejected');
  expect(refused.length).toBe(997);
  expect(bo.invited.length).toBe(3);
  expect(bo.jingle.all().length).toBe(3);
});

test('a session that is there is not begun once more under its id', async () => {
  const { ana, settle, mine, theirs } = await active();
  await expect(ana.jingle.initiate(BO, { ...board, sid: mine.sid })).rejects.toMatchObject({ condition: 'conflict' });
  await settle();
  expect([mine.state, theirs.state]).toEqual(['active', 'active']);
});

test('asking for a session that the other lost ends it here', async () => {
  const { bo, settle, mine } = await active();
  bo.jingle.stop();
  const heard = watched(mine);
  const asking = mine.ping();
  await settle();
  expect(await asking).toBe(false);
  expect(heard).toEqual([{ type: 'ended', by: 'peer', end: { reason: 'gone' } }]);
});

test('asking for a session that stands changes nothing', async () => {
  const { settle, mine, theirs } = await active();
  const asking = mine.ping();
  await settle();
  expect(await asking).toBe(true);
  expect([mine.state, theirs.state]).toEqual(['active', 'active']);
});

test('what breaks the rules is answered as the XEP says, and breaks no session', async () => {
  const { ana, settle, mine, theirs } = await active();
  const say = async (jingle: string): Promise<string> => {
    const asking = refusal(ana.entity, BO, readElement(`<jingle xmlns='${NS_JINGLE}' ${jingle}</jingle>`));
    await settle();
    return asking;
  };
  const content = "<content creator='initiator' name='x'/>";
  expect(await say(`action='session-accept' sid='${mine.sid}'>`)).toBe('unexpected-request out-of-order');
  expect(await say(`action='session-initiate' sid='${mine.sid}'>${content}`)).toBe('unexpected-request out-of-order');
  expect(await say("action='session-accept' sid='never heard of'>")).toBe('item-not-found unknown-session');
  expect(await say("action='session-initiate' sid='new'>")).toBe('bad-request');
  expect(await say("sid='new'>")).toBe('bad-request');
  expect(await say(`action='session-info' sid='${mine.sid}'><x xmlns='y'/>`)).toBe(
    'feature-not-implemented unsupported-info',
  );
  expect(await say(`action='content-add' sid='${mine.sid}'>${content}`)).toBe('feature-not-implemented');
  expect([mine.state, theirs.state]).toEqual(['active', 'active']);
});
