/** Where a profile keeps its files. */
import { homedir } from 'node:os';
import path from 'node:path';

export interface ProfilePaths {
  readonly folder: string;
  readonly database: string;
  readonly log: string;
  /** The private key by which others on the network know this installation. */
  readonly linkKey: string;
}

/** The parts of a system that decide where profiles lie. */
export interface ProfileSystem {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** The profile at `given`, else at LIMN_PROFILE, else in the system's place for application data (XDG Base Directory on Linux). */
export function profilePaths(
  given?: string,
  { platform, env, home }: ProfileSystem = { platform: process.platform, env: process.env, home: homedir() },
): ProfilePaths {
  const join = platform === 'win32' ? path.win32 : path.posix;
  const chosen = given || env.LIMN_PROFILE || join.join(dataFolder(platform, env, home, join), folderName(platform));
  const folder = join.resolve(chosen);
  return {
    folder,
    database: join.join(folder, 'limn.db'),
    log: join.join(folder, 'limn.log'),
    linkKey: join.join(folder, 'nearby-key.pem'),
  };
}

const folderName = (platform: NodeJS.Platform): string => (platform === 'linux' ? 'limn' : 'Limn');

function dataFolder(
  platform: NodeJS.Platform,
  env: ProfileSystem['env'],
  home: string,
  join: path.PlatformPath,
): string {
  if (platform === 'win32') return env.APPDATA || join.join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join.join(home, 'Library', 'Application Support');
  // A relative XDG path is to be ignored (XDG Base Directory, "Environment variables").
  return env.XDG_DATA_HOME && join.isAbsolute(env.XDG_DATA_HOME)
    ? env.XDG_DATA_HOME
    : join.join(home, '.local', 'share');
}
