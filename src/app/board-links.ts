/** A drawing's related documents and its shapes' links, behind the API (FEATURES G4.9). */
import type { Change, Rid } from '#core/types.ts';
import type { Related } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import { isAddress, isRelation, link, linkOf, relate, relatedTo, unrelate } from '#svg/links.ts';
import type { Board } from './board-port.ts';
import type { LooseIntent } from './intents.ts';

/** What a person is told who gives something else. */
const NO_ADDRESS = 'That is no address. Write one like xmpp:room@example.org?join or https://example.org.';

/** The documents that belong with a board's drawing. */
export function relatedOf(board: Board): Related[] {
  return board.type.kind === 'svg' ? [...relatedTo(board.replica.seen)] : [];
}

/** Puts a document on a board's list. Throws ApiError 'refused' with a sentence. */
export function addRelated(board: Board, { address, title }: Related, gesture: string): void {
  mustDraw(board);
  const given = address.trim();
  if (!isAddress(given)) throw new ApiError('refused', NO_ADDRESS);
  const intents = relate(board.replica.shown, { address: given, title: title.trim() });
  if (intents.length === 0)
    throw new ApiError('refused', 'This board has no drawing yet. Wait until it has been fetched.');
  board.submit(intents as LooseIntent[], gesture);
}

/** Takes a document off a board's list; nothing when it isn't there. */
export function removeRelated(board: Board, address: string, gesture: string): void {
  mustDraw(board);
  const intents = unrelate(board.replica.shown, address);
  if (intents.length > 0) board.submit(intents as LooseIntent[], gesture);
}

/** Where a shape leads, if anywhere. */
export function shapeLink(board: Board, rid: Rid): string | null {
  return board.type.kind === 'svg' ? (linkOf(board.replica.seen, rid) ?? null) : null;
}

/** Makes a shape lead to an address, or nowhere. Throws ApiError 'refused' with a sentence. */
export function linkShape(board: Board, rid: Rid, address: string | null, gesture: string): void {
  mustDraw(board);
  const given = address?.trim() ?? null;
  if (given !== null && !isAddress(given)) throw new ApiError('refused', NO_ADDRESS);
  const intents = link(board.replica.shown, rid, given);
  if (intents.length > 0) board.submit(intents as LooseIntent[], gesture);
}

function mustDraw(board: Board): void {
  if (board.type.kind !== 'svg') throw new ApiError('refused', 'Only drawings have links. Choose the board itself.');
}

/** Follows a board's changes, and tells of its related documents when they are others. */
export function createRelatedFeed(board: Board, tell: (related: Related[]) => void) {
  let told = '';
  /** The elements that the list was last read from; undefined until it was. */
  let known: Set<Rid> | undefined;

  function read(): Related[] {
    const view = board.replica.seen;
    const root = view.root();
    known = new Set();
    for (const rid of root === undefined ? [] : view.children(root)) {
      if (!isRelation(view, rid)) continue;
      known.add(rid);
      for (const child of view.children(rid)) known.add(child);
    }
    const related = relatedOf(board);
    told = JSON.stringify(related);
    return related;
  }

  function refresh(): void {
    const before = told;
    const related = read();
    if (told !== before) tell(related);
  }

  return {
    read,
    push(changes: readonly Change[]): void {
      if (known === undefined) return;
      const view = board.replica.seen;
      const matters = (change: Change): boolean =>
        known?.has(change.rid) === true ||
        ((change.kind === 'inserted' || change.kind === 'moved' || change.kind === 'renamed') &&
          isRelation(view, change.rid));
      if (changes.some(matters)) refresh();
    },
    reset(): void {
      if (known !== undefined) refresh();
    },
  };
}
