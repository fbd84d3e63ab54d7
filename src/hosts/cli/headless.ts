/** An app without a window: signing in and joining a room as `bot` and `export` do, with nobody there to be asked. */
import type { AccountStatus, CallName, Params, Result } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { App } from '#app/app.ts';
import type { Board } from '#app/board.ts';
import { CommandFailure } from './failure.ts';

const CLIENT = 'cli';
/** How long joining may take before the person is told that it doesn't, milliseconds. */
const JOIN_WITHIN = 60_000;

/** Calls the app as a page would. The app checks; the contract gives the types. */
export async function call<N extends CallName>(app: App, name: N, params?: Params<N>): Promise<Result<N>> {
  return (await app.call(CLIENT, name, params)) as Result<N>;
}

export interface Account {
  readonly jid: string;
  readonly password: string;
  readonly service?: string | undefined;
}

/**
 * Signs in. A certificate that isn't trusted is refused, since nobody is there to look at it.
 * @throws CommandFailure or ApiError with a sentence.
 */
export async function signIn(app: App, { jid, password, service }: Account): Promise<void> {
  let doubted: AccountStatus['certificate'];
  app.connected(CLIENT, (name, data) => {
    const status = data as AccountStatus;
    if (name !== 'account' || status.state !== 'certificate' || status.certificate === undefined) return;
    doubted = status.certificate;
    // Not within the event: the app is still asking.
    const { fingerprint } = status.certificate;
    queueMicrotask(
      () => void call(app, 'account.decideCertificate', { fingerprint, accept: false }).catch(() => undefined),
    );
  });
  try {
    await call(app, 'account.signIn', { jid, password, service, remember: false });
  } catch (error) {
    if (doubted === undefined) throw error;
    const { host, reason } = doubted;
    throw new CommandFailure(`The certificate of ${host} is not trusted: ${reason} Name its authority with --ca FILE.`);
  }
}

export interface Join {
  readonly room: string;
  readonly nick?: string | undefined;
  /** An SVG file's name and content for a room that isn't there; without it a missing room is an error. */
  readonly create?: { readonly name: string; readonly svg: string } | undefined;
}

/** Joins a room and resolves when its board is here. */
export async function joinBoard(app: App, { room, nick, create }: Join): Promise<Board> {
  const info = await call(app, 'rooms.join', { room, nick, create: false }).catch(async (error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== 'room-missing' || create === undefined) throw error;
    const { board } = await call(app, 'boards.import', create);
    return call(app, 'rooms.join', { room, nick, board: board.id, create: true });
  });
  // A board that nobody looks at is closed after a while: this one is looked at.
  await call(app, 'boards.open', { board: info.id });
  const board = app.board(info.id);
  await present(board);
  return board;
}

/** Resolves when the board is online and has a root; rejects when it can't be had. */
function present(board: Board): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const { connection, problem } = board.status();
      if (connection === 'online' && board.replica.shown.root() !== undefined) end(resolve);
      else if (connection === 'offline' && problem !== undefined) end(() => reject(new CommandFailure(problem)));
    };
    const late = setTimeout(() => {
      end(() =>
        reject(new CommandFailure('The board did not arrive within a minute: look whether others are in the room.')),
      );
    }, JOIN_WITHIN);
    const off = board.on(look);
    const end = (settle: () => void): void => {
      clearTimeout(late);
      off();
      settle();
    };
    look();
  });
}
