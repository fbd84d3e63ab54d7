/**
 * A board that is open in this process: its replica, what the store keeps of it, and the session in which it is shared,
 * if it is. Hosts without a window (`limn bot`) use it directly; the API's clients are served over it (desk.ts).
 */
import type { LogEntry, Replica, SubmitResult } from '#core/replica-port.ts';
import type { Role } from '#core/types.ts';
import type { Merged, Person } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import type { SessionEvent } from '#session/events.ts';
import { createSession } from '#session/session.ts';
import type { Session } from '#session/session-port.ts';
import { type Barred, isBarred, type Occupant } from '#session/transport.ts';
import { stanzaIdOf, formatStanzaId } from '#session/stanza-id.ts';
import type { SerializeOptions } from '#svg/serialise.ts';
import { shownName } from '#session/shown-names.ts';
import { authorName } from './author-name.ts';
import { type BoardDisk, createBoardDisk } from './board-disk.ts';
import { type BoardHistory, createBoardHistory } from './board-history.ts';
import { answersOf, createBoardLog } from './board-log.ts';
import { type BoardNode, boardTree } from './board-tree.ts';
import { type BoardNotes, createBoardNotes } from './board-notes.ts';
import { type BoardPlace, createBoardWaits } from './board-waits.ts';
import { completeness, completion, refusal, voidIn } from './completion.ts';
import { randomName } from './ids.ts';
import type { Board, BoardEvent, BoardOptions, Submitted } from './board-port.ts';
import { type BoardLive, createBoardLive } from './board-live.ts';
import { type DocumentType, documentType } from './document-types.ts';
import { type LooseIntent, prepareIntents } from './intents.ts';
import { boardPlace } from './nearby-room.ts';
import { createMeanwhile } from './meanwhile/meanwhile.ts';
import type { JoinedRoom } from './network.ts';
import { createPeople, lastSeen, onlyMe } from './people.ts';
import type { StoredBoard } from './ports.ts';
import { openReplica } from './stored-replica.ts';
import { exportSvg } from './svg-files.ts';

export type { Board, BoardEvent, Submitted } from './board-port.ts';

/** Opens a board of the store. Throws ApiError 'not-found'. */
export function openBoard(options: BoardOptions): Board {
  return new OpenBoard(options);
}

class OpenBoard implements Board {
  readonly id: string;
  readonly replica: Replica;
  readonly damage: readonly string[];
  readonly history: BoardHistory;
  readonly live: BoardLive;
  readonly type: DocumentType;
  readonly #notes: BoardNotes | undefined;
  readonly #options: BoardOptions;
  readonly #prefix: string;
  readonly #disk: BoardDisk;
  readonly #waits;
  readonly #meanwhile;
  readonly #listeners = new Set<(event: BoardEvent) => void>();
  readonly #present = createPeople();
  /** What I may do there: as the room said last; an owner on a board of my own. */
  #role: Role;
  #session: Session | undefined;
  #room: JoinedRoom | undefined;
  #stopAnswering: (() => void) | undefined;
  #people: readonly Person[];
  #progress: number | undefined;
  #problem: string | undefined;
  #barred: Barred | undefined;
  #closed = false;
  /** While the session works on a submission, its events wait: their changes come after the submission's own. */
  #held: SessionEvent[] | undefined;
  /** Who did what the clients haven't been told of yet (undefined: oneself, or the session). */
  #doers = new Set<string | undefined>();

