/**
 * The one typed contract between renderer and main: what may be called, with which parameters, what is answered, and
 * which events come unasked. Both transports (Electron IPC, WebSocket) check every message against these schemas, once,
 * at the border. Positions are user units of the root `<svg>`; times are milliseconds since 1970.
 */
import * as v from 'valibot';
import { aboutSchema, historyFoldSchema, historySchema, historyVoidsSchema, pastEntries } from './contract-history.ts';
import { presentActSchema, presentingSchema, rectSchema } from './contract-presenting.ts';
import { contactSchema } from './contacts.ts';
import { directCalls, invitationSchema } from './direct.ts';
import { mergedSchema } from './merged.ts';
import { nearbyCalls, nearbySchema } from './nearby.ts';
import { roomCalls, standingSchema } from './rooms.ts';
import { boardIdSchema, inBoard, none, shortText } from './values.ts';
import { ridSchema, viewNode } from './view-node.ts';

export type { Clash, Merged, MergedShape } from './merged.ts';
export type { PresentAct, Presenting, Rect } from './contract-presenting.ts';
export type { ViewNode } from './view-node.ts';

// ── Values ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const MAX_TEXT = 32 * 1024 * 1024;
const text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
const finite = v.pipe(v.number(), v.finite());
const point = v.tuple([finite, finite]);
const place = v.pipe(v.number(), v.integer(), v.minValue(0));

export interface NodeInput {
  type: 'element';
  ns?: string | undefined;
  name: string;
  attrs: { ns?: string | undefined; name: string; value: string }[];
  children: (NodeInput | { type: 'text'; chdata: string })[];
}
const textInput = v.strictObject({ type: v.literal('text'), chdata: text });
const nodeInput: v.GenericSchema<NodeInput> = v.strictObject({
  type: v.literal('element'),
  ns: v.optional(shortText),
  name: shortText,
  attrs: v.array(v.strictObject({ ns: v.optional(shortText), name: shortText, value: text })),
  children: v.array(v.union([textInput, v.lazy(() => nodeInput)])),
});

/** One thing to do to the document. As a rid, `root` names the root element, and `@n` what the nth intent of the same call adds. */
const intentSchema = v.variant('do', [
  v.strictObject({
    do: v.literal('add'),
    parent: ridSchema,
    before: v.nullable(ridSchema),
    node: v.union([nodeInput, textInput]),
    /** Of what several people put there at the same time, what has less stands first. */
    lean: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  }),
  v.strictObject({
    do: v.literal('set'),
    rid: ridSchema,
    ns: v.optional(shortText),
    name: shortText,
    value: v.nullable(text),
  }),
  v.strictObject({
    do: v.literal('text'),
    rid: ridSchema,
    from: place,
    count: place,
    insert: text,
    ns: v.optional(shortText),
    name: v.optional(shortText),
  }),
  v.strictObject({ do: v.literal('move'), rid: ridSchema, parent: ridSchema, before: v.nullable(ridSchema) }),
  v.strictObject({ do: v.literal('remove'), rid: ridSchema }),
  /** Makes a text node say `value` where it said `was`; what others wrote into it since stays. */
  v.strictObject({
    ...{ do: v.literal('write'), rid: ridSchema, was: text, value: text },
    moved: v.optional(
      v.pipe(
        v.array(v.strictObject({ from: place, count: place, to: ridSchema, nth: place, at: place })),
        v.maxLength(1000),
      ),
    ),
  }),
  v.strictObject({ do: v.literal('rename'), rid: ridSchema, name: shortText }),
]);
export type IntentInput = v.InferOutput<typeof intentSchema>;

/** What the renderer does to its projection, in order. Positions are final; `before` null appends; `parent` null is the document. */
const viewChangeSchema = v.variant('op', [
  v.object({ op: v.literal('insert'), parent: v.nullable(ridSchema), before: v.nullable(ridSchema), node: viewNode }),
  v.object({ op: v.literal('remove'), rid: ridSchema }),
  v.object({ op: v.literal('move'), rid: ridSchema, parent: v.nullable(ridSchema), before: v.nullable(ridSchema) }),
  v.object({
    op: v.literal('attr'),
    rid: ridSchema,
    ns: v.optional(v.string()),
    name: v.string(),
    value: v.nullable(v.string()),
  }),
  v.object({ op: v.literal('text'), rid: ridSchema, data: v.string() }),
  /** The projection is to be thrown away and replaced. */
  v.object({ op: v.literal('reset'), root: v.nullable(viewNode) }),
]);
export type ViewChange = v.InferOutput<typeof viewChangeSchema>;

