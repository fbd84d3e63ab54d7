import { describe, expect, it } from 'vitest';
import { runStart, type StartPorts } from '#hosts/cli/start.ts';
import type { StartOptions } from '#hosts/cli/program.ts';

interface Machine {
  readonly electron?: string;
  readonly display?: boolean;
  readonly browser?: 'app' | 'default' | 'none';
}

async function start(
  options: Partial<StartOptions>,
  machine: Machine,
): Promise<{ did: string[]; out: string[]; err: string }> {
  const did: string[] = [];
  const out: string[] = [];
  const err: string[] = [];
  let tokens = 0;
  const ports: StartPorts = {
    electron: () => machine.electron,
    runElectron: async (binary, profile) => void did.push(`electron ${binary} ${profile ?? ''}`.trim()),
    openWeb: async (given) => {
      did.push(`web ${JSON.stringify(given)}`);
      return {
        invite: () => ({ address: `http://127.0.0.1:1/?token=${++tokens}`, used: Promise.resolve() }),
        close: async () => void did.push('closed'),
      };
    },
    openBrowser: async ({ address }) => {
      did.push(`browser ${address.at(-1)}`);
      return machine.browser ?? 'none';
    },
    hasDisplay: () => machine.display ?? true,
    ended: () => Promise.resolve(),
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  };
  await runStart({ open: true, ...options }, ports);
  return { did, out, err: err.join(' ') };
}

describe('limn start', () => {
  it('prefers Electron', async () => {
    const { did, out } = await start({ profile: '/p' }, { electron: '/e' });
    expect(did).toEqual(['electron /e /p']);
    expect(out).toEqual([]);
  });

  it('says that a browser window stands in where there is no Electron', async () => {
    const { did, out, err } = await start({}, { browser: 'app' });
    expect(did).toEqual(['web {}', 'browser 1', 'closed']);
    expect(out).toEqual(['Limn is running at http://127.0.0.1:1/?token=1']);
    expect(err).toMatch(/No Electron binary could be had, so Limn opens in a browser window\./);
  });

  it('goes to the web at once when asked to', async () => {
    const { did, err } = await start({ web: true, port: 8080 }, { electron: '/e', browser: 'default' });
    expect(did[0]).toBe('web {"port":8080}');
    expect(err).not.toMatch(/Electron/);
  });

  it('opens nothing with --no-open, and only prints the address', async () => {
    const { did, out } = await start({ open: false }, { electron: '/e' });
    expect(did).toEqual(['web {}', 'closed']);
    expect(out).toHaveLength(1);
  });

  it('says what to do where there is no display', async () => {
    const { did, err } = await start({}, { electron: '/e', display: false });
    expect(did[0]).toBe('web {}');
    expect(err).toMatch(/open the address above/);
  });
});