  constructor(options: BoardOptions) {
    const { id, store, clock, random, author } = options;
    const meta = store.get(id);
    if (meta === undefined) throw new ApiError('not-found', 'This board is not there any more. Choose another one.');
    this.id = id;
    this.#options = options;
    this.#role = meta.room === undefined ? 'owner' : 'editor';
    this.type = documentType(meta.kind);
    if (meta.kind !== 'xhtml')
      this.#notes = createBoardNotes({ board: this, store, clock, open: (id) => openBoard({ ...options, id }) });
    this.#prefix = randomName(random, 13);
    const { judge } = this.type;
    const rules = { role: () => this.#role, ...(judge === undefined ? {} : { judge }) };
    const own = { prefix: this.#prefix, author, now: () => clock.now() };
    const { replica, damage, waited, sinceSnapshot } = openReplica(id, options, { ...own, ...rules });
    this.replica = replica;
    this.damage = damage;
    this.#disk = createBoardDisk({ store, clock, replica, meta, sinceSnapshot });
    // What the board is from here on is known, whatever could not be read.
    if (damage.length > 0) this.#disk.snapshot();
    this.#waits = createBoardWaits(replica, clock, () => meta.room === undefined || this.#session?.phase === 'online');
    this.#meanwhile = createMeanwhile({
      replica,
      clock,
      note: options.note(id),
      told: (merged) => this.#emit({ type: 'merged', merged }),
    });
    this.#people = [onlyMe(options.myName())];
    this.live = createBoardLive({ clock, session: () => this.#session, emit: (event) => this.#emit(event) });
    this.history = createBoardHistory({
      ...{ board: id, store, replica },
      nameOf: (author) => (author === 'me' ? options.myName() : authorName(author)),
    });
    if (meta.room === undefined) this.#confirmAlone();
    else if (waited !== replica.pending().length) this.#disk.waiting();
  }

  get meta(): StoredBoard {
    return this.#disk.meta;
  }

  get joined(): boolean {
    return this.#session !== undefined;
  }

  submit(intents: readonly LooseIntent[], gesture: string): Submitted {
    this.#mustDraw();
    this.#tellChanges();
    const { intents: prepared, spans } = prepareIntents(this.type, this.replica.shown, intents);
    const { rids, sxe } = this.#act((doer) => doer.submit(prepared, gesture));
    let at = 0;
    return { rids: spans.map((span) => rids.slice(at, (at += span)).flat()), sxe };
  }

  restore(position: number): Promise<Submitted> {
    return this.history.known(position, ({ at, view, selves }) => {
      this.#mustDraw();
      return this.#act((doer) => doer.restore(view, selves, `restore ${at} ${this.#options.clock.now()}`));
    });
  }

  complete(rid: string, on: boolean): Submitted {
    const { author, clock } = this.#options;
    const intent = completion(this.replica.shown, rid, on ? { by: author, at: clock.now() } : undefined);
    return this.#act((doer) => doer.submit([intent], `complete ${rid}`));
  }

  undo(): Submitted {
    return this.#act((doer) => doer.undo());
  }

  redo(): Submitted {
    return this.#act((doer) => doer.redo());
  }

  async say(body: string): Promise<void> {
    if (this.#room === undefined || this.#session?.phase === 'offline') {
      throw new ApiError(
        'disconnected',
        'There is no connection to the room. Wait until it is back, then send it again.',
      );
    }
    await this.#room.say(body);
  }

  get merged(): Merged | null {
    return this.#meanwhile.merged;
  }

  dismissMerged(): void {
    this.#meanwhile.dismiss();
  }

  again(clash: string): readonly string[] {
    const intents = this.#meanwhile.wish(clash);
    const { rids } = this.submit(intents, `again ${clash}`);
    this.#meanwhile.done(clash);
    return intents.map((intent, i) => (intent.do === 'add' ? (rids[i]?.[0] ?? '') : intent.rid));
  }

  tree(): BoardNode | null {
    return boardTree(this.replica.shown, this.replica.shown.root());
  }

  svg(options?: SerializeOptions): string {
    return exportSvg(this.replica, options);
  }

  file(): string {
    return this.type.file(this.replica, this.meta.name);
  }

  notes(): Board {
    this.#mustBeOpen();
    if (this.#notes === undefined) throw new ApiError('refused', 'Notes have no notes of their own. Choose a board.');
    return this.#notes.open();
  }

  begin(): void {
    if (this.replica.shown.root() !== undefined) return;
    const node = this.type.root(this.meta.name, this.#options.language?.());
    this.#act((doer) => doer.submit([{ do: 'add', parent: '', before: null, node }], 'begin'));
  }

  log(since = 0): Iterable<LogEntry> {
    return this.#options.store.log(this.id, since);
  }

  until(sender: string, sxe: string): Promise<BoardPlace> {
    return this.#waits.until(stanzaIdOf(sender, sxe));
  }

  idle(): Promise<BoardPlace> {
    return this.#waits.idle();
  }

  track(): void {
    this.#waits.track();
  }

  status(): ReturnType<Board['status']> {
    const { replica } = this;
    const room = this.meta.room;
    return {
      board: this.id,
      name: this.meta.name,
      connection: room === undefined ? 'alone' : (this.#session?.phase ?? 'offline'),
      waiting: replica.pending().length,
      canUndo: replica.canUndo(),
      canRedo: replica.canRedo(),
      canEdit: this.#session === undefined || this.#mayEdit(),
      ...completeness(replica),
      ...(room && { room: boardPlace(room) }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      ...(this.#barred === undefined ? {} : { barred: this.#barred }),
      ...(this.#progress === undefined ? {} : { progress: this.#progress }),
    };
  }

  people(): readonly Person[] {
    return this.#people;
  }

  on(listener: (event: BoardEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  rename(name: string): void {
    this.#disk.put({ ...this.meta, name });
    this.#emit({ type: 'status' });
  }

  share(room: JoinedRoom, nick: string, account: string, given?: string, direct = false): void {
    this.#mustBeOpen();
    if (this.#session !== undefined) throw new RangeError('The board is in a session already.');
    const advertised = room.occupants.find((occupant) => !occupant.me && occupant.session !== undefined)?.session;
    const session = given ?? advertised?.id ?? `limn:${room.room}`;
    const transport = this.#notes?.share(room, session, nick, account, direct) ?? room.transport;
    this.#meanwhile.begins(this.meta.room?.session === session);
    this.#disk.put({ ...this.meta, room: { jid: room.room, nick, account, session, ...(direct && { direct }) } });
    this.#room = room;
    this.setProblem(undefined);
    const { clock, random, deflate, logger, store } = this.#options;
    const log = createBoardLog(store, this.id, () => this.replica.place);
    this.#session = createSession({
      transport,
      replica: this.replica,
      sessionId: session,
      name: this.meta.name,
      prefix: this.#prefix,
      clock,
      random,
      compression: deflate,
      log,
      descriptions: [this.type.namespace],
      logger: (level, message, detail) => logger[level](message, { board: this.id, ...detail }),
      keep: () => this.#disk.waiting(true),
      onEvent: (event) => this.#onSession(event),
    });
    this.live.begins();
    this.#stopAnswering = room.answer?.(session, answersOf(log, this));
    this.#notes?.shared();
    this.#emit({ type: 'status' });
  }

  async disconnect(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    await this.#out(session);
    if (!this.#closed) this.#disk.waiting();
  }

  /** The session is over, by us or by the room; the notes go with the board. Never rejects. */
  async #out(session: Session): Promise<void> {
    this.#stopAnswering?.();
    this.#stopAnswering = undefined;
    this.#session = undefined;
    this.#room = undefined;
    this.#progress = undefined;
    this.#alone();
    try {
      await this.#notes?.disconnect();
      await session.leave();
    } catch (error) {
      this.#options.logger.warn('the room could not be left in order', { board: this.id, error });
    }
  }

  async unshare(): Promise<void> {
    const { room: _, ...meta } = this.meta;
    await this.disconnect();
    await this.#notes?.unshare();
    this.#disk.put(meta);
    this.#role = 'owner';
    this.setProblem(undefined);
    this.#confirmAlone();
    this.#emit({ type: 'status' });
  }

  setProblem(sentence: string | undefined, barred?: Barred): void {
    if (sentence === this.#problem && barred === this.#barred) return;
    this.#problem = sentence;
    this.#barred = barred;
    this.#emit({ type: 'status' });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.disconnect();
    await this.#notes?.close();
    this.#disk.close();
    this.#closed = true;
    this.history.close();
    this.#waits.close();
    this.#listeners.clear();
  }

  /** Does something to the document; what it changes is told before anything that it brings about. */
  #act(act: (doer: Replica | Session) => SubmitResult): Submitted {
    this.#mustBeOpen();
    this.#tellChanges();
    const nested = this.#held !== undefined;
    this.#held ??= [];
    try {
      const result = act(this.#session ?? this.replica);
      if (!result.ok) throw refusal(result);
      this.#waits.submitted(result.id);
      if (result.changes.length > 0) this.#emit({ type: 'changes', changes: result.changes });
      if (this.meta.room === undefined) this.#confirmAlone();
      else this.#disk.waiting();
      this.#emit({ type: 'status' });
      return { rids: result.rids, sxe: formatStanzaId(result.id) };
    } finally {
      if (!nested) {
        const held = this.#held;
        this.#held = undefined;
        for (const event of held) this.#onSession(event);
      }
    }
  }

  /** Tells what others have changed, and stores what that made of the outbox. */
  #tellChanges(): void {
    if (this.#doers.size === 0 || this.#closed) return;
    const [by] = this.#doers.size === 1 ? this.#doers : [];
    this.#doers.clear();
    const changes = this.replica.takeChanges();
    if (changes.length > 0) this.#emit({ type: 'changes', changes, ...(by === undefined ? {} : { by }) });
    this.#disk.waiting();
    this.#emit({ type: 'status' });
  }

  #onSession(event: SessionEvent): void {
    if (this.#held !== undefined) {
      this.#held.push(event);
      return;
    }
    this.#meanwhile.hears(event);
    switch (event.type) {
      case 'catch-up':
        return;
      case 'status':
        this.#progress = event.phase === 'joining' ? event.progress : undefined;
        if (event.phase === 'online') {
          this.setProblem(undefined);
          this.#options.clock.after(0, () => this.#beginDrawing());
        }
        if (event.phase === 'offline') this.#tellPeople(this.#people);
        if (event.final && this.#session) void this.#out(this.#session);
        break;
      case 'dirty':
        // One telling for all the stanzas that one piece of the stream held.
        if (this.#doers.size === 0) queueMicrotask(() => this.#tellChanges());
        this.#doers.add(event.by?.me ? undefined : event.by?.id);
        return;
      case 'log':
        this.#logged(event.entries);
        if (event.by) this.#tellVoid(event.entries, event.by);
        return;
      case 'pending':
        this.#disk.waiting();
        break;
      case 'adopted':
        this.#takeName(event.name);
        this.#disk.adopted(event);
        this.#waits.adopted();
        if (event.resent > 0) {
          const message = 'The others had gone on without some of your work. It is being added to the board again.';
          this.#emit({ type: 'notice', level: 'info', message, code: 'resent' });
        }
        this.#emit({ type: 'reset' });
        break;
      case 'people':
        this.#tellPeople(this.#present.update(event.occupants, event.hellos));
        this.#role = this.#people.some(({ me, role }) => me && role === 'owner') ? 'owner' : 'editor';
        break;
      case 'live':
      case 'presenting':
      case 'look':
        this.live.hears(event);
        return;
      case 'chat':
        this.#emit({ type: 'chat', from: this.#called(event.from), body: event.body, time: event.time });
        return;
      case 'problem':
        if (event.code !== 'partial' && event.code !== 'healed' && event.code !== 'flood')
          this.setProblem(event.message, isBarred(event.code) ? event.code : undefined);
        this.#emit({ ...event, type: 'notice', level: 'warn' });
        break;
    }
    this.#emit({ type: 'status' });
  }

  #tellVoid(entries: readonly LogEntry[], by: Occupant): void {
    const voided = voidIn(entries);
    if (voided.length > 0) this.#emit({ type: 'voided', voided, ...(by.me ? {} : { by: by.id }) });
  }

  #called({ id, nick }: Occupant): string {
    return this.#people.find((one) => one.id === id)?.name ?? shownName(nick, 100);
  }

  /** A board that was named after its room takes the name that the others gave it. */
  #takeName(given: string | undefined): void {
    const name = shownName(given ?? '', 200);
    const room = this.meta.room?.jid ?? '';
    if (name !== '' && this.meta.name === room.slice(0, room.indexOf('@'))) this.#disk.put({ ...this.meta, name });
  }

  /** A room's own board has no root until somebody who may draw gives it one. */
  #beginDrawing(): void {
    if (this.#closed || this.#session?.phase !== 'online' || !this.#mayEdit()) return;
    this.begin();
  }

  #confirmAlone(): void {
    const entries = this.replica.confirmAlone();
    if (entries.length > 0) this.#logged(entries);
    this.#disk.waiting();
  }

  #logged(entries: readonly LogEntry[]): void {
    this.#disk.confirmed(entries);
    this.#waits.confirmed(entries);
    this.#emit({ type: 'confirmed', entries });
  }

  #alone(): void {
    this.#tellPeople([onlyMe(this.#options.myName())]);
    this.live.hears({ type: 'presenting' });
    this.#emit({ type: 'status' });
  }

  #tellPeople(people: readonly Person[]): void {
    this.#people = this.#session?.phase === 'offline' ? lastSeen(people) : people;
    this.#emit({ type: 'people', people: this.#people });
  }

  #mustDraw(): void {
    this.#mustBeOpen();
    if (this.#session === undefined || this.#mayEdit()) return;
    throw new ApiError('no-voice', 'You may look at this board but not draw on it. Ask a moderator for voice.');
  }

  #mayEdit(): boolean {
    return this.#people.find(({ me }) => me)?.role !== 'viewer';
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new ApiError('not-found', 'This board was closed. Open it again.');
  }

  #emit(event: BoardEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
