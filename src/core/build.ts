/** From intents (what a person does, in element terms) to the edits that say it on the wire. */
import { isMark } from './complete.ts';
import type { Layer } from './layer.ts';
import { fieldFault, type Node } from './node.ts';
import { between, spread } from './order.ts';
import type { Intent, SubmitResult } from './replica-port.ts';
import type { Edit, Fault, Moved, NewEdit, NodeTree, Rid } from './types.ts';
import { isPiTarget, isQName, isXmlText, localName, splitsPair } from './xml-chars.ts';

/** Why an intent can't be done; `submit` answers with its message, and with the fault where a rule forbids it. */
export class IntentFault extends Error {
  readonly fault: Fault | undefined;

  constructor(reason: string, fault?: Fault) {
    super(reason);
    this.fault = fault;
  }
}

/** Throws the fault for whoever asked for the edits. */
export function refuse(_: Rid, fault: Fault): never {
  throw new IntentFault(fault.reason, fault);
}

/** Nothing was done, for this reason. */
export function refusal({ code, detail, reason }: Fault): SubmitResult {
  return { ok: false, code, detail, reason };
}

/** Builds the edits of one intent against what is shown, handing each to `apply` at once, so that the next sees it. */
export class EditBuilder {
  readonly #layer: Layer;
  readonly #nextRid: () => Rid;
  readonly #apply: (edit: Edit) => void;
  /** What the intents so far made, an `add`'s top node each. */
  readonly #made: (Rid | undefined)[] = [];

  constructor(layer: Layer, nextRid: () => Rid, apply: (edit: Edit) => void) {
    this.#layer = layer;
    this.#nextRid = nextRid;
    this.#apply = apply;
  }

  /** Returns the rids that an `add` made, its top first. @throws IntentFault when it can't be done; some edits may have been applied. */
  build(intent: Intent): readonly Rid[] {
    const rids = this.#build(intent);
    this.#made.push(rids[0]);
    return rids;
  }

