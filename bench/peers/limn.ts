/**
 * Limn itself: a replica of src/core on each side, and between them whole message stanzas as the room delivers them,
 * envelope included in the bytes. Of what comes in the payload is read, as the product's stream does. The writer takes in its
 * own echo as well (without reading it again), since Limn confirms nothing before. Single ops travel as plain SXE, frames in
 * compact form. Observers are off, as with every engine; LIMN_BENCH_APP=1 runs it as the application does instead, with the rules
 * of SVG and a view that follows every update.
 */
import { type Element, Parser } from '@xmpp/xml';
import type {
  Intent,
  PendingStanza,
  Replica as CoreReplica,
  ReplicaState,
  StoredState,
} from '../../src/core/replica-port.ts';
import { createReplica } from '../../src/core/replica.ts';
import type { Edit, ElementTree, Rid } from '../../src/core/types.ts';
import { svgJudge } from '../../src/svg/content-model.ts';
import { systemDeflate } from '../../src/platform/deflate.ts';
import { parseLimnState, serializeLimnState } from '../../src/session/limn-state.ts';
import { decodeState, encodeState } from '../../src/store/saved-state.ts';
import { type CompactCodec, createCompactCodec } from '../../src/xmpp/compact.ts';
import { parseSxe, type SxeResult, writeSxe } from '../../src/xmpp/xep-0284-codec.ts';
import { readEdits } from '../../src/xmpp/xep-0284-text.ts';

/** As in workload.mjs. */
const GROUPS = 50;

export const version = 'limn';

const SVG = 'http://www.w3.org/2000/svg';
const PREFIX = ['', '1qkzr0v9xw3la', '0m3wd7u5yfg2c', '2b8tn4h6ejsxo', '0yv5pc1rqk7dz'];
const AS_APP = process.env.LIMN_BENCH_APP === '1';
/** The one attribute of the workload that SVG hasn't. */
const nameOf = (name: string): string => (AS_APP && name === 'label' ? 'aria-label' : name);

/** As a room of Prosody delivers it to an occupant. */
const OPEN =
  '<message to="alice@example.org/limn-4f1c" from="board@rooms.example.org/Alice" type="groupchat" id="m1x7" ' +
  'xml:lang="en"><occupant-id xmlns="urn:xmpp:occupant-id:0" id="dd72603deec90a38ba552f7c68cbcc61bca202cd"/>';
const CLOSE = '</message>';

interface Shape {
  readonly id: string;
  readonly type: string;
  readonly attrs: Readonly<Record<string, string>>;
}
interface AddOp {
  readonly shape: Shape;
  readonly group: number;
  readonly index: number;
}

function elementOf(shape: Shape): ElementTree {
  const attrs = [{ name: 'id', value: shape.id }];
  for (const name in shape.attrs) attrs.push({ name: nameOf(name), value: shape.attrs[name] as string });
  return { type: 'element', name: shape.type, attrs, children: [] };
}

function boardOf(ops: readonly AddOp[]): ElementTree {
  const groups: ElementTree[][] = Array.from({ length: GROUPS }, () => []);
  for (const { shape, group } of ops) groups[group]?.push(elementOf(shape));
  const children = groups.map((shapes, i): ElementTree => {
    return { type: 'element', name: 'g', attrs: [{ name: 'id', value: `g${i}` }], children: shapes };
  });
  return { type: 'element', ns: SVG, name: 'svg', attrs: [], children };
}

/** Reads payloads that aren't plain SXE with one parser, as a connection has one for all its stanzas. */
function createElementReader(codec: CompactCodec): (text: string) => Stanza {
  const results: (SxeResult | undefined)[] = [];
  const parser = new Parser();
  parser.on('element', (element: Element) => results.push(parseSxe(element, codec)));
  parser.write('<stream>');
  return (text) => {
    parser.write(text);
    const result = results.pop();
    if (!result?.ok || result.message.payload.kind !== 'edits') throw new Error('a stanza could not be read');
    return { id: result.message.id, edits: result.message.payload.edits };
  };
}

interface Stanza {
  readonly id: string;
  readonly edits: readonly Edit[];
}

class Replica {
  readonly #core: CoreReplica;
  readonly #author: string;
  readonly #compact: { readonly compact?: true };
  readonly #codec = createCompactCodec(systemDeflate);
  readonly #elementsOf = createElementReader(this.#codec);
  /** The writer's view of order and names, as every engine's app has one. */
  #groups: Rid[] = [];
  #order: Rid[][] = [];
  readonly #rids = new Map<string, Rid>();

