/** What the others do right now: cursors that glide 80 ms behind, selections, strokes and drags under way. */
import type { Live, Person } from '#api/contract.ts';
import type { Matrix, Point } from './matrix.ts';
import type { Lift } from './lift.ts';

const GLIDE_MS = 80;
/** A preview that has ended stays this long (ms) if its changes don't come first. */
const LINGER_MS = 400;
/** A stroke under way keeps its last points. */
const MOST_POINTS = 20_000;

export interface PeerStroke {
  readonly points: Point[];
  readonly colour: string;
  readonly width: number;
  readonly opacity: number;
}

export interface Peer {
  readonly name: string;
  readonly colour: number;
  /** Nobody is at their window. */
  readonly away: boolean;
  cursor: Point | null;
  selection: readonly string[];
  stroke: PeerStroke | null;
  lift: Lift | null;
}

export interface Peers {
  setPeople(people: readonly Person[]): void;
  receive(person: string, live: Live, now: number): void;
  /** Changes by this person have reached the screen: an ended preview goes. */
  changed(person: string | undefined): void;
  all(): Iterable<Peer>;
  /** Moves cursors on; true while something still moves. */
  advance(now: number): boolean;
  destroy(): void;
}

interface Held extends Peer {
  glide: { from: Point; to: Point; start: number } | null;
  ended: number | null;
  dragged: string;
}

/** `lift` takes shapes off the board; `jump` is true where motion is reduced. */
export function createPeers(lift: (rids: readonly string[]) => Lift, jump: () => boolean): Peers {
  const people = new Map<string, Person>();
  const held = new Map<string, Held>();

  function clear(peer: Held): void {
    peer.stroke = null;
    peer.lift?.drop();
    peer.lift = null;
    peer.dragged = '';
    peer.ended = null;
  }

  function preview(peer: Held, live: NonNullable<Live['preview']>): void {
    if (peer.ended !== null) clear(peer);
    if (live.kind === 'stroke') {
      if (peer.lift) clear(peer);
      peer.stroke ??= { points: [], colour: live.colour, width: live.width, opacity: live.opacity };
      for (const [x, y] of live.points) peer.stroke.points.push({ x, y });
      if (peer.stroke.points.length > MOST_POINTS) peer.stroke.points.splice(0, MOST_POINTS / 2);
      return;
    }
    const dragged = live.rids.join(' ');
    if (!peer.lift || peer.dragged !== dragged) {
      clear(peer);
      peer.lift = lift(live.rids);
      peer.dragged = dragged;
    }
    peer.lift.show({ world: live.matrix as Matrix });
  }

  return {
    setPeople(next) {
      people.clear();
      for (const person of next) if (!person.me) people.set(person.id, person);
      for (const [id, peer] of held) {
        // Of whom nothing is known, nothing is shown.
        if ((people.get(id)?.show ?? 'off') !== 'off') continue;
        clear(peer);
        held.delete(id);
      }
    },
    receive(id, live, now) {
      const person = people.get(id);
      if (!person || person.show === 'off') return;
      let peer = held.get(id);
      if (!peer) {
        peer = {
          get name() {
            return people.get(id)?.name ?? person.name;
          },
          get colour() {
            return people.get(id)?.colour ?? person.colour;
          },
          get away() {
            return people.get(id)?.show === 'away';
          },
          cursor: null,
          selection: [],
          stroke: null,
          lift: null,
          glide: null,
          ended: null,
          dragged: '',
        };
        held.set(id, peer);
      }
      if (live.cursor === null) {
        peer.cursor = null;
        peer.glide = null;
      } else if (live.cursor) {
        const to = { x: live.cursor[0], y: live.cursor[1] };
        if (peer.cursor && !jump()) peer.glide = { from: peer.cursor, to, start: now };
        else peer.cursor = to;
      }
      if (live.selection) peer.selection = live.selection;
      if (live.preview === null) peer.ended = now;
      else if (live.preview) preview(peer, live.preview);
    },
    changed(id) {
      for (const [key, peer] of held) if ((id === undefined || key === id) && peer.ended !== null) clear(peer);
    },
    all: () => held.values(),
    advance(now) {
      let moving = false;
      for (const peer of held.values()) {
        if (peer.glide) {
          const { from, to, start } = peer.glide;
          const t = Math.min(1, Math.max(0, (now - start) / GLIDE_MS));
          peer.cursor = { x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t };
          if (t === 1) peer.glide = null;
          moving = true;
        }
        if (peer.ended !== null) {
          if (now - peer.ended >= LINGER_MS) clear(peer);
          moving = true;
        }
      }
      return moving;
    },
    destroy() {
      for (const peer of held.values()) clear(peer);
      held.clear();
    },
  };
}