  #build(intent: Intent): readonly Rid[] {
    switch (intent.do) {
      case 'add':
        return this.#add(intent.parent, intent.before, intent.node, intent.lean);
      case 'set':
        this.#set(this.#element(intent.rid), intent.ns, intent.name, intent.value);
        return [];
      case 'text':
        this.#text(intent);
        return [];
      case 'move':
        this.#move(intent.rid, intent.parent, intent.before);
        return [];
      case 'rename':
        this.#rename(this.#element(intent.rid), intent.name);
        return [];
      case 'remove':
        this.#apply({ kind: 'remove', rid: this.#shown(intent.rid).rid });
        return [];
    }
  }

  #shown(rid: Rid): Node {
    const node = this.#layer.get(this.#meant(rid));
    if (node === undefined || node.home === null)
      throw new IntentFault(`There is no node ${rid} on this board any more.`);
    return node;
  }

  #meant(rid: Rid): Rid {
    if (rid === 'root') return this.#layer.root() ?? '';
    const made = rid.startsWith('@') && /^@\d+$/.test(rid) ? this.#made[Number(rid.slice(1))] : undefined;
    return made ?? rid;
  }

  #element(rid: Rid, node = this.#shown(rid)): Node {
    if (node.type !== 'element') throw new IntentFault(`Node ${rid} is a ${node.type}, not an element.`);
    return node;
  }

  #add(parent: Rid, before: Rid | null, node: NodeTree, lean?: number): readonly Rid[] {
    const rids: Rid[] = [];
    const top = parent === '';
    const home = top ? undefined : this.#element(parent);
    if (top && node.type === 'element' && this.#layer.root() !== undefined)
      throw new IntentFault('This board has a root element already.');
    if (top && node.type === 'text') throw new IntentFault('Text can only stand inside the root element.');
    const parentRid = home?.rid ?? '';
    const inherited = home ? this.#layer.namespaceOf(home.rid) : undefined;
    this.#addTree(parentRid, this.#weightAt(parentRid, before, undefined, lean), node, inherited, rids);
    return rids;
  }

  #addTree(parent: Rid, primaryWeight: number, node: NodeTree, inherited: string | undefined, rids: Rid[]): void {
    const rid = this.#nextRid();
    rids.push(rid);
    if (node.type === 'processinginstruction') {
      if (!isPiTarget(node.pitarget))
        throw new IntentFault(`A processing instruction can't be called “${node.pitarget}”.`);
      const { type, pitarget, pidata } = node;
      this.#new({ kind: 'new', rid, type, parent, primaryWeight, pitarget, pidata });
    } else if (node.type !== 'element') {
      this.#new({ kind: 'new', rid, type: node.type, parent, primaryWeight, chdata: node.chdata });
    } else {
      checkName(node.name);
      const own = node.ns !== undefined && node.ns !== inherited;
      const { type, name } = node;
      if (own) this.#new({ kind: 'new', rid, type, parent, primaryWeight, name, ns: node.ns });
      else this.#new({ kind: 'new', rid, type, parent, primaryWeight, name });
      const ns = node.ns ?? inherited;
      let weight = 0;
      const marks = node.attrs.filter(({ ns, name }) => ns !== undefined && isMark({ type: 'attr', ns, name }));
      for (const attr of node.attrs) {
        if (marks.length === 0 || !marks.includes(attr))
          this.#newAttribute(rid, weight++, attr.ns, attr.name, attr.value, rids);
      }
      const last = weight;
      weight = 0;
      for (const child of node.children) this.#addTree(rid, weight++, child, ns, rids);
      // What is complete takes nothing more in.
      for (const { ns, name, value } of marks) this.#newAttribute(rid, last, ns, name, value, rids);
    }
  }

  #new(edit: NewEdit): void {
    if (
      (edit.chdata !== undefined && !isXmlText(edit.chdata)) ||
      (edit.pidata !== undefined && !isXmlText(edit.pidata))
    )
      throw new IntentFault('The text holds a control character that no XML file may hold.');
    this.#apply(edit);
  }

  #newAttribute(
    parent: Rid,
    primaryWeight: number,
    ns: string | undefined,
    name: string,
    value: string,
    rids: Rid[],
  ): void {
    checkName(name);
    if (this.#layer.attributeCalled(parent, ns, name)) throw new IntentFault(`The attribute ${name} is there twice.`);
    const rid = this.#nextRid();
    rids.push(rid);
    if (ns) this.#new({ kind: 'new', rid, type: 'attr', parent, primaryWeight, name, chdata: value, ns });
    else this.#new({ kind: 'new', rid, type: 'attr', parent, primaryWeight, name, chdata: value });
  }

  #set(element: Node, ns: string | undefined, name: string, value: string | null): void {
    checkName(name);
    const attr = this.#layer.attributeCalled(element.rid, ns, name);
    if (value === null) {
      if (attr) this.#apply({ kind: 'remove', rid: attr.rid });
    } else if (attr === undefined) {
      const last = this.#layer.attrs(element.rid).at(-1);
      this.#newAttribute(element.rid, between(last?.primaryWeight, undefined) ?? 0, ns, name, value, []);
    } else if (attr.chdata !== value) {
      this.#setFields(attr, { chdata: value });
    }
  }

  #setFields(node: Node, fields: Partial<Pick<Node, 'chdata' | 'name' | 'parent' | 'primaryWeight'>>): void {
    const fault = fieldFault(node.type, fields);
    if (fault !== undefined) throw new IntentFault(`That can't be written: ${fault}.`);
    this.#apply({ kind: 'set', rid: node.rid, version: node.version + 1, fields });
  }

  /** Where the letters that an intent takes away have gone. */
  #movedTo({ moved }: Extract<Intent, { do: 'text' }>): Moved | undefined {
    if (moved === undefined) return undefined;
    const to = textsUnder(this.#layer, this.#shown(moved.to))[moved.nth];
    return to?.chdata === undefined ? undefined : { to: to.rid, at: moved.at, text: to.chdata };
  }

  #splice(node: Node, from: number, count: number, insert: string, moved?: Moved): void {
    if (count === 0 && insert === '') return;
    if (!isXmlText(insert)) throw new IntentFault('The text holds a control character that no XML file may hold.');
    const text = node.chdata ?? '';
    if (splitsPair(text, from) || splitsPair(text, from + count))
      throw new IntentFault('A character can’t be cut in two: choose a place before or after it.');
    const was = text.slice(from, from + count);
    this.#apply({
      kind: 'set',
      rid: node.rid,
      version: node.version + 1,
      fields: { chdata: insert },
      splice: { from, count, was },
      ...(moved && { moved }),
    });
  }

  #rename(element: Node, name: string): void {
    checkName(name);
    if (element.name !== name) this.#setFields(element, { name });
  }

  #text(intent: Extract<Intent, { do: 'text' }>): void {
    const target = this.#shown(intent.rid);
    if (target.type === 'text') {
      checkRange(intent.from, intent.count, target.chdata?.length ?? 0);
      return this.#splice(target, intent.from, intent.count, intent.insert, this.#movedTo(intent));
    }
    const element = this.#element(intent.rid, target);
    if (intent.name !== undefined) {
      const attr = this.#layer.attributeCalled(element.rid, intent.ns, intent.name);
      const length = attr?.chdata?.length ?? 0;
      checkRange(intent.from, intent.count, length);
      if (attr) this.#splice(attr, intent.from, intent.count, intent.insert);
      else this.#set(element, intent.ns, intent.name, intent.insert);
      return;
    }
    const texts: Node[] = [];
    for (const kid of this.#layer.kids(element.rid) ?? []) if (kid.type === 'text') texts.push(this.#shown(kid.rid));
    let start = 0;
    const total = texts.reduce((sum, text) => sum + (text.chdata?.length ?? 0), 0);
    checkRange(intent.from, intent.count, total);
    if (texts.length === 0) {
      if (intent.insert !== '') this.#add(element.rid, null, { type: 'text', chdata: intent.insert });
      return;
    }
    // The insertion goes into the first text that reaches the place; what is deleted may span several.
    let inserted = false;
    const end = intent.from + intent.count;
    for (const text of texts) {
      const length = text.chdata?.length ?? 0;
      const from = Math.max(intent.from, start);
      const to = Math.min(end, start + length);
      const here: boolean = !inserted && intent.from <= start + length;
      if (here || to > from) this.#splice(text, from - start, Math.max(0, to - from), here ? intent.insert : '');
      inserted ||= here;
      start += length;
    }
  }

  #move(rid: Rid, parent: Rid, before: Rid | null): void {
    const node = this.#shown(rid);
    if (node.rid === this.#layer.root()) throw new IntentFault('The root element can’t be moved.');
    if (node.type === 'attr') throw new IntentFault('Attributes aren’t moved; set and remove them instead.');
    const home = this.#element(parent);
    for (let at: Node | undefined = home; at !== undefined; at = at.home ? this.#layer.get(at.home) : undefined) {
      if (at.rid === node.rid) throw new IntentFault('A shape can’t be moved into itself.');
    }
    if (before === node.rid) return;
    const primaryWeight = this.#weightAt(home.rid, before, node);
    const current = this.#layer.get(node.rid) ?? node;
    if (current.home === home.rid && current.primaryWeight === primaryWeight) return;
    this.#setFields(current, current.parent === home.rid ? { primaryWeight } : { parent: home.rid, primaryWeight });
  }

  /** The weight for a place, re-spacing the siblings around it by ordinary Sets when no double fits. */
  #weightAt(parent: Rid, before: Rid | null, moving: Node | undefined, lean?: number): number {
    const next = before === null ? undefined : this.#shown(before);
    if (next && (next.home !== parent || next.type === 'attr'))
      throw new IntentFault(`Node ${before} isn’t a child of ${parent || 'the document'}.`);
    const kids = this.#layer.kids(parent);
    if (kids === undefined || kids.size === 0) return 0;
    const notMoving = (item: Node | undefined, step: (from: Node) => Node | undefined): Node | undefined =>
      item !== undefined && item.rid === moving?.rid ? step(item) : item;
    const previous = notMoving(next ? kids.before(next) : kids.last(), (item) => kids.before(item));
    const weight = between(previous?.primaryWeight, next?.primaryWeight, lean);
    if (weight !== undefined) return weight;
    return this.#respace(parent, previous, next, moving);
  }

  /** Widens a window around the place until its siblings fit with room, writes their new weights, and returns the free one. */
  #respace(parent: Rid, previous: Node | undefined, next: Node | undefined, moving: Node | undefined): number {
    const kids = this.#layer.kids(parent);
    if (kids === undefined) return 0;
    const left: Node[] = [];
    const right: Node[] = [];
    for (let reach = 8; ; reach *= 2) {
      for (let at = left[0] ?? previous; at !== undefined && left.length < reach; at = kids.before(at))
        if (at !== left[0] && at.rid !== moving?.rid) left.unshift(at);
      for (let at = right.at(-1) ?? next; at !== undefined && right.length < reach; at = kids.after(at))
        if (at !== right.at(-1) && at.rid !== moving?.rid) right.push(at);
      const low = left[0] ? kids.before(left[0]) : undefined;
      const last = right.at(-1);
      const high = last ? kids.after(last) : undefined;
      const weights = spread(low?.primaryWeight, high?.primaryWeight, left.length + right.length + 1);
      if (weights === undefined) {
        if (low === undefined && high === undefined) throw new RangeError('respace: no room among finite weights');
        continue;
      }
      const free = weights.splice(left.length, 1)[0] as number;
      [...left, ...right].forEach((sibling, i) =>
        this.#setFields(this.#shown(sibling.rid), { primaryWeight: weights[i] as number }),
      );
      return free;
    }
  }
}

function checkName(name: string): void {
  if (!isQName(name) || localName(name) === '') throw new IntentFault(`“${name}” can’t be a name in XML.`);
}

function checkRange(from: number, count: number, length: number): void {
  if (!(Number.isInteger(from) && Number.isInteger(count) && from >= 0 && count >= 0 && from + count <= length)) {
    throw new IntentFault(`The text has ${length} characters; ${from} to ${from + count} isn’t in it.`);
  }
}

/** The text nodes under a node, itself included, in document order. */
function textsUnder(layer: Layer, node: Node): Node[] {
  if (node.type === 'text') return [node];
  return [...(layer.kids(node.rid) ?? [])].flatMap((kid) => textsUnder(layer, kid));
}
