/** The bot's board made of the app's. */
import type { IntentInput, NodeInput, Rect } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { App } from '#app/app.ts';
import type { Board } from '#app/board.ts';
import type { BotBoard, BotEdit, WriteLine } from './bot.ts';

/** Reads an `add`'s xml into elements; throws ApiError 'bad-svg'. */
export type ParseXml = (xml: string) => readonly NodeInput[];

/** Reads and does what the bot asks of `board`. */
export function createBotBoard(app: App, board: Board, parse: ParseXml): BotBoard {
  let gestures = 0;
  let rect: Rect = [0, 0, 1000, 700];
  const connection = (): NonNullable<App['connection']> => {
    if (app.connection === undefined)
      throw new ApiError('not-signed-in', 'The account is not signed in any more. Sign in again.');
    return app.connection;
  };
  return {
    async edit(command) {
      if (command.do === 'undo') return { rids: [], sxe: board.undo().sxe };
      if (command.do === 'redo') return { rids: [], sxe: board.redo().sxe };
      if (command.do === 'complete') return { rids: [], sxe: board.complete(command.rid, command.on).sxe };
      const { rids, sxe } = board.submit(intentsOf(command, parse), `bot ${++gestures}`);
      return { rids: rids.flat(), sxe };
    },
    tree: () => board.tree(),
    svg: () => board.svg(),
    log: (since) =>
      [...board.log(since)].map(({ place, author, id, edits, time }, i) => {
        return {
          index: since + i,
          epoch: place.epoch,
          seq: place.seq,
          author,
          sxe: `${id.prefix}.${id.n}`,
          time,
          edits,
        };
      }),
    until: (sender, sxe) => board.until(sender, sxe),
    idle: () => board.idle(),
    view(next) {
      rect = [...next];
      board.live.present({ do: 'show', rect, region: true });
    },
    present: (on) => board.live.present(on ? { do: 'begin', rect } : { do: 'stop' }),
    say: (body) => board.say(body),
    cut: async () => connection().cut?.(),
    link: async () => connection().link?.(),
    leave: () => board.disconnect(),
  };
}

function intentsOf(command: Exclude<BotEdit, { do: 'undo' | 'redo' | 'complete' }>, parse: ParseXml): IntentInput[] {
  switch (command.do) {
    case 'add':
      return parse(command.xml).map((node) => ({ do: 'add', parent: command.parent, before: command.before, node }));
    case 'set':
      return [{ do: 'set', rid: command.rid, ns: command.ns, name: command.name, value: command.value }];
    case 'text': {
      const { rid, from, count, insert, ns, name } = command;
      return [{ do: 'text', rid, from, count, insert, ns, name }];
    }
    case 'move':
      return [{ do: 'move', rid: command.rid, parent: command.parent, before: command.before }];
    case 'remove':
      return [{ do: 'remove', rid: command.rid }];
  }
}

/** Writes what happens on the board, from now on. */
export function tellEvents(board: Board, write: WriteLine): void {
  const nameOf = (id: string | undefined): string | undefined =>
    board.people().find((person) => person.id === id)?.name;
  board.on((event) => {
    const { seq } = board.replica.place;
    if (event.type === 'changes')
      write({ event: 'change', by: nameOf(event.by) ?? nameOfMe(board), seq, changes: event.changes });
    else if (event.type === 'voided' && event.by === undefined)
      for (const { edit, fault } of event.voided)
        write({ event: 'error', code: 'void', rule: fault.code, rid: edit.rid, message: fault.reason });
    else if (event.type === 'presenting') {
      const { presenter, part, audience } = event.presenting;
      const following = audience.filter(({ how }) => how === 'following').length;
      const by = nameOf(presenter?.person) ?? null;
      write({ event: 'view', by, rect: presenter?.rect ?? null, held: presenter?.held ?? false, part, following });
    } else if (event.type === 'look')
      write({ event: 'look', by: nameOf(event.person), rect: event.rect, rid: event.rid });
    else if (event.type === 'people') write({ event: 'people', people: event.people });
    else if (event.type === 'chat') write({ event: 'message', from: event.from, body: event.body, time: event.time });
    else if (event.type === 'reset') write({ event: 'change', by: null, seq, changes: [], reset: true });
    else if (event.type === 'notice')
      write({ event: event.level === 'info' ? 'notice' : 'error', code: event.level, message: event.message });
  });
}

const nameOfMe = (board: Board): string | null => board.people().find(({ me }) => me)?.name ?? null;
