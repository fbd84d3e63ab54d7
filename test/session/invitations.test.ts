/** Invitations between two accounts, one of which may have several clients: by Jingle where a client is seen, by message where none is. */
import { describe, expect, test } from 'vitest';
import { type Agreed, createInvitations, type Incoming, type Outgoing } from '#session/invitations.ts';
import { type Client, postOffice } from '#test/support/post-office.ts';
import { bareJid } from '#xmpp/jid.ts';
import { createPresences } from '#xmpp/rfc-6121-presence.ts';
import { createCaps } from '#xmpp/xep-0115.ts';
import { NS_LIMN_SESSION, NS_SXE } from '#xmpp/xep-0284.ts';
import { xml } from '#xmpp/xml-text.ts';

const SVG = 'http://www.w3.org/2000/svg';
const about = (...features: string[]) => ({
  identities: [{ category: 'client', type: 'pc', name: 'X' }],
  features: ['http://jabber.org/protocol/disco#info', ...features].sort(),
  forms: [],
});
const LIMN = about(NS_SXE, NS_LIMN_SESSION);
const IDEAS = { name: 'Ideas', descriptions: [SVG] };

async function person(office: ReturnType<typeof postOffice>, account: string, info = LIMN) {
  const client: Client = office.client(account);
  const { entity, clock, random } = client;
  const caps = await createCaps(entity, 'urn:test', info);
  const presences = createPresences(entity, { extra: () => [caps.element()], isRoom: () => false });
  const invited: Incoming[] = [];
  const contacts = new Set<string>();
  const invitations = createInvitations(entity, {
    caps,
    presences,
    clock,
    random,
    nameOf: (jid) => jid.split('@')[0] ?? '',
    knows: (jid) => contacts.has(jid),
    onInvited: (incoming) => invited.push(incoming),
    note: () => undefined,
  });
  /** Lets another see that this client is there. */
  const show = (to: string): Promise<void> => entity.send(xml('presence', { to }, caps.element()));
  return { client, invitations, invited, contacts, show };
}

type Person = Awaited<ReturnType<typeof person>>;

async function ofTwo(info = LIMN) {
  const office = postOffice();
  const ana = await person(office, 'ana@example.org');
  const bo = await person(office, 'bo@example.org', info);
  return { office, ana, bo };
}

/** What became of an invitation: the agreement, or the sentence. */
function outcome(outgoing: Outgoing): { result?: Agreed; sentence?: string } {
  const told: { result?: Agreed; sentence?: string } = {};
  outgoing.agreed.then(
    (result) => (told.result = result),
    (error: unknown) => (told.sentence = String((error as Error).message)),
  );
  return told;
}

async function only(invited: Person['invited']): Promise<Incoming> {
  expect(invited.length).toBe(1);
  return Promise.resolve(invited[0] as Incoming);
}

