/** The giving side of joining: answers `catch-up` of Limn occupants and `connect` of strict ones. */
import type { Known, LogEntry, Replica } from '#core/replica-port.ts';
import type { Place } from '#core/types.ts';
import type { Debts, LimnState, SxePayload } from '#xmpp/xep-0284.ts';
import type { People } from './election.ts';
import type { Forms } from './forms.ts';
import { serializeLimnState, wholeState } from './limn-state.ts';
import type { Clock, Compression, Logger, LogPort, Random } from './ports.ts';
import { unknownEntries } from './stanza-id.ts';
import { createSnapshots } from './snapshots.ts';
import { createStateSender, cutSnapshot } from './state-transfer.ts';
import { strictStateMessages } from './strict-state.ts';
import type { Occupant } from './transport.ts';
import type { Uploads } from './uploads.ts';

/** History that goes along with a whole state, in characters of JSON: so that whoever has the board can re-send what made it. */
const MAX_HISTORY = 256 * 1024;
/** Up to here a log is sent without asking whether the whole state would be smaller. */
const SMALL_LOG = 64 * 1024;
const MAX_TAIL = 4096;
/** So many entries are read from the disk at most for one who comes back. */
const MAX_STORED = 20_000;
/** Compressed states beyond this many bytes go by the upload service, where giver and asker have the same. */
const LARGE = 128 * 1024;

export interface ProviderOptions {
  readonly replica: Replica;
  readonly people: People;
  readonly compression: Compression;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly uploads?: Uploads | undefined;
  readonly log: LogPort;
  readonly name: string;
  readonly descriptions: readonly string[];
  /** Whether we hold a state that may be given away now. */
  ready(): boolean;
  /** What is owed to strict peers: whoever comes may be the one to do it. */
  owed(): Debts | undefined;
  /** Whether an occupant can follow what comes after the state; if not, a marker is on its way. */
  readonly forms: Pick<Forms, 'mayGive' | 'turn'>;
  /** The last stanza of edits that the confirmed state contains. */
  last(): { sender: string; id: string };
  /** The last hello in the session's order that may have reached this occupant, too. */
  heard(asker: string): LimnState['heard'];
  send(to: Occupant, payload: SxePayload): Promise<void>;
  /** A strict peer is being sent the state: nothing of ours may leave meanwhile (XEP-0284, "Sending the State of the Document"). */
  pause(paused: boolean): void;
}

export interface Provider {
  /** A confirmed stanza, in order: the tail of the log is served from memory. */
  confirmed(entry: LogEntry): void;
  /** The replica's place was set anew. */
  moved(): void;
  request(from: Occupant, id: string, asked: Omit<CatchUp, 'kind'>): void;
  /** A `connect` that may come from a strict peer. */
  connect(from: Occupant): void;
  /** Who asked before we came, as somebody's state says. */
  asking(ids: readonly string[]): void;
  accept(from: Occupant): void;
  refuse(from: Occupant): void;
  left(id: string): void;
  /** Serves what waited: we are ready, or elected since. */
  resume(): void;
  /** The connection is gone. */
  clear(): void;
}

type CatchUp = Extract<SxePayload, { kind: 'catch-up' }>;

interface Request extends Omit<CatchUp, 'kind'> {
  readonly from: Occupant;
  readonly id: string;
}