const connection = v.picklist(['alone', 'connecting', 'joining', 'online', 'offline']);
/** Where a board stands: shown after its title (ui/UI.md, Connection). `waiting`: edits the others don't have yet. */
const boardStatusSchema = v.object({
  board: boardIdSchema,
  name: v.string(),
  connection,
  /** Everything shown is on this computer's disk. */
  saved: v.boolean(),
  waiting: v.number(),
  canUndo: v.boolean(),
  canRedo: v.boolean(),
  canEdit: v.boolean(),
  /** What stays as it is until an owner reopens it: the whole, and the elements that are marked (at most 1000). Absent: nothing. */
  complete: v.optional(v.object({ whole: v.boolean(), parts: v.array(ridSchema) })),
  /** Where it is shared: a room, or, `direct`, one other by bare JID, or, `nearby`, on the local network. */
  room: v.optional(
    v.object({
      jid: v.string(),
      nick: v.string(),
      direct: v.optional(v.literal(true)),
      nearby: v.optional(v.literal(true)),
    }),
  ),
  /** A sentence that says what is wrong and what to do. */
  problem: v.optional(v.string()),
  /** Its room lets one in no more, or not as before: the person is to be asked (`rooms.join`, with another password). */
  barred: v.optional(v.picklist(['password-required', 'members-only', 'banned'])),
  /** While a large state is being fetched: 0 to 1. */
  progress: v.optional(v.number()),
});
export type BoardStatus = v.InferOutput<typeof boardStatusSchema>;

const personSchema = v.object({
  /** Stable while the person is in the room; opaque to the renderer. */
  id: v.string(),
  name: v.string(),
  me: v.boolean(),
  /** Index of the person's colour, 1 to 8 (tokens --p1 to --p8). */
  colour: v.number(),
  role: standingSchema,
  /** What one may make of them, or do about them. */
  offers: v.array(v.union([standingSchema, v.picklist(['remove', 'ban'])])),
  /** False for a plain chat client. */
  draws: v.boolean(),
  /** `off`: not known, since one's own connection is down. */
  show: v.picklist(['free', 'away', 'busy', 'off']),
});
export type Person = v.InferOutput<typeof personSchema>;

const preview = v.variant('kind', [
  v.object({
    kind: v.literal('stroke'),
    points: v.pipe(v.array(v.tuple([finite, finite, finite])), v.maxLength(512)),
    colour: shortText,
    width: finite,
    opacity: finite,
  }),
  v.object({
    kind: v.literal('drag'),
    rids: v.pipe(v.array(ridSchema), v.maxLength(200)),
    matrix: v.tuple([finite, finite, finite, finite, finite, finite]),
  }),
]);
/** What a person does right now: ephemeral, droppable, never part of the document. Each field replaces its predecessor. */
const liveSchema = v.object({
  cursor: v.optional(v.nullable(point)),
  selection: v.optional(v.pipe(v.array(ridSchema), v.maxLength(500))),
  /** New points of the stroke under way (appended), or the drag's present matrix; null ends it. */
  preview: v.optional(v.nullable(preview)),
  /** Where the laser has been since the last message. */
  laser: v.optional(v.pipe(v.array(point), v.maxLength(64))),
});
export type Live = v.InferOutput<typeof liveSchema>;

const certificateSchema = v.object({
  host: v.string(),
  subject: v.string(),
  issuer: v.string(),
  validFrom: v.string(),
  validTo: v.string(),
  /** SHA-256 of the public key, hex in groups. */
  fingerprint: v.string(),
  /** Why it was not trusted, as a sentence. */
  reason: v.string(),
  /** False when consent may not be asked for (a host that validated before): only "Cancel" is offered. */
  mayAccept: v.boolean(),
});
export type CertificateQuestion = v.InferOutput<typeof certificateSchema>;

const accountStatusSchema = v.object({
  state: v.picklist(['none', 'connecting', 'certificate', 'online', 'offline', 'failed']),
  jid: v.optional(v.string()),
  /** A sentence for a person when failed or offline. */
  message: v.optional(v.string()),
  code: v.optional(v.string()),
  certificate: v.optional(certificateSchema),
});
export type AccountStatus = v.InferOutput<typeof accountStatusSchema>;

