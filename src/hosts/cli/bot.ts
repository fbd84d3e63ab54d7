/** `limn bot`: a board driven by JSON Lines. Each line is answered in turn; events come in between as they happen. */
import type { BotCommand } from './bot-commands.ts';
import { readCommand } from './bot-commands.ts';
import { sentenceOf } from './failure.ts';

type Json = Readonly<Record<string, unknown>>;

/** Where a session stands: the place in its order and the digest there. */
export interface BotPlace {
  readonly epoch: string;
  readonly seq: number;
  readonly digest: string;
}

export type BotEdit = Extract<
  BotCommand,
  { do: 'add' | 'set' | 'text' | 'move' | 'remove' | 'undo' | 'redo' | 'complete' }
>;

/** The board as the bot sees it; main.ts makes one from the app. A rejected promise is answered with its sentence. */
export interface BotBoard {
  /** Does one gesture. `rids`: what an `add` made, its element first. `sxe`: the id of the stanza that it joined. */
  edit(command: BotEdit): Promise<{ readonly rids: readonly string[]; readonly sxe: string }>;
  /** The document as nested objects with rids, names, attributes and text, in order. */
  tree(): Json | null;
  svg(): string;
  log(since: number): readonly Json[];
  /** Resolves once the stanza of that first author and id is confirmed here. */
  until(sender: string, sxe: string): Promise<BotPlace>;
  /** Resolves when nothing of mine waits and no edit has come for twice the echo time, at least 500 ms. */
  idle(): Promise<BotPlace>;
  /** Shows this part of the board to those who follow, from now on or when presenting begins. */
  view(rect: readonly [number, number, number, number]): void;
  /** Begins to present, or takes over; or stops. */
  present(on: boolean): void;
  say(body: string): Promise<void>;
  cut(): Promise<void>;
  link(): Promise<void>;
  leave(): Promise<void>;
}

/** Writes one line of output. */
export type WriteLine = (line: Json) => void;

/**
 * Answers the lines until `quit` or their end, then leaves. Edits and questions are done in the order of their lines; `until`
 * and `idle` are answered when their time comes and hold up nothing.
 */
export async function runBot(board: BotBoard, lines: AsyncIterable<string>, write: WriteLine): Promise<void> {
  const waiting = new Set<Promise<void>>();
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const read = readCommand(line);
    if (!read.ok) {
      write({ ...named(read.id), ok: false, code: 'bad-request', message: read.message });
      continue;
    }
    const { command } = read;
    if (command.do === 'quit') {
      write({ ...named(command.id), ok: true });
      break;
    }
    const answered = answer(board, command).then(
      (result) => write({ ...named(command.id), ok: true, ...result }),
      (error: unknown) => write({ ...named(command.id), ok: false, code: codeOf(error), message: sentenceOf(error) }),
    );
    if (command.do === 'until' || command.do === 'idle') {
      waiting.add(answered);
      void answered.then(() => waiting.delete(answered));
    } else await answered;
  }
  await board.leave();
}

async function answer(board: BotBoard, command: Exclude<BotCommand, { do: 'quit' }>): Promise<Json> {
  switch (command.do) {
    case 'add': {
      const { rids, sxe } = await board.edit(command);
      return { rids, sxe };
    }
    case 'set':
    case 'text':
    case 'move':
    case 'remove':
    case 'undo':
    case 'redo':
    case 'complete':
      return { sxe: (await board.edit(command)).sxe };
    case 'tree':
      return { tree: board.tree() };
    case 'svg':
      return { svg: board.svg() };
    case 'log':
      return { log: board.log(command.since) };
    case 'until':
      return placed(await board.until(command.sender, command.sxe));
    case 'idle':
      return placed(await board.idle());
    case 'view':
      board.view(command.rect);
      return {};
    case 'present':
      board.present(command.on);
      return {};
    case 'say':
      await board.say(command.body);
      return {};
    case 'cut':
      await board.cut();
      return {};
    case 'link':
      await board.link();
      return {};
  }
}

const named = (id: string | undefined): Json => (id === undefined ? {} : { id });
const placed = ({ epoch, seq, digest }: BotPlace): Json => ({ place: { epoch, seq }, digest });

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'internal';
}