/** Makes the giving side over a replica. */
export function createProvider(options: ProviderOptions): Provider {
  const { replica, people } = options;
  const sender = createStateSender(options.send);
  const snapshots = createSnapshots(options.clock, options.random);
  /** At most one per occupant. */
  const requests = new Map<string, Request>();
  /** Strict peers that asked and have no state yet; whether we offered it since they last asked, or ever; and whether they accepted. */
  const strict = new Map<string, { occupant: Occupant; offered: boolean; ever: boolean; accepted: boolean }>();
  let tail: LogEntry[] = [];

  const knowsAll = (known: Known): boolean =>
    Object.entries(known).every(([prefix, ranges]) =>
      ranges.every(([from, to]) => replica.knows({ prefix, n: from }) && replica.knows({ prefix, n: to })),
    );

  /** From the disk what memory doesn't hold any more, unless it is more than a state is likely to be. */
  const storedSince = (since: Place): LogEntry[] => {
    const { epoch, seq } = replica.place;
    if (seq - since.seq > MAX_STORED) return [];
    const entries: LogEntry[] = [];
    for (const entry of options.log.since(since) ?? []) {
      if (entry.place.epoch !== epoch || entries.length > MAX_STORED) return [];
      entries.push(entry);
    }
    return entries;
  };
  /** What came since the asker's place, when that is all it lacks and we hold it. */
  const logSince = (since: Place | undefined, known: Known): LogEntry[] | undefined => {
    const { epoch, seq } = replica.place;
    if (since?.epoch !== epoch || since.seq > seq || !knowsAll(known)) return undefined;
    const held = tail.filter((entry) => entry.place.seq > since.seq);
    const entries = held.length === seq - since.seq ? held : storedSince(since);
    const whole =
      entries.length === seq - since.seq && entries.every(({ place }, i) => place.seq === since.seq + i + 1);
    return whole ? entries : undefined;
  };
  const historyFor = (known: Known): LogEntry[] => {
    const history: LogEntry[] = [];
    let size = 0;
    for (const entry of unknownEntries(options.log.entries(), known)) {
      size += JSON.stringify(entry).length;
      if (size > MAX_HISTORY) return [];
      history.push(entry);
    }
    return history;
  };
  const answer = ({ from, since, known }: Request): Uint8Array => {
    const compact = people.get(from.id)?.compact === true;
    const log = logSince(since, known);
    const owed = options.owed();
    const { turn } = options.forms;
    const heard = options.heard(from.id);
    const about = {
      hellos: people.hellos(),
      ...(turn > 0 ? { turn } : {}),
      ...(heard ? { heard } : {}),
      ...(owed ? { owed } : {}),
      ...(strict.size > 0 ? { asking: [...strict.keys()] } : {}),
      name: options.name,
    };
    const short: LimnState | undefined = log && {
      place: replica.place,
      known: {},
      digest: replica.digest(),
      prolog: replica.prolog,
      log,
      ...about,
    };
    const changes = short && serializeLimnState(short, compact);
    if (changes !== undefined && changes.length <= SMALL_LOG) return changes;
    const whole = serializeLimnState(wholeState(replica.state(), historyFor(known), about), compact);
    return changes !== undefined && changes.length <= whole.length ? changes : whole;
  };

  /** In the stream, what was sent before and arrived left out; or by the upload service. */
  const messagesFor = (
    request: Request,
    signal: AbortSignal,
  ): readonly SxePayload[] | Promise<readonly SxePayload[]> => {
    const { id, have, upload } = request;
    const old = have && snapshots.get(have.snapshot);
    if (old) return cutSnapshot(old, id, (part) => have.parts.some(([from, to]) => from <= part && part <= to));
    const data = options.compression.deflate(answer(request));
    const snapshot = snapshots.add(data);
    const inBand = (): readonly SxePayload[] => cutSnapshot(snapshot, id, () => false);
    const { uploads } = options;
    if (uploads === undefined || upload === undefined || upload !== uploads.service || data.length < LARGE)
      return inBand();
    return uploads.put(data, signal).then(
      (uploaded) => [{ kind: 'limn-upload', request: id, upload: uploaded }],
      (error: unknown) => {
        options.logger('warn', 'a state could not be uploaded and goes in the stream', { error: String(error) });
        return inBand();
      },
    );
  };
  const serve = (request: Request): void => {
    requests.delete(request.from.id);
    const given = new AbortController();
    sender.add({
      to: request.from,
      prepare() {
        if (options.ready() && options.forms.mayGive(people.get(request.from.id) ?? request.from))
          return messagesFor(request, given.signal);
        requests.set(request.from.id, request);
        return [];
      },
      cancel: () => given.abort(),
    });
  };
  const offer = (): void => {
    if (!options.ready() || people.elected()?.me !== true) return;
    for (const waiting of strict.values()) {
      const occupant = people.get(waiting.occupant.id);
      if (
        !occupant ||
        waiting.offered ||
        waiting.accepted ||
        occupant.limn === true ||
        !options.forms.mayGive(occupant)
      )
        continue;
      waiting.offered = true;
      waiting.ever = true;
      options.send(occupant, { kind: 'state-offer', descriptions: options.descriptions }).catch(() => {
        waiting.offered = false;
      });
    }
  };

  /** To those who accepted. */
  const give = (): void => {
    if (!options.ready()) return;
    for (const waiting of [...strict.values()]) {
      if (!waiting.accepted) continue;
      const { occupant } = waiting;
      strict.delete(occupant.id);
      let paused = false;
      sender.add({
        to: occupant,
        prepare() {
          if (!options.ready()) {
            strict.set(occupant.id, waiting);
            return [];
          }
          paused = true;
          options.pause(true);
          return strictStateMessages(replica.state(), options.last(), replica.confirmed);
        },
        done() {
          if (paused) options.pause(false);
        },
      });
    }
  };

  return {
    confirmed(entry) {
      tail.push(entry);
      if (tail.length > MAX_TAIL * 2) tail = tail.slice(-MAX_TAIL);
    },
    moved() {
      tail = [];
      snapshots.clear();
    },
    request(from, id, asked) {
      requests.set(from.id, { ...asked, from, id });
      if (options.ready()) for (const one of [...requests.values()]) serve(one);
    },
    connect(from) {
      // An offer of ours may be on its way still, though somebody else is elected by now.
      const ever = strict.get(from.id)?.ever ?? false;
      strict.set(from.id, { occupant: from, offered: false, ever, accepted: false });
      offer();
    },
    asking(ids) {
      for (const id of ids) {
        const occupant = people.get(id);
        if (!occupant || occupant.me || occupant.limn === true || occupant.session || strict.has(id)) continue;
        people.spoke(occupant);
        strict.set(id, { occupant, offered: false, ever: false, accepted: false });
      }
    },
    accept(from) {
      const waiting = strict.get(from.id);
      if (!waiting?.ever) return;
      waiting.accepted = true;
      give();
    },
    refuse(from) {
      strict.delete(from.id);
    },
    left(id) {
      requests.delete(id);
      strict.delete(id);
      sender.drop(id);
    },
    resume() {
      for (const request of [...requests.values()]) serve(request);
      give();
      offer();
    },
    clear() {
      requests.clear();
      strict.clear();
      sender.clear();
    },
  };
}