const boardInfoSchema = v.object({
  id: boardIdSchema,
  name: v.string(),
  modified: v.number(),
  created: v.number(),
  /** Where it is shared, as in its status. */
  room: v.optional(v.string()),
  nearby: v.optional(v.literal(true)),
});
export type BoardInfo = v.InferOutput<typeof boardInfoSchema>;
export type { Invitation } from './direct.ts';
export type { NearbyStatus } from './nearby.ts';
export type { ListedRoom, RoomSettings } from './rooms.ts';

const relatedSchema = v.object({ address: v.string(), title: v.string() });
/** A document that belongs with a drawing: where it is, and what it is called. */
export type Related = v.InferOutput<typeof relatedSchema>;

const position = v.pipe(v.number(), v.integer(), v.minValue(0));
const submitted = v.object({
  /** Per intent, the rids it made (an `add`: its element first). */ rids: v.array(v.array(ridSchema)),
  sxe: v.string(),
});

// ── Calls ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Every call: its parameters and its answer. A failure is an ApiError (errors.ts). */
export const calls = {
  /** Reads the board's past, telling of it by `history` events, or what has come since. */
  'history.open': { params: inBoard, result: historySchema },
  /** The drawing at a position. Where it isn't known (`gap`), the last known one before. With `ask`, a number of the client's choice, what
   *  lies under the root comes before the answer, by `past` events. A client's next question fails this one with 'cancelled'. */
  'history.at': {
    params: v.object({ board: boardIdSchema, at: position, ask: v.optional(position) }),
    result: v.object({ ...pastEntries, root: v.nullable(viewNode) }),
  },
  /** Brings the board to what it was, as one gesture of ordinary edits. */
  'history.restore': {
    params: v.object({ board: boardIdSchema, at: position }),
    result: v.object({ sxe: v.string() }),
  },
  'history.about': { params: v.object({ board: boardIdSchema, rid: ridSchema }), result: aboutSchema },
  /** The log as a file, from an index on: JSON Lines or XML. Fails with 'too-large' beyond 32 million characters. */
  'history.export': {
    params: v.object({ board: boardIdSchema, format: v.picklist(['jsonl', 'xml']), since: v.optional(position) }),
    result: v.object({ fileName: v.string(), content: text }),
  },
  /** What was void between two positions, and why. */
  'history.voids': {
    params: v.object({ board: boardIdSchema, from: position, to: position }),
    result: historyVoidsSchema,
  },
  /** Leaves out the log before a position, telling of it by `history` events; with `preview`, only says what that would drop.
   *  `close` cancels it: nothing was left out then. Fails with 'refused' when there is nothing before it. */
  'history.compact': {
    params: v.object({ board: boardIdSchema, at: position, preview: v.boolean() }),
    result: historyFoldSchema,
  },
  /** Gives back what `open` has read; what is under way fails with code 'cancelled'. */
  'history.close': { params: inBoard, result: none },

  'app.info': {
    params: none,
    result: v.object({ version: v.string(), host: v.picklist(['electron', 'web']), boards: v.number() }),
  },
  'settings.get': { params: v.object({ key: shortText }), result: v.nullable(text) },
  'settings.set': {
    params: v.object({ key: shortText, value: v.nullable(v.pipe(v.string(), v.maxLength(65536))) }),
    result: none,
  },

  'account.status': { params: none, result: accountStatusSchema },
  /** `service` as `host:port`, `xmpp://host:port` or `xmpps://host:port`; absent: found by SRV. Resolves when online. */
  'account.signIn': {
    params: v.object({ jid: shortText, password: shortText, service: v.optional(shortText), remember: v.boolean() }),
    result: accountStatusSchema,
  },
  'account.signOut': { params: none, result: none },
  /** Tries at once to be online again, where the connection is down or may be: the network is there again, the machine woke up. */
  'account.reconnect': { params: none, result: none },
  'account.decideCertificate': { params: v.object({ fingerprint: shortText, accept: v.boolean() }), result: none },

  'boards.list': { params: none, result: v.array(boardInfoSchema) },
  'boards.create': { params: v.object({ name: v.optional(shortText) }), result: boardInfoSchema },
  'boards.rename': { params: v.object({ board: boardIdSchema, name: shortText }), result: none },
  'boards.remove': { params: inBoard, result: none },
  /** A new board from an SVG file. `removed` says in sentences what the allow-list took out. */
  'boards.import': {
    params: v.object({ name: shortText, svg: text }),
    result: v.object({ board: boardInfoSchema, removed: v.array(v.string()) }),
  },
  /** Starts events for the board and answers with all there is now. */
  'boards.open': {
    params: inBoard,
    result: v.object({ status: boardStatusSchema, root: v.nullable(viewNode), people: v.array(personSchema) }),
  },
  'boards.close': { params: inBoard, result: none },
  'boards.export': {
    params: v.object({ board: boardIdSchema, format: v.picklist(['svg', 'xhtml']) }),
    result: v.object({ fileName: v.string(), content: text }),
  },

  /** The notes beside a board, made when first asked for. They are a document like a board's: opened, followed, edited, exported and
   *  closed by the same calls under the id that is answered. */
  'notes.open': { params: inBoard, result: v.object({ notes: boardIdSchema }) },

  /** Puts what an XHTML file holds at the end of notes, as one gesture. `left`: how many parts of it can't be in notes. Fails with
   *  'bad-xhtml' or 'too-large' and a sentence. */
  'notes.import': { params: v.object({ board: boardIdSchema, xhtml: text }), result: v.object({ left: v.number() }) },

  /** The documents that belong with a board, from now on told of by `related` events, too. Addresses are safe to follow on request. */
  'related.list': { params: inBoard, result: v.array(relatedSchema) },
  /** Puts one on the list, for everybody; 'refused' says why not. */
  'related.add': { params: v.object({ board: boardIdSchema, address: text, title: shortText }), result: none },
  'related.remove': { params: v.object({ board: boardIdSchema, address: text }), result: none },
  /** Where a shape leads, safe to follow on request; null for nowhere. */
  'links.of': { params: v.object({ board: boardIdSchema, rid: ridSchema }), result: v.nullable(v.string()) },
  /** Makes a shape lead to an address, or nowhere, as one gesture. */
  'links.set': {
    params: v.object({ board: boardIdSchema, rid: ridSchema, address: v.nullable(text) }),
    result: none,
  },

  /** The account's contacts, those who are there first; at most 1000. Empty without an account. */
  'contacts.list': { params: none, result: v.array(contactSchema) },

  ...roomCalls(boardInfoSchema),
  ...directCalls(boardInfoSchema),
  ...nearbyCalls(boardInfoSchema),

  /** One gesture: all of it or nothing. Of notes, all changes up to it have been told before it is answered, done or refused. */
  'document.submit': {
    params: v.object({
      board: boardIdSchema,
      gesture: shortText,
      intents: v.pipe(v.array(intentSchema), v.maxLength(20000)),
    }),
    result: submitted,
  },
  /** Declares an element, or with `root` the whole, complete, or reopens it. For owners; else 'refused' with rule 'not-owner'. */
  'document.complete': { params: v.object({ board: boardIdSchema, rid: ridSchema, on: v.boolean() }), result: none },
  'document.undo': { params: inBoard, result: none },
  'document.redo': { params: inBoard, result: none },
  /** Cleans a pasted or dropped SVG fragment for an `add`. */
  'document.clean': {
    params: v.object({ svg: text }),
    result: v.object({ nodes: v.array(nodeInput), removed: v.array(v.string()) }),
  },

  /** What happened while this person was away, until it is dismissed; null when there is nothing to tell. */
  'merged.get': { params: inBoard, result: v.nullable(mergedSchema) },
  'merged.dismiss': { params: inBoard, result: none },
  /** Brings one clash back to what lost in it, as one gesture. Answers with the shapes to look at. 'refused' says why not. */
  'merged.again': { params: v.object({ board: boardIdSchema, clash: shortText }), result: v.array(ridSchema) },

  'presenting.get': { params: inBoard, result: presentingSchema },
  /** 'refused' with a sentence when it may not be done. Views are for `show` as often as they change; main keeps the pace. */
  'presenting.do': { params: v.object({ board: boardIdSchema, act: presentActSchema }), result: none },

  /** Nobody has been at this client's window for a while, or somebody is again: told to the others when it holds for all that show the board. */
  'document.away': { params: v.object({ board: boardIdSchema, away: v.boolean() }), result: none },
  'document.live': { params: v.object({ board: boardIdSchema, live: liveSchema }), result: none },
} as const satisfies Record<string, { params: v.GenericSchema; result: v.GenericSchema }>;

