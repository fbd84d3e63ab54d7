/** Programs that the tests run: found on PATH, or installed by apt as root or through sudo. */
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, say } from './run.mjs';

/** `commands`: any of them will do. `apt`: the Debian package. `support`: the test helper whose users need the tool. */
export const TOOLS = {
  prosody: { commands: ['prosody'], apt: 'prosody', support: /support\/prosody/, what: 'the XMPP server Prosody' },
  chromium: {
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    apt: 'chromium',
    support: /support\/(chromium|browser|electron\/)|playwright/,
    what: 'the browser Chromium',
  },
  xmllint: { commands: ['xmllint'], apt: 'libxml2-utils', support: /xmllint/, what: 'the XML checker xmllint' },
  openssl: {
    commands: ['openssl'],
    apt: 'openssl',
    support: /support\/(prosody|ejabberd|server-process)/,
    what: 'openssl',
  },
  ejabberd: {
    commands: ['ejabberdctl'],
    apt: 'ejabberd',
    support: /support\/ejabberd/,
    what: 'the XMPP server ejabberd',
  },
  profanity: {
    commands: ['profanity'],
    apt: 'profanity',
    support: /support\/profanity/,
    what: 'the XMPP client Profanity',
  },
  tmux: { commands: ['tmux'], apt: 'tmux', support: /support\/profanity/, what: 'the terminal tmux' },
  psi: { commands: ['psi'], apt: 'psi', support: /support\/psi\.ts/, what: 'the XMPP client Psi' },
  xvfb: { commands: ['Xvfb'], apt: 'xvfb', support: /support\/psi\.ts/, what: 'the screen in memory Xvfb' },
  openbox: { commands: ['openbox'], apt: 'openbox', support: /support\/psi\.ts/, what: 'the window manager Openbox' },
  dbus: { commands: ['dbus-run-session'], apt: 'dbus-daemon', support: /support\/psi\.ts/, what: 'D-Bus' },
  xdotool: { commands: ['xdotool'], apt: 'xdotool', support: /support\/psi\.ts/, what: 'xdotool' },
  imagemagick: { commands: ['import'], apt: 'imagemagick', support: /support\/psi\.ts/, what: 'ImageMagick' },
};

/** The full path of a program, looked for where servers are installed too. */
export function which(command) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  for (const folder of folders) {
    const file = path.join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not there: the next folder.
    }
  }
  return undefined;
}

export const present = (name) => TOOLS[name].commands.some((command) => which(command) !== undefined);

const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_TEXT = '#!/bin/sh\nexit 101\n';

/**
 * Installs the tools that are missing and answers with those that still are. Debian's server packages start a service on
 * the standard ports unless a policy forbids it: one is put in place for the while, where there is none.
 */
export async function ensureTools(names) {
  const missing = names.filter((name) => !present(name));
  if (missing.length === 0) return [];
  const packages = missing.map((name) => TOOLS[name].apt);
  const sentence = `sudo apt-get install ${packages.join(' ')}`;
  const root = process.getuid?.() === 0;
  if (which('apt-get') === undefined || (!root && which('sudo') === undefined)) {
    say(`Not installed: ${missing.map((name) => TOOLS[name].what).join(', ')}. On Debian or Ubuntu: ${sentence}`);
    return missing;
  }
  say(`Installing ${missing.map((name) => TOOLS[name].what).join(', ')} (once)...`);
  const sudo = root ? [] : process.stdin.isTTY ? ['sudo'] : ['sudo', '-n'];
  const as = (command, ...args) =>
    run([...sudo, command, ...args][0], [...sudo, command, ...args].slice(1), { capture: true });
  const ours = !existsSync(POLICY);
  if (ours) await putPolicy(root, as);
  try {
    await as('apt-get', 'update');
    const env = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=120'];
    const { status, output } = await as(...env, 'install', '-y', '--no-install-recommends', ...packages);
    if (status !== 0) {
      const why = output.trim().split('\n').slice(-3).join(' ');
      say(`apt could not install them (${why}). Run: ${sentence}`);
    }
  } finally {
    if (ours) await (root ? rmSync(POLICY, { force: true }) : as('rm', '-f', POLICY));
  }
  return missing.filter((name) => !present(name));
}

async function putPolicy(root, as) {
  if (root) writeFileSync(POLICY, POLICY_TEXT, { mode: 0o755 });
  else await as('sh', '-c', `printf '%s' '${POLICY_TEXT}' > ${POLICY} && chmod 755 ${POLICY}`);
}
