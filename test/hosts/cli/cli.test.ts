/** The built command line as a person or a script runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, startBot } from '#test/support/bots.ts';
import { type Prosody, startProsody } from '#test/support/prosody.ts';

let cli: string;
let folder: string;
let server: Prosody;

beforeAll(async () => {
  cli = await buildCli();
  folder = await mkdtemp(path.join(tmpdir(), 'limn-cli-'));
  // Prosody runs as a user of its own where we are root, and the demo's folders are made in here.
  await chmod(folder, 0o755);
  server = await startProsody();
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function limn(
  words: readonly string[],
  env: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [cli, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder, ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => resolve({ status, out, err }));
  });
  return { child, ended };
}

/** Resolves with the first match of what a command prints. */
function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
    child.once('close', (status) => reject(new Error(`it ended with ${status} after: ${text}`)));
  });
}

const account = (name: string, room: string): string[] => [
  ...['--jid', `${name}@localhost`, '--service', `xmpp://127.0.0.1:${server.port}`],
  ...['--ca', server.certificate, '--room', room],
];

describe('limn start', () => {
  it('prints an address that serves the app, and ends in order at SIGTERM', async () => {
    const { child, ended } = limn(['start', '--no-open', '--profile', path.join(folder, 'start')]);
    const [, origin] = await printed(child, /Limn is running at (http:\/\/127\.0\.0\.1:\d+)\/\?token=\S+/);
    expect((await fetch(`${origin}/nothing`)).status).toBe(404);
    child.kill('SIGTERM');
    expect((await ended).status).toBe(0);
  });

  it('says which profile is in use already', async () => {
    const words = ['start', '--no-open', '--profile', path.join(folder, 'twice')];
    const first = limn(words);
    await printed(first.child, /running/);
    const { status, err } = await limn(words).ended;
    expect(status).toBe(1);
    expect(err).toMatch(/already running with this profile/);
    first.child.kill('SIGTERM');
    await first.ended;
  });
});

describe('limn export', () => {
  it('cleans files into a folder, and goes on after a bad one', async () => {
    const script =
      '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><script>1</script><rect width="5"/></svg>';
    await writeFile(path.join(folder, 'good.svg'), script);
    await writeFile(path.join(folder, 'broken.svg'), '<svg');
    const { status, out, err } = await limn(['export', 'good.svg', 'broken.svg', '-o', 'exported/', '--to', 'svg'])
      .ended;
    expect(status).toBe(1);
    expect(out).toBe('exported/good.svg\n');
    expect(err).toMatch(/good\.svg: 1 script was taken out\.\nbroken\.svg: .+\n1 of 2 drawings/);
    const svg = await readFile(path.join(folder, 'exported/good.svg'), 'utf8');
    expect(svg).toContain('<rect');
    expect(svg).not.toContain('script');
  });

  it('says what it does not find', async () => {
    const { status, err } = await limn(['export', 'nowhere', '-o', 'x.svg', '--profile', path.join(folder, 'none')])
      .ended;
    expect([status, err]).toEqual([
      1,
      'There is neither a file nor a board "nowhere". Check the name, and --profile.\n',
    ]);
  });

  it('fetches a board from its room', async () => {
    await writeFile(path.join(folder, 'board.svg'), '<svg xmlns="http://www.w3.org/2000/svg"><circle r="7"/></svg>');
    const bot = await startBot({
      jid: 'alice@localhost',
      password: 'pw',
      room: 'kept@rooms.localhost',
      service: `xmpp://127.0.0.1:${server.port}`,
      ca: server.certificate,
      nick: 'alice',
      profile: path.join(folder, 'alice'),
      create: path.join(folder, 'board.svg'),
    });
    await bot.must({ do: 'add', parent: 'root', before: null, xml: '<rect width="3"/>' });
    await bot.must({ do: 'idle' });
    const words = account('bob', '').slice(0, 6);
    const run = limn(['export', 'xmpp:kept@rooms.localhost', '-o', 'room.svg', ...words], { LIMN_PASSWORD: 'pw' });
    expect(await run.ended).toMatchObject({ status: 0, out: 'room.svg\n' });
    const { svg } = await bot.must({ do: 'svg' });
    expect(await readFile(path.join(folder, 'room.svg'), 'utf8')).toBe(svg);
    expect(await bot.quit()).toBe(0);
  });
});

