/**
 * Psi 1.5 as it was measured and read (PSI-DIALECT), without a window: its negotiation, its lists of edits by which it judges versions, what
 * it corrects by itself. It writes to whom it agreed with and believes whoever knows the session's id.
 */
import type { Edit, NewEdit, SetEdit } from '#core/types.ts';
import type { Entity } from '#xmpp/entity.ts';
import { PSI_WHITEBOARD, type PsiPayload, type PsiStatePart, parsePsi, serializePsi } from '#xmpp/xep-0284-psi.ts';
import { attribute, xml } from '#xmpp/xml-text.ts';

interface PsiRecord {
  readonly made: NewEdit;
  /** In order of version; `undefined` fields: it will never count. */
  sets: { readonly edit: SetEdit; dead: boolean }[];
  /** What is on the screen of parent and weight: never what it was made with, once it has been elsewhere. */
  shown: { parent: string; weight: number; chdata: string };
}

export class PsiPeer {
  readonly records = new Map<string, PsiRecord>();
  readonly #used = new Set<string>();
  readonly #entity: Entity;
  /** Whom it writes edits to, once it has the document. */
  #target: string | undefined;
  #session: string | undefined;
  #count = 0;
  #importing = false;
  left = false;
  /** The yes came too late. */
  aborted = false;
  /** How many negotiations about nothing have begun. */
  begun = 0;
  /** Invitations that its person hasn't answered. */
  readonly invitations: { from: string; session: string }[] = [];
  readonly prefix: string;

  constructor(entity: Entity, prefix = '602fa7d6-8b6c-4461-b8b3-c33df5879928') {
    this.#entity = entity;
    this.prefix = prefix;
    entity.onStanza((stanza) => {
      const from = attribute(stanza, 'from') ?? '';
      const result = attribute(stanza, 'type') === 'error' ? undefined : parsePsi(stanza);
      if (result?.ok === false) this.begun += 1;
      if (result?.ok) this.#heard(from, result.message.session, result.message.id, result.message.payload);
    });
  }

  #say(to: string, payload: PsiPayload): void {
    const id = `${this.prefix}.${(++this.#count).toString(36)}`;
    this.#used.add(id);
    const message = { session: this.#session ?? '', id, payload };
    this.#entity.send(xml('message', { to }, serializePsi(message))).catch(() => undefined);
  }

