/** People with an app each, signed in to a real Prosody. */
import { readFileSync } from 'node:fs';
import { type ComposedApp, composeApp } from '#hosts/compose.ts';
import type { Prosody } from '#test/support/prosody.ts';
import { Client, temporaryProfile } from './world.ts';

const open = new Set<ComposedApp>();
/** Closes every app that was started here. */
export async function closeApps(): Promise<void> {
  await Promise.all([...open].map((composed) => composed.close()));
}

export type SignedIn = Awaited<ReturnType<typeof signedIn>>;

export async function signedIn(prosody: Prosody, name: string, profile = temporaryProfile()) {
  const traffic = `${temporaryProfile()}.log`;
  const composed = composeApp({ host: 'web', profile, ca: [readFileSync(prosody.certificate, 'utf8')], traffic });
  open.add(composed);
  const client = new Client(composed.app, name);
  const service = `127.0.0.1:${prosody.port}`;
  await client.call('account.signIn', { jid: `${name}@localhost`, password: 'pw', service, remember: false });
  const quit = async (): Promise<void> => {
    open.delete(composed);
    await composed.close();
  };
  return { app: composed.app, client, profile, quit, traffic: () => readFileSync(traffic, 'utf8') };
}