// ── Events ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const events = {
  account: accountStatusSchema,
  /** Those who invite to a board between two and wait for an answer. */
  invitations: v.array(invitationSchema),
  /** As `contacts.list`, whenever that changes, at most four times a second. */
  contacts: v.array(contactSchema),
  /** As `nearby.status`, whenever that changes. */
  nearby: nearbySchema,
  status: boardStatusSchema,
  /** At most once a frame and board. `by` names the person (personSchema.id), absent when several or oneself. */
  changes: v.object({ board: boardIdSchema, by: v.optional(v.string()), changes: v.array(viewChangeSchema) }),
  people: v.object({ board: boardIdSchema, people: v.array(personSchema) }),
  /** As `related.list`, whenever that changes. */
  related: v.object({ board: boardIdSchema, related: v.array(relatedSchema) }),
  /** As `merged.get`, whenever that changes. */
  merged: v.object({ board: boardIdSchema, merged: v.nullable(mergedSchema) }),
  live: v.object({ board: boardIdSchema, person: v.string(), live: liveSchema }),
  /** As `presenting.get`, whenever that changes, at most twenty times a second. */
  presenting: v.object({ board: boardIdSchema, presenting: presentingSchema }),
  /** Somebody points something out: a shape where it still is, else a place. At most once a second of each. */
  look: v.object({ board: boardIdSchema, person: v.string(), rect: rectSchema, rid: v.optional(ridSchema) }),
  /** The system asks for something to be shown: a room whose `xmpp:` link was followed, a board made from an `.svg` file. */
  open: v.variant('what', [
    v.object({ what: v.literal('room'), room: v.string() }),
    v.object({ what: v.literal('board'), board: boardIdSchema, removed: v.array(v.string()) }),
  ]),
  /** Parts of the drawing that a question (`history.at`) asks for: each node goes to the end of its parent, which came before or is the
   *  root. `progress`: about how much has come, 0 to 1. */
  past: v.object({
    board: boardIdSchema,
    ask: v.number(),
    parts: v.array(v.object({ parent: ridSchema, node: viewNode })),
    progress: v.number(),
  }),
  /** How much of a board's past has been read: 0 to 1. */
  history: v.object({ board: boardIdSchema, progress: v.number() }),
  /** Edits that did not come about, since a rule forbade them where they came in the order: at most 100 of a stanza. `by` is who
   *  made them (personSchema.id), absent when oneself. `rule`: what a translated sentence is made of; `reason`: an English one. */
  voided: v.object({
    board: boardIdSchema,
    by: v.optional(v.string()),
    edits: v.array(
      v.object({
        rid: ridSchema,
        kind: v.picklist(['new', 'set', 'remove']),
        rule: v.object({ code: v.string(), detail: v.record(v.string(), v.string()) }),
        reason: v.string(),
      }),
    ),
    count: v.number(),
  }),
  /** A sentence for a toast. `code`, with the name of whom it is about: what a translated sentence is made of. */
  notice: v.object({
    board: v.optional(boardIdSchema),
    level: v.picklist(['info', 'warn', 'error']),
    message: v.string(),
    code: v.optional(v.string()),
    who: v.optional(v.string()),
  }),
} as const satisfies Record<string, v.GenericSchema>;

