/** `limn start`: the app in Electron where a binary is, else on a loopback port in a browser. */
import { spawn } from 'node:child_process';
import type { StartOptions } from './program.ts';

/** The loopback host with an app behind it. */
export interface OpenedWeb {
  /** A new address that opens the app once. */
  invite(): { readonly address: string; readonly used: Promise<void> };
  /** Ends the app when everything is on disk. */
  close(): Promise<void>;
}

export interface StartPorts {
  /** The path of an Electron binary, if there is one. */
  readonly electron: () => string | undefined;
  /** Runs the app in Electron until it is quit. */
  readonly runElectron: (binary: string, profile: string | undefined) => Promise<void>;
  readonly openWeb: (options: { readonly profile?: string; readonly port?: number }) => Promise<OpenedWeb>;
  readonly openBrowser: (invitation: ReturnType<OpenedWeb['invite']>) => Promise<'app' | 'default' | 'none'>;
  readonly hasDisplay: () => boolean;
  readonly ended: () => Promise<void>;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** Opens the app and resolves when it has ended. */
export async function runStart(options: StartOptions, ports: StartPorts): Promise<void> {
  const wantsWindow = options.web !== true && options.open && ports.hasDisplay();
  const binary = wantsWindow ? ports.electron() : undefined;
  if (binary !== undefined) return ports.runElectron(binary, options.profile);

  const { profile, port } = options;
  const web = await ports.openWeb({
    ...(profile === undefined ? {} : { profile }),
    ...(port === undefined ? {} : { port }),
  });
  try {
    const end = ports.ended();
    // One invitation: once the browser has used it, what was printed opens nothing for anybody else.
    const invitation = web.invite();
    ports.out(`Limn is running at ${invitation.address}`);
    const opened = options.open ? await ports.openBrowser(invitation) : 'none';
    for (const sentence of sentences(options, opened, wantsWindow)) ports.err(sentence);
    await end;
  } finally {
    await web.close();
  }
}

function* sentences(options: StartOptions, opened: 'app' | 'default' | 'none', wanted: boolean): Generator<string> {
  const where = opened === 'app' ? 'in a browser window' : 'in your browser';
  if (opened !== 'none') {
    yield wanted ? `No Electron binary could be had, so Limn opens ${where}.` : `Limn opens ${where}.`;
  } else if (options.open) {
    yield 'No window can be opened here: open the address above in a browser.';
  }
  yield 'Press Ctrl-C to end it.';
}

/** Runs Electron on the app's main bundle; resolves when it was quit. */
export function runElectron(binary: string, main: string, profile: string | undefined): Promise<void> {
  const env = { ...process.env, ...(profile === undefined ? {} : { LIMN_PROFILE: profile }) };
  const child = spawn(binary, [main], { stdio: 'inherit', env });
  const pass = (): void => void child.kill('SIGTERM');
  // Ctrl-C at a terminal reaches Electron as well.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', pass);
  process.on('SIGHUP', pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0 || signal === 'SIGINT' || signal === 'SIGTERM') resolve();
      else
        reject(
          new Error(
            `Electron ended with ${signal ?? `status ${code}`}: start Limn with --web to use a browser instead.`,
          ),
        );
    });
  });
}