describe('limn validate', () => {
  it('ends with 0 for a sound file, 1 for one with faults or none at all, 2 for words that are off', async () => {
    await writeFile(path.join(folder, 'sound.svg'), '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>');
    await writeFile(path.join(folder, 'faulty.svg'), '<svg xmlns="http://www.w3.org/2000/svg"><g r="1"/></svg>');
    expect(await limn(['validate', 'sound.svg']).ended).toEqual({ status: 0, out: 'sound.svg: sound\n', err: '' });
    const faulty = await limn(['validate', 'faulty.svg', '--json']).ended;
    expect(faulty.status).toBe(1);
    expect(
      faulty.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { fault: 'attribute', path: '/svg/g/@r' },
      { ok: false, faults: 1 },
    ]);
    expect(await limn(['validate', 'nowhere.svg']).ended).toMatchObject({ status: 1, out: '' });
    expect((await limn(['validate']).ended).status).toBe(2);
  });
});

describe('a completed part among bots', () => {
  it('is the room owner’s to declare and to reopen; nobody edits it meanwhile', async () => {
    const join = (nick: string, create?: string) =>
      startBot({
        ...{ jid: `${nick}@localhost`, password: 'pw', room: 'complete@rooms.localhost', nick },
        ...{
          service: `xmpp://127.0.0.1:${server.port}`,
          ca: server.certificate,
          profile: path.join(folder, `c-${nick}`),
        },
        ...(create === undefined ? {} : { create }),
      });
    await writeFile(path.join(folder, 'c.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const alice = await join('alice', path.join(folder, 'c.svg'));
    const { rids } = await alice.must({ do: 'add', parent: 'root', before: null, xml: '<rect width="3"/>' });
    await alice.must({ do: 'idle' });
    const bob = await join('bob');
    await bob.must({ do: 'idle' });
    const rid = rids?.[0];
    const wider = { do: 'set', rid, name: 'width', value: '4' };
    expect(await bob.ask({ do: 'complete', rid, on: true })).toMatchObject({ ok: false, code: 'refused' });
    await alice.must({ do: 'complete', rid, on: true });
    await alice.must({ do: 'idle' });
    await bob.must({ do: 'idle' });
    expect(await bob.ask(wider)).toMatchObject({
      ok: false,
      message: expect.stringMatching(/complete.*owner/) as string,
    });
    expect(await alice.ask(wider)).toMatchObject({ ok: false });
    expect(await bob.ask({ do: 'complete', rid, on: false })).toMatchObject({ ok: false });
    await alice.must({ do: 'complete', rid, on: false });
    await alice.must({ do: 'idle' });
    await bob.must({ do: 'idle' });
    await bob.must(wider);
    const at = await bob.must({ do: 'idle' });
    expect((await alice.must({ do: 'idle' })).digest).toBe(at.digest);
    expect((await alice.must({ do: 'svg' })).svg).toContain('width="4"');
    expect(await bob.quit()).toBe(0);
    expect(await alice.quit()).toBe(0);
  }, 60_000);
});

describe('limn bot', () => {
  it.each([
    ['a wrong password', account, 'wrong', /password/i],
    ['a room that is not there', account, 'pw', /There is no room/],
  ])('ends with 1 and a sentence for %s', async (_, words, password, sentence) => {
    const { status, out, err } = await limn(['bot', ...words('carol', 'absent@rooms.localhost')], {
      LIMN_PASSWORD: password,
    }).ended;
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('refuses a certificate that nobody vouches for', async () => {
    const words = account('carol', 'absent@rooms.localhost').filter(
      (word) => word !== '--ca' && word !== server.certificate,
    );
    const { status, err } = await limn(['bot', ...words], { LIMN_PASSWORD: 'pw' }).ended;
    expect(status).toBe(1);
    expect(err).toMatch(/not trusted.*--ca FILE/);
  });
});

describe('limn demo', () => {
  it('lets two people share a board, and leaves nothing behind', async () => {
    const before = await readdir(folder);
    const { child, ended } = limn(['demo', '--no-open']);
    await printed(child, /Ada is at http\S+\nBo is at http\S+/);
    child.kill('SIGINT');
    expect((await ended).status).toBe(0);
    expect(await readdir(folder)).toEqual(before);
  }, 60_000);
});
