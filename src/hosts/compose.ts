/** The app on this machine, the same for every host: store, log, network and the use-cases behind the contract. */
import { userInfo } from 'node:os';
import { ApiError } from '#api/errors.ts';
import { type App, createApp } from '#app/app.ts';
import type { Logger, SecretStore } from '#app/ports.ts';
import { systemClock } from '#platform/clock.ts';
import { systemDeflate } from '#platform/deflate.ts';
import { createFileLogger } from '#platform/logger.ts';
import { profilePaths } from '#platform/profile.ts';
import { systemRandom } from '#platform/random.ts';
import { createMemorySecrets } from '#platform/secrets.ts';
import { StorageError } from '#store/errors.ts';
import { openStore } from '#store/open-store.ts';
import { version } from '../../package.json';
import { createConnect } from './network.ts';
import { createStartNearby } from './nearby.ts';

export interface ComposeOptions {
  /** What `app.info` says. */
  readonly host: 'electron' | 'web';
  /** The profile's folder; else LIMN_PROFILE or the system's place. */
  readonly profile?: string | undefined;
  /** Where passwords are kept; in memory unless given. */
  readonly secrets?: SecretStore | undefined;
  /** Certificate authorities to trust besides the system's, in PEM. */
  readonly ca?: readonly string[] | undefined;
  /** A file for the raw traffic, secrets removed; else LIMN_TRAFFIC, else none. */
  readonly traffic?: string | undefined;
}

export interface ComposedApp {
  readonly app: App;
  readonly logger: Logger;
  /** Leaves rooms, signs off, writes everything and gives the profile back. */
  close(): Promise<void>;
}

/** Opens the app on a profile and begins to sign in with what is remembered. Throws ApiError 'storage' when it can't be. */
export function composeApp(options: ComposeOptions): ComposedApp {
  const paths = profilePaths(options.profile);
  const clock = systemClock;
  const random = systemRandom;
  const store = open(paths.database);
  const trafficFile = options.traffic ?? process.env['LIMN_TRAFFIC'];
  let logger: ReturnType<typeof createFileLogger>;
  let traffic: typeof logger | undefined;
  try {
    logger = createFileLogger(paths.log);
    traffic = trafficFile ? createFileLogger(trafficFile, 'debug') : undefined;
  } catch (error) {
    store.boards.close();
    const why = error instanceof Error ? error.message : String(error);
    throw new ApiError('storage', `The log can't be written (${why}). Make room for it or choose another place.`);
  }
  const app = createApp({
    store: store.boards,
    settings: store.settings,
    secrets: options.secrets ?? createMemorySecrets(),
    clock,
    random,
    deflate: systemDeflate,
    logger,
    connect: createConnect({
      clock,
      random,
      logger,
      ca: options.ca,
      traffic: traffic && ((direction, text) => traffic.debug(direction, { xml: text })),
    }),
    startNearby: createStartNearby({
      ...{ clock, random, logger, keyFile: paths.linkKey },
      loopback: process.env['LIMN_NEARBY'] === 'loopback',
    }),
    userName: userName(),
    version,
    host: options.host,
    damage: store.damage,
  });
  app.start().catch((error: unknown) => logger.error('signing in at the start failed', { error }));
  return {
    app,
    logger,
    async close() {
      try {
        await app.close();
      } finally {
        try {
          store.boards.close();
        } finally {
          logger.flush();
          traffic?.flush();
        }
      }
    },
  };
}

/** What the system calls the person; some systems don't know. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'Me';
  }
}

function open(database: string): ReturnType<typeof openStore> {
  try {
    return openStore(database, { clock: systemClock });
  } catch (error) {
    if (error instanceof StorageError) throw new ApiError('storage', error.message);
    throw error;
  }
}
