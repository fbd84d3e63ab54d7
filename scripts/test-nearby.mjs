/**
 * `npm run test:nearby`: two network namespaces on this machine, linked by a veth pair, with a Limn in each, by both protocols and by IPv6
 * alone: found by mDNS, drawn on together, the host killed or suspended, the guest hosting, the host back. Needs Linux, root and `ip`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const CHILD = path.resolve(import.meta.dirname, '../test/app/nearby-child.ts');
const PATIENCE = 60_000;
const NAMES = ['a', 'b'].map((side) => `limn-${side}-${process.pid}`);

function ip(...args) {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}

/** Why it can't be done here, or undefined. */
function missing() {
  if (process.platform !== 'linux') return 'network namespaces are Linux’s';
  if (process.getuid?.() !== 0) return 'it takes root to make network namespaces';
  if (spawnSync('ip', ['-V']).status !== 0) return '`ip` is not installed (iproute2)';
  try {
    ip('netns', 'add', NAMES[0]);
    ip('netns', 'del', NAMES[0]);
  } catch (error) {
    return `no network namespace can be made (${error.message})`;
  }
  return undefined;
}

const running = new Set();

/** A person in a namespace: what they print, and the last state they told. */
function person(namespace, mode, profile, name) {
  const command = ['netns', 'exec', namespace, process.execPath, '--import', 'tsx', CHILD, mode, profile, name];
  const child = spawn('ip', command, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LIMN_NEARBY: 'network' },
  });
  running.add(child);
  const one = { child, drawn: [], board: '', state: undefined };
  let look = () => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [what] = line.split(' ', 1);
    const rest = line.slice(what.length + 1);
    if (what === 'drawn') one.drawn.push(rest);
    if (what === 'board') one.board = rest;
    if (what === 'state') one.state = JSON.parse(rest);
    look();
  });
  one.until = (what, is) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${mode}: not ${what} within ${PATIENCE / 1000} s: ${JSON.stringify(one.state)}`)),
        PATIENCE,
      );
      look = () => {
        if (!is(one)) return;
        clearTimeout(timer);
        resolve();
      };
      look();
    });
  one.kill = () =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
      running.delete(child);
    });
  return one;
}

/** Two meet; the host goes `away`, killed or suspended, and comes back. */
async function meet(what, profiles, away) {
  const began = Date.now();
  const name = `Board ${process.pid} ${what}`;
  const host = person(NAMES[0], 'host', profiles[0], name);
  await host.until('sharing', ({ board }) => board !== '');
  const guest = person(NAMES[1], 'guest', profiles[1], name);
  await guest.until('there', ({ state }) => state?.connection === 'online');
  const found = Date.now() - began;
  await guest.until('done drawing', ({ drawn }) => drawn.length === 10);
  await guest.until('up to date', ({ state }) => state?.rects.length > 30 && state.waiting === 0);
  const gone = Date.now();
  if (away === 'killed') await host.kill();
  else host.child.kill('SIGSTOP');
  await guest.until('hosting', ({ state }) => state?.connection === 'online' && state.people[0] === 'guest owner');
  const hosted = Date.now() - gone;
  await guest.until('done drawing', ({ drawn, state }) => drawn.length === 20 && state.waiting === 0);
  const back = away === 'killed' ? person(NAMES[0], 'back', profiles[0], host.board) : host;
  const before = host.drawn.length;
  const returned = Date.now();
  if (away === 'suspended') {
    host.child.kill('SIGCONT');
    await host.until('drawing on', ({ drawn }) => drawn.length > before + 50);
    host.child.kill('SIGUSR2');
  }
  const lost = (one) => [...host.drawn, ...guest.drawn].filter((x) => !one.state?.rects.includes(x));
  for (const one of [back, guest]) {
    await one.until(
      'whole',
      () => one.state?.connection === 'online' && one.state.waiting === 0 && lost(one).length === 0,
    );
  }
  await guest.until('the same', ({ state }) => state.digest === back.state?.digest);
  const whole = Date.now() - returned;
  const count = host.drawn.length + guest.drawn.length;
  await Promise.all([back.kill(), guest.kill()]);
  console.log(
    `ok   ${what}, host ${away}: together after ${found} ms, hosted on after ${hosted} ms, whole ${whole} ms after the return, ${count} edits, none lost, one digest`,
  );
}

const reason = missing();
if (reason) {
  console.log(`skipped: ${reason}`);
  process.exit(0);
}
const folder = mkdtempSync(path.join(tmpdir(), 'limn-nearby-'));
try {
  for (const namespace of NAMES) ip('netns', 'add', namespace);
  ip('link', 'add', 'veth-limn', 'netns', NAMES[0], 'type', 'veth', 'peer', 'name', 'veth-limn', 'netns', NAMES[1]);
  for (const [at, namespace] of NAMES.entries()) {
    const inside = ['-n', namespace];
    // Addresses are good at once: nobody else can have them.
    spawnSync('ip', ['netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv6.conf.veth-limn.accept_dad=0']);
    ip(...inside, 'link', 'set', 'lo', 'up');
    ip(...inside, 'address', 'add', `192.0.2.${at + 1}/24`, 'dev', 'veth-limn');
    ip(...inside, 'link', 'set', 'veth-limn', 'up');
  }
  const profiles = (what) => NAMES.map((namespace) => path.join(folder, `${namespace}-${what}`));
  await meet('IPv4 and IPv6', profiles('both'), 'killed');
  await meet('IPv4 and IPv6', profiles('stopped'), 'suspended');
  for (const [at, namespace] of NAMES.entries())
    ip('-n', namespace, 'address', 'del', `192.0.2.${at + 1}/24`, 'dev', 'veth-limn');
  await meet('IPv6 alone', profiles('six'), 'killed');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  for (const child of running) child.kill('SIGKILL');
  for (const namespace of NAMES) spawnSync('ip', ['netns', 'del', namespace]);
  rmSync(folder, { recursive: true, force: true });
}