  constructor(n: number, frame: number, state?: StoredState) {
    this.#compact = frame > 1 ? { compact: true } : {};
    this.#author = `board@rooms.example.org/${n}`;
    this.#core = createReplica({
      prefix: PREFIX[n] ?? `9${n}c7x2m4v8b1k`,
      author: this.#author,
      now: () => 1_780_000_000_000,
      observed: AS_APP,
      ...(AS_APP ? { judge: svgJudge } : {}),
      state,
    });
  }

  init(ops: readonly AddOp[]): string {
    const update = this.transact(() => this.#submit({ do: 'add', parent: '', before: null, node: boardOf(ops) }));
    this.reindex();
    return update;
  }

  transact(work: () => void): string {
    work();
    return this.offlineUpdate();
  }

  #submit(intent: Intent): readonly Rid[] {
    const result = this.#core.submit([intent], '');
    if (!result.ok) throw new Error(result.reason);
    return result.rids[0] ?? [];
  }

  #rid(id: string): Rid {
    const rid = this.#rids.get(id);
    if (rid === undefined) throw new RangeError(`no shape ${id}`);
    return rid;
  }

  add(shape: Shape, group: number, index: number): void {
    const siblings = this.#order[group] as Rid[];
    const parent = this.#groups[group] as Rid;
    const [rid] = this.#submit({ do: 'add', parent, before: siblings[index] ?? null, node: elementOf(shape) });
    siblings.splice(index, 0, rid as Rid);
    this.#rids.set(shape.id, rid as Rid);
  }

  set(id: string, name: string, value: string): void {
    this.#submit({ do: 'set', rid: this.#rid(id), name, value });
  }

  append(id: string, insert: string): void {
    const rid = this.#rid(id);
    const d = this.#core.shown.attribute(rid, '', 'd') as Rid;
    const from = this.#core.shown.get(d)?.chdata?.length ?? 0;
    this.#submit({ do: 'text', rid, name: 'd', from, count: 0, insert });
  }

  move(id: string, fromGroup: number, from: number, group: number, index: number): void {
    const rid = this.#rid(id);
    (this.#order[fromGroup] as Rid[]).splice(from, 1);
    const siblings = this.#order[group] as Rid[];
    this.#submit({ do: 'move', rid, parent: this.#groups[group] as Rid, before: siblings[index] ?? null });
    siblings.splice(index, 0, rid);
  }

  remove(id: string, fromGroup: number, from: number): void {
    this.#submit({ do: 'remove', rid: this.#rid(id) });
    (this.#order[fromGroup] as Rid[]).splice(from, 1);
    this.#rids.delete(id);
  }

  apply(update: string): void {
    for (let at = OPEN.length; at < update.length; ) {
      const read = readEdits(update, at);
      const end = read?.end ?? update.indexOf(CLOSE, at);
      this.#take(read ?? this.#elementsOf(update.slice(at, end)));
      at = end + CLOSE.length + OPEN.length;
    }
    if (AS_APP) this.#core.takeChanges();
  }

  #take({ id, edits }: Stanza): void {
    const dot = id.lastIndexOf('.');
    const name = { prefix: id.slice(0, dot), n: Number(id.slice(dot + 1)) };
    this.#core.receive({ author: this.#author, id: name, edits, time: 1_780_000_000_000 });
  }

  reindex(): void {
    const tree = this.#core.shown;
    this.#groups = [...tree.children(tree.root() as Rid)];
    this.#order = this.#groups.map((group) => [...tree.children(group)]);
    this.#rids.clear();
    for (const rid of this.#order.flat()) {
      const id = tree.get(tree.attribute(rid, '', 'id') as Rid)?.chdata;
      if (id !== undefined) this.#rids.set(id, rid);
    }
  }

  goOffline(): void {}

  /** Whoever comes back second first hears what the first one sent: the room has one order. */
  offlineUpdate(heard?: string): string {
    if (heard !== undefined) this.apply(heard);
    let update = '';
    for (let next = this.#core.takeOutgoing(); next; next = this.#core.takeOutgoing()) {
      update += this.#encode(next);
      this.#core.receive(next);
    }
    if (AS_APP) this.#core.takeChanges();
    return update;
  }

  #encode({ id, edits }: PendingStanza): string {
    const payload = { kind: 'edits', edits, ...this.#compact } as const;
    const sxe = writeSxe({ session: 'b7f3k2', id: `${id.prefix}.${id.n}`, payload }, this.#codec);
    return OPEN + sxe.toString() + CLOSE;
  }

  /** The second one heard the first before it sent its own. */
  merge(theirs: string, _mine: string, first: boolean): void {
    if (first) this.apply(theirs);
  }

  save(): Uint8Array {
    return encodeState(this.#core.saved());
  }

  /** What a late joiner gets, before base64; and the whole of it in base64, as it travels in-band. */
  forms(): Record<string, Uint8Array | string> {
    const state = { ...this.#core.state(), hellos: [], name: 'Board' };
    const join = systemDeflate.deflate(serializeLimnState(state, true));
    return { join, inBand: Buffer.from(join).toString('base64') };
  }

  tree(): Shape[][] {
    const tree = this.#core.shown;
    return tree.children(tree.root() as Rid).map((group) =>
      tree.children(group).map((rid) => {
        const attrs: Record<string, string> = {};
        for (const attr of tree.attributes(rid)) {
          const { name = '', chdata = '' } = tree.get(attr) ?? {};
          attrs[name === nameOf('label') ? 'label' : name] = chdata;
        }
        const { id = '', ...rest } = attrs;
        return { id, type: tree.get(rid)?.name ?? '', attrs: rest };
      }),
    );
  }

  digest(): string {
    return this.#core.digest();
  }
}

export const create = (n: number, frame: number): Replica => new Replica(n, frame);
export function load(saved: Uint8Array, form: string): Replica {
  if (form !== 'inBand') return new Replica(9, 1, decodeState(saved));
  const bytes = Buffer.from(Buffer.from(saved).toString('latin1'), 'base64');
  const { records, ...state } = parseLimnState(systemDeflate.inflate(bytes, 1 << 28)) ?? {};
  if (!records) throw new Error('the state could not be read');
  return new Replica(9, 1, { ...state, records } as ReplicaState);
}