export type CallName = keyof typeof calls;
export type Params<N extends CallName> = v.InferOutput<(typeof calls)[N]['params']>;
export type Result<N extends CallName> = v.InferOutput<(typeof calls)[N]['result']>;
export type EventName = keyof typeof events;
export type EventData<N extends EventName> = v.InferOutput<(typeof events)[N]>;

/** The client end, whatever the transport. */
export interface Api {
  call<N extends CallName>(name: N, ...params: Params<N> extends undefined ? [] : [Params<N>]): Promise<Result<N>>;
  on<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void;
  /** False while the transport itself (not XMPP) is down; calls reject with code 'disconnected' then. */
  onConnection(listener: (up: boolean) => void): () => void;
}

/** What app offers to a transport's server end: one object for all clients of a profile. */
export interface ApiServer {
  /**
   * Parameters are already parsed. `client` is a transport-made id: a client gets events only for boards it has open.
   * Answers and events reach a client in the order in which they are made, and events build on the state that
   * `boards.open` answered: between reading that state and settling the promise the app must emit nothing for the board
   * (read it last, and emit from tasks of their own). A client may open a board that it has open, to have its state anew.
   */
  call(client: string, name: CallName, params: unknown): Promise<unknown>;
  connected(client: string, emit: <N extends EventName>(name: N, data: EventData<N>) => void): void;
  disconnected(client: string): void;
}