  /** Its person opens a board with somebody. */
  invite(to: string, session: string): void {
    this.#session = session;
    this.#make(
      { name: 'svg', ns: PSI_WHITEBOARD, parent: '', weight: 0 },
      { version: '1.2', viewBox: '0 0 600 400', baseProfile: 'tiny' },
    );
    this.#say(to, { kind: 'invitation', features: [PSI_WHITEBOARD] });
  }

  /** Its person says yes to the oldest invitation. */
  accept(): void {
    const invitation = this.invitations.shift();
    if (!invitation) throw new Error('nobody invites Psi');
    this.#session = invitation.session;
    this.#say(invitation.from, { kind: 'accept-invitation' });
  }

  /** Psi 1.5 leaves its person's no unsaid; others of its dialect need not. */
  decline(): void {
    const invitation = this.invitations.pop();
    if (!invitation) throw new Error('nobody invites Psi');
    this.#session = invitation.session;
    this.#say(invitation.from, { kind: 'decline-invitation', alternatives: [] });
  }

  /** Its person ends the session. */
  leave(): void {
    this.#say(this.#target ?? '', { kind: 'left-session' });
  }

  #heard(from: string, session: string, id: string, payload: PsiPayload): void {
    if (payload.kind === 'invitation') return void this.invitations.push({ from, session });
    if (session !== this.#session) return;
    if (payload.kind === 'accept-invitation' || payload.kind === 'accept-history') {
      this.#target ??= from;
      return this.#give(from);
    }
    if (payload.kind === 'connect-request') return this.#say(from, { kind: 'history-offer' });
    if (payload.kind === 'abort-negotiation') this.aborted = true;
    if (payload.kind === 'left-session') this.left = true;
    if (payload.kind === 'snapshot') for (const part of payload.parts) this.#import(from, part);
    if (payload.kind !== 'edits' || this.#target === undefined || this.#used.has(id)) return;
    this.#used.add(id);
    for (const edit of payload.edits) this.#apply(edit);
  }

  #give(to: string): void {
    const edits: Edit[] = [];
    const tell = (rid: string): void => {
      const record = this.records.get(rid);
      if (!record) return;
      edits.push(record.made, ...record.sets.map(({ edit, dead }) => (dead ? { ...edit, fields: {} } : edit)));
      for (const [child] of this.records) if (this.fields(child)?.parent === rid) tell(child);
    };
    for (const [rid] of this.records) if (this.fields(rid)?.parent === '') tell(rid);
    this.#say(to, {
      kind: 'snapshot',
      parts: [
        { kind: 'begin', prolog: '<!DOCTYPE svg>\n' },
        { kind: 'edits', edits },
        { kind: 'end', usedIds: [...this.#used] },
      ],
    });
  }

  #import(from: string, part: PsiStatePart): void {
    if (part.kind === 'begin') {
      this.records.clear();
      this.#importing = true;
    } else if (part.kind === 'edits') for (const edit of part.edits) this.#apply(edit);
    else {
      this.#importing = false;
      this.#target = from;
      for (const [rid] of this.records) this.#tidy(rid);
    }
  }

  /** What a record says, by the list of its Sets. */
  fields(rid: string): { parent: string; weight: number; chdata: string; name: string } | undefined {
    const record = this.records.get(rid);
    if (!record) return undefined;
    const { made, sets } = record;
    const fields = {
      parent: made.parent,
      weight: made.primaryWeight,
      chdata: made.chdata ?? '',
      name: made.name ?? '',
    };
    sets.forEach((set, at) => {
      const { edit } = set;
      const counts = edit.version === at + 1 && sets[at + 1]?.edit.version !== edit.version && !set.dead;
      if (!counts) {
        if (edit.version <= at + 1) set.dead = true;
        return;
      }
      const { parent, primaryWeight, chdata } = edit.fields;
      fields.parent = parent ?? fields.parent;
      fields.weight = primaryWeight ?? fields.weight;
      if (chdata === undefined) return;
      const { splice } = edit;
      if (!splice) fields.chdata = chdata;
      else if (splice.from + splice.count <= fields.chdata.length)
        fields.chdata = fields.chdata.slice(0, splice.from) + chdata + fields.chdata.slice(splice.from + splice.count);
    });
    return fields;
  }

  version(rid: string): number | undefined {
    return this.records.get(rid)?.sets.length;
  }

  #apply(edit: Edit): void {
    const record = this.records.get(edit.rid);
    if (edit.kind === 'remove') this.records.delete(edit.rid);
    else if (edit.kind === 'new') {
      if (record) return;
      const { parent, primaryWeight: weight, chdata = '' } = edit;
      this.records.set(edit.rid, { made: edit, sets: [], shown: { parent, weight, chdata } });
      this.#tidy(edit.rid);
    } else if (record) {
      const at = record.sets.findIndex((one) => one.edit.version > edit.version);
      record.sets.splice(at < 0 ? record.sets.length : at, 0, { edit, dead: false });
      this.#show(record);
      this.#tidy(edit.rid);
    }
  }

  /** As it is drawn: neither an empty value nor the place that it was made at is. */
  #show({ made, shown }: PsiRecord): void {
    const now = this.fields(made.rid);
    if (!now) return;
    if (now.parent !== made.parent || now.weight !== made.primaryWeight) {
      shown.parent = now.parent;
      shown.weight = now.weight;
    }
    if (now.chdata !== '') shown.chdata = now.chdata;
  }

  #remove(rid: string): void {
    this.records.delete(rid);
    this.#say(this.#target ?? '', { kind: 'edits', edits: [{ kind: 'remove', rid }] });
  }

  #tidy(rid: string): void {
    const record = this.records.get(rid);
    const mine = this.fields(rid);
    if (!record || !mine || this.#target === undefined || this.#importing) return;
    if (mine.parent !== '' && !this.records.has(mine.parent)) return this.#remove(rid);
    if (record.made.type === 'attr') {
      const twin = this.#attributes(mine.parent).find(([other, name]) => other !== rid && name === mine.name);
      if (twin) this.#remove(twin[0] < rid ? twin[0] : rid);
    } else if (record.made.type === 'element' && this.fields(mine.parent)?.parent === '') {
      if (this.#attributes(rid).every(([, name]) => name !== 'id')) this.#idLess.add(rid);
    }
  }

  readonly #idLess = new Set<string>();
  /** What lies on the board without an id gets one, a while later. */
  giveIds(): void {
    for (const rid of this.#idLess) {
      if (this.records.has(rid) && this.#attributes(rid).every(([, name]) => name !== 'id'))
        this.edit([
          { kind: 'new', type: 'attr', rid: this.#rid(), parent: rid, primaryWeight: 0, name: 'id', chdata: `e${rid}` },
        ]);
    }
    this.#idLess.clear();
  }

  #attributes(element: string): [rid: string, name: string][] {
    return [...this.records]
      .filter(([rid, { made }]) => made.type === 'attr' && this.fields(rid)?.parent === element)
      .map(([rid, { made }]) => [rid, made.name ?? '']);
  }

  #rid(): string {
    return `${this.prefix}.${(++this.#count).toString(36)}`;
  }

  #make(
    { name, ns, parent, weight }: { name: string; ns?: string; parent: string; weight: number },
    attributes: Readonly<Record<string, string>>,
  ): Edit[] {
    const rid = this.#rid();
    const made: Edit = { kind: 'new', type: 'element', rid, parent, primaryWeight: weight, name, ...(ns && { ns }) };
    const edits = [
      made,
      ...Object.entries(attributes).map(([attr, chdata], at): Edit => {
        return { kind: 'new', type: 'attr', rid: this.#rid(), parent: rid, primaryWeight: at, name: attr, chdata };
      }),
    ];
    for (const edit of edits) this.#apply(edit);
    return edits;
  }

  /** Says edits of its person, whose Sets get the next version. */
  edit(edits: readonly Edit[]): void {
    if (this.#target === undefined) return;
    const said = edits.map((edit): Edit => {
      const numbered = edit.kind === 'set' ? { ...edit, version: (this.version(edit.rid) ?? 0) + 1 } : edit;
      this.#apply(numbered);
      return numbered;
    });
    this.#say(this.#target, { kind: 'edits', edits: said });
  }

  /** Its person draws a stroke. */
  draw(d: string): void {
    const root = this.root();
    if (root === undefined || this.#target === undefined) return;
    const weights = this.children(root).map((rid) => this.fields(rid)?.weight ?? 0);
    const edits = this.#make(
      { name: 'path', parent: root, weight: Math.max(-1, ...weights) + 1 },
      { d, fill: 'none', id: `e${this.#count}`, stroke: '#000000' },
    );
    this.#say(this.#target, { kind: 'edits', edits });
  }

  /** Its person erases something: every second attribute is forgotten. */
  erase(rid: string): void {
    const attributes = this.#attributes(rid).filter((_, at) => at % 2 === 0);
    this.edit([...attributes.map(([one]) => one), rid].map((one) => ({ kind: 'remove', rid: one })));
    this.#forget(rid);
  }

  /** What was in the element is of no more account. */
  #forget(rid: string): void {
    for (const [other] of [...this.records]) {
      if (this.fields(other)?.parent !== rid) continue;
      this.records.delete(other);
      this.#forget(other);
    }
  }

  root(): string | undefined {
    return [...this.records].find(([rid, { made }]) => made.type === 'element' && this.fields(rid)?.parent === '')?.[0];
  }

  children(parent: string): string[] {
    return [...this.records]
      .filter(([rid, { made }]) => made.type !== 'attr' && this.fields(rid)?.parent === parent)
      .map(([rid]) => ({ rid, weight: this.fields(rid)?.weight ?? 0 }))
      .sort((a, b) => a.weight - b.weight || (a.rid < b.rid ? -1 : 1))
      .map(({ rid }) => rid);
  }

  /** The document as lines, one per node, with what its screen shows. */
  lines(parent = '', depth = ''): string[] {
    return this.children(parent).flatMap((rid) => {
      const { made, shown } = this.records.get(rid) as PsiRecord;
      const attributes = this.#attributes(rid)
        .map(([one, name]) => `${name}=${this.records.get(one)?.shown.chdata ?? ''}`)
        .sort();
      const line = made.type === 'element' ? `${made.name} ${attributes.join(' ')}` : shown.chdata;
      const lost = shown.parent === parent ? '' : ' (not shown here)';
      return [`${depth}${line}${lost}`, ...this.lines(rid, `${depth} `)];
    });
  }
}
