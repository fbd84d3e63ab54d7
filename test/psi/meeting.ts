/** What the tests with a live Psi share: a server, a screen, a Psi with its person, and Limns; and how their documents are compared. */
import { mkdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { TreeView } from '#core/types.ts';
import { recordsOfPsi } from '#session/psi-edits.ts';
import { closeApps, type SignedIn, signedIn } from '#test/app/signed-in.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';
import { type Psi, type Screen, startPsi, startScreen } from '#test/support/psi.ts';
import { type RawClient, startRawClient } from '#test/support/raw-client.ts';
import { type PsiPayload, parsePsi, serializePsi } from '#xmpp/xep-0284-psi.ts';
import { xml } from '#xmpp/xml-text.ts';

/** Where Psi is, and who asks it what it has. */
const PSI = 'alice@localhost/psi';
const PATIENCE_MS = 30_000;

export interface Meeting {
  readonly prosody: Prosody;
  readonly screen: Screen;
  readonly psi: Psi;
  limn(name: string): Promise<SignedIn>;
  /** A picture of the screen in test-results, for who looks at what failed. */
  shot(name: string): Promise<void>;
  /** Psi's document in a session, as Psi tells anybody who asks: a line per node. */
  psiLines(session: string): Promise<string[]>;
  stop(): Promise<void>;
}

/** Alice has Psi; she and Bob are in each other's rosters. */
export async function startMeeting(): Promise<Meeting> {
  const [prosody, screen] = await Promise.all([
    startProsody({ friends: ['alice', 'bob'], accounts: { alice: 'pw', bob: 'pw', carol: 'pw', dora: 'pw' } }),
    startScreen(),
  ]);
  const service = `127.0.0.1:${prosody.port}`;
  const starting = Promise.all([
    startPsi({ screen, name: 'alice', password: 'pw', port: prosody.port }),
    startRawClient({ jid: 'carol@localhost', password: 'pw', service }),
  ]);
  const [psi, witness] = await starting.catch(async (error: unknown) => {
    await screen.stop();
    await prosody.stop();
    throw error;
  });
  mkdirSync('test-results', { recursive: true });
  return {
    ...{ prosody, screen, psi },
    limn: (name) => signedIn(prosody, name),
    shot: (name) => screen.shot(`test-results/psi-${name.replaceAll(/\W+/g, '-')}.png`),
    psiLines: (session) => askPsi(witness, session),
    async stop() {
      await closeApps();
      await witness.stop();
      await psi.stop();
      await screen.stop();
      await prosody.stop();
    },
  };
}

/** Psi gives what it has to whoever knows the session. */
async function askPsi(witness: RawClient, session: string): Promise<string[]> {
  const say = (payload: PsiPayload): Promise<void> =>
    witness.send(xml('message', { to: PSI }, serializePsi({ session, id: `${Math.random()}`, payload })));
  const before = witness.heard.length;
  const heard = (kind: PsiPayload['kind']): Promise<PsiPayload> =>
    new Promise((resolve, reject) => {
      const end = Date.now() + PATIENCE_MS;
      const look = (): void => {
        const results = witness.heard.slice(before).map((stanza) => parsePsi(stanza));
        const found = results.find((one) => one?.ok === true && one.message.payload.kind === kind);
        if (found?.ok) return resolve(found.message.payload);
        if (Date.now() > end) return reject(new Error(`Psi said no ${kind}`));
        setTimeout(look, 50);
      };
      look();
    });
  await say({ kind: 'connect-request' });
  await heard('history-offer');
  await say({ kind: 'accept-history' });
  const snapshot = await heard('snapshot');
  const parts = snapshot.kind === 'snapshot' ? snapshot.parts : [];
  const records = recordsOfPsi(parts.flatMap((part) => (part.kind === 'edits' ? part.edits : [])));
  const under = (parent: string, depth: string): string[] =>
    records
      .filter((one) => one.parent === parent && one.type !== 'attr')
      .sort((a, b) => a.primaryWeight - b.primaryWeight || (a.rid < b.rid ? -1 : 1))
      .flatMap((one) => {
        const attributes = records.filter(({ type, parent: of }) => type === 'attr' && of === one.rid);
        return [...line(depth, one, attributes), ...under(one.rid, `${depth} `)];
      });
  return under('', '');
}

interface Line {
  readonly type: string;
  readonly name?: string;
  readonly chdata?: string;
}

function line(depth: string, node: Line, attributes: readonly Line[]): string[] {
  const said = attributes.map(({ name = '', chdata = '' }) => `${name}="${chdata}"`).sort();
  return [`${depth}${node.type === 'element' ? [node.name, ...said].join(' ') : (node.chdata ?? '')}`];
}

/** What Limn has that the others have, too. */
export function limnLines(view: TreeView, parent = '', depth = ''): string[] {
  return view.children(parent).flatMap((rid) => {
    const node = view.get(rid);
    const attributes = view.attributes(rid).flatMap((one) => view.get(one) ?? []);
    return node ? [...line(depth, node, attributes), ...limnLines(view, rid, `${depth} `)] : [];
  });
}

/** Waits until Limn's work has gone out and Psi has the same document, and answers with it. */
export async function same(met: Meeting, limn: SignedIn, board: string): Promise<string> {
  const of = limn.app.board(board);
  const session = of.meta.room?.session ?? '';
  await expect
    .poll(
      async () => {
        const psi = await met.psiLines(session);
        const mine = limnLines(of.replica.confirmed);
        const differ = mine.length === psi.length ? mine.findIndex((one, at) => one !== psi[at]) : 0;
        if (differ >= 0) return { mine: mine.slice(differ), psi: psi.slice(differ) };
        return of.status().waiting === 0 ? 'the same' : 'something waits';
      },
      { timeout: PATIENCE_MS, interval: 300 },
    )
    .toBe('the same');
  return limnLines(of.replica.confirmed).join('\n');
}
