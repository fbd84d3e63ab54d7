/** `limn log`: what happened on a board, for people or for programs, and whether its log is sound. */
import type { Board } from '#app/board.ts';
import { type HistoryItem, type LogFormat, logFile } from '#app/board-log.ts';
import { CommandFailure } from './failure.ts';
import type { LogOptions } from './program.ts';

export type LoggedBoard = Pick<Board, 'history' | 'meta'>;

/**
 * Writes the log of a board from an index on, or what replaying it came to.
 * Or leaves out what came before an index, and says what that was.
 * @throws CommandFailure status 1 when the log is damaged (`--verify`) or has nothing on the node.
 */
export async function runLog(board: LoggedBoard, options: LogOptions, out: (line: string) => void): Promise<void> {
  if (options.compact !== undefined) return compact(board, options.compact, options, out);
  if (options.verify) return verify(board, options.json === true, out);
  const { history, meta } = board;
  const wanted = options.node === undefined ? undefined : await history.indicesOf(options.node);
  if (wanted?.size === 0)
    throw new CommandFailure(`No edit of this board concerns ${options.node ?? ''}. Check the rid.`);
  const items = only(history.items(options.since ?? 0), wanted);
  const format = formatOf(options);
  if (format !== undefined) {
    for (const line of logFile(items, meta.name, format)) out(line);
    return;
  }
  for (const item of items) if (item.kind === 'entry') out(told(item.index, item.entry));
}

function formatOf({ format, json, xml }: LogOptions): LogFormat | undefined {
  return format ?? (json ? 'jsonl' : xml ? 'xml' : undefined);
}

function* only(items: Iterable<HistoryItem>, wanted: ReadonlySet<number> | undefined): Generator<HistoryItem> {
  for (const item of items) if (wanted === undefined || (item.kind === 'entry' && wanted.has(item.index))) yield item;
}

function told(index: number, { time, author, edits }: Extract<HistoryItem, { kind: 'entry' }>['entry']): string {
  const kinds = (['new', 'set', 'remove'] as const).flatMap((kind) => {
    const count = edits.filter((edit) => edit.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  const voided = edits.filter((edit) => edit.void).length;
  const rest = voided > 0 ? `, ${voided} of them void` : '';
  return `${index}  ${new Date(time).toISOString()}  ${author}  ${kinds.join(', ') || 'nothing'}${rest}`;
}

async function verify({ history }: LoggedBoard, json: boolean, out: (line: string) => void): Promise<void> {
  const { entries, lost, contradicted, same } = await history.verify();
  const ok = lost === 0 && contradicted.length === 0 && same;
  if (json) out(JSON.stringify({ ok, entries, lost, contradicted, same }));
  else if (ok) out(`${entries} entries, all sound: they lead to the board as it is.`);
  if (ok) return;
  const found = [
    ...(lost > 0 ? [`${lost} entries can not be read`] : []),
    ...(contradicted.length > 0 ? [`a stored state says something else at ${contradicted.join(', ')}`] : []),
    ...(same ? [] : ['the log leads to another board than this one']),
  ];
  throw new CommandFailure(`The log is damaged: ${found.join('; ')}. Keep a copy: limn export.`);
}

async function compact(
  { history }: LoggedBoard,
  before: number,
  { dryRun, json }: LogOptions,
  out: (line: string) => void,
): Promise<void> {
  const done = await history.fold(before, dryRun === true);
  if (json) return out(JSON.stringify({ compacted: dryRun !== true, ...done }));
  const { at, entries, edits, begin, end, freed } = done;
  const [from, to] = [begin, end].map((time) => new Date(time).toISOString());
  out(`${dryRun ? 'Would leave out' : 'Left out'} ${entries} entries with ${edits} edits, from ${from} to ${to}.`);
  out(`About ${freed} bytes of the profile's file ${dryRun ? 'would become' : 'are'} free for what comes next.`);
  out(`The board ${dryRun ? 'could' : 'can'} no longer be shown or restored as it was before index ${at}.`);
}