describe('a contact who is seen', () => {
  async function seen(info = LIMN) {
    const two = await ofTwo(info);
    two.bo.contacts.add('ana@example.org');
    await two.bo.show('ana@example.org');
    await two.office.settle();
    return two;
  }

  test('is asked at once, and both have a transport when it says yes', async () => {
    const { office, ana, bo } = await seen();
    const told = outcome(ana.invitations.invite('bo@example.org', IDEAS));
    await office.settle();
    const incoming = await only(bo.invited);
    expect(incoming).toMatchObject({ from: 'ana@example.org', ...IDEAS });
    const accepting = incoming.accept();
    await office.settle();
    const theirs = await accepting;
    expect(told.result).toMatchObject({ peer: 'bo@example.org/1', sid: theirs.sid });
    expect(theirs.peer).toBe('ana@example.org/1');
  });

  test('that says yes in one breath with its acknowledgement is understood', async () => {
    const { office, ana, bo } = await seen();
    // Bo knows Ana's client already, and has nobody to ask.
    await ana.show('bo@example.org');
    await office.settle();
    const first = outcome(ana.invitations.invite('bo@example.org', IDEAS));
    await office.settle();
    (await only(bo.invited)).decline('busy');
    await office.settle();
    expect(first.sentence).toBeDefined();
    ana.client.hold();
    const told = outcome(ana.invitations.invite('bo@example.org', IDEAS));
    await office.settle();
    const accepting = bo.invited[1]?.accept();
    await office.settle();
    ana.client.release();
    await office.settle();
    await accepting;
    expect(told.result).toBeDefined();
  });

  test('whose program can not share drawings is not asked', async () => {
    const { office, ana, bo } = await seen(about('urn:something'));
    const told = outcome(ana.invitations.invite('bo@example.org', IDEAS));
    // What a client says of itself is checked against its hash, in a thread of its own.
    await expect
      .poll(async () => {
        await office.settle();
        return told.sentence;
      })
      .toBe("The program that bo uses can't share drawings.");
    expect(bo.invited).toEqual([]);
  });

  test.each([
    ['decline', 'bo declined the invitation.'],
    ['busy', 'bo is busy. Try again later.'],
  ] as const)('who says %s is understood', async (reason, sentence) => {
    const { office, ana, bo } = await seen();
    const told = outcome(ana.invitations.invite('bo@example.org', IDEAS));
    await office.settle();
    (await only(bo.invited)).decline(reason);
    await office.settle();
    expect(told.sentence).toBe(sentence);
  });

  test('learns that the invitation was taken back', async () => {
    const { office, ana, bo } = await seen();
    const outgoing = ana.invitations.invite('bo@example.org', IDEAS);
    const told = outcome(outgoing);
    await office.settle();
    const why: string[] = [];
    (await only(bo.invited)).onGone((sentence) => why.push(sentence));
    outgoing.cancel();
    await office.settle();
    expect(why).toEqual(['ana took the invitation back.']);
    expect(told.sentence).toBeDefined();
  });

  test('who does not answer within two minutes is let go', async () => {
    const { office, ana, bo } = await seen();
    const told = outcome(ana.invitations.invite('bo@example.org', IDEAS));
    await office.settle();
    const why: string[] = [];
    (await only(bo.invited)).onGone((sentence) => why.push(sentence));
    ana.client.clock.advance(121_000);
    await office.settle();
    expect(told.sentence).toBe('bo did not answer. Try again later.');
    expect(why).toEqual(['ana did not answer. Try again later.']);
  });
});

describe('an account of which nothing is seen', () => {
  test('rings on all its clients, and the one that says yes gets the session', async () => {
    const { office, ana, bo } = await ofTwo();
    const phone = await person(office, 'bo@example.org');
    const told = outcome(ana.invitations.invite('bo@example.org', { ...IDEAS, sid: 'our-board' }));
    await office.settle();
    expect((await only(bo.invited)).from).toBe('ana@example.org');
    const accepting = (await only(phone.invited)).accept();
    await office.settle();
    expect((await accepting).name).toBe('Ideas');
    expect(told.result).toMatchObject({ peer: phone.client.entity.jid, sid: 'our-board' });
  });

  test('that says no is understood', async () => {
    const { office, ana, bo } = await ofTwo();
    const told = outcome(ana.invitations.invite('bo@example.org', IDEAS));
    await office.settle();
    (await only(bo.invited)).decline('decline');
    await office.settle();
    expect(told.sentence).toBe('bo declined the invitation.');
  });

  test('where nothing rings is given up after twenty seconds', async () => {
    const office = postOffice();
    const ana = await person(office, 'ana@example.org');
    const told = outcome(ana.invitations.invite('nobody@example.org', IDEAS));
    await office.settle();
    ana.client.clock.advance(21_000);
    await office.settle();
    expect(told.sentence).toBe('nobody did not answer. Try again later.');
  });

  test('can not be made to open a session that it did not agree to', async () => {
    const { office, ana, bo } = await ofTwo();
    const told = outcome(ana.invitations.invite('bo@example.org/1', IDEAS));
    await office.settle();
    expect(told.sentence).toMatch(/does not take invitations from you/);
    expect(bo.invited).toEqual([]);
  });

  test('that rings with more than three invitations of one account stops listening to it', async () => {
    const { office, ana, bo } = await ofTwo();
    for (let count = 0; count < 200; count++) outcome(ana.invitations.invite('bo@example.org', IDEAS));
    await office.settle();
    expect(bo.invited.length).toBe(3);
  });

  test('and invites us at the same moment: one of the two stands', async () => {
    const { office, ana, bo } = await ofTwo();
    const one = outcome(ana.invitations.invite('bo@example.org', IDEAS));
    const other = outcome(bo.invitations.invite('ana@example.org', IDEAS));
    await office.settle();
    expect([ana.invited.length, bo.invited.length]).toEqual([0, 1]);
    expect(bareJid(bo.invited[0]?.from ?? '')).toBe('ana@example.org');
    expect(other.sentence).toBeDefined();
    const accepting = bo.invited[0]?.accept();
    await office.settle();
    await accepting;
    expect(one.result).toBeDefined();
  });
});
