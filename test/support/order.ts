/** One order of stanzas for replicas without a session: what `test/support/network.ts` is for sessions. */
import type { LogEntry, ReceivedStanza, ReceiveResult, Replica } from '#core/replica-port.ts';
import type { Edit, Role } from '#core/types.ts';
import type { ReplicaOptions } from '#core/replica.ts';
import { Mirror, replica, withRoot } from './document.ts';

/** Replicas in a room without a network's faults: sends and deliveries interleave as the schedule says. */
export class Room {
  readonly log: ReceivedStanza[] = [];
  readonly members: Replica[];
  readonly mirrors: Mirror[];
  readonly entries: LogEntry[][];
  /** Told of each delivery: who took which stanza of the log, and what came of it. */
  watch: ((member: number, index: number, result: ReceiveResult) => void) | undefined;
  /** What each member may do when it sends; absent: an editor. */
  roles: readonly Role[] = [];
  /** Whether views are told of others' gestures of several stanzas when they end. */
  holds = false;
  readonly #seen: number[];
  #injected = 0;

  constructor(members: Replica[]) {
    this.members = members;
    this.mirrors = members.map((member) => new Mirror(member.shown, () => member.seen));
    this.entries = members.map(() => []);
    this.#seen = members.map(() => 0);
  }

  send(i: number): void {
    const stanza = this.members[i]?.takeOutgoing();
    const role = this.roles[i];
    if (stanza) this.log.push({ ...structuredClone(stanza), ...(role === undefined ? {} : { role }) });
  }

  /** What somebody who keeps to no rules says at this place in the order. */
  inject(edits: readonly Edit[], role: Role = 'editor'): void {
    this.log.push({
      author: 'h@example',
      id: { prefix: 'h', n: ++this.#injected },
      edits: structuredClone(edits),
      time: 0,
      role,
    });
  }

  /** Hands the next stanza to a member; its view follows at once, or with `look` false when it looks next. */
  deliver(i: number, look = true): boolean {
    const stanza = this.log[this.#seen[i] as number];
    const member = this.members[i];
    if (!stanza || !member) return false;
    (this.#seen[i] as number)++;
    const hold = this.holds && stanza.transaction ? `${stanza.author} ${stanza.transaction.id}` : undefined;
    const result = member.receive(hold === undefined ? stanza : { ...stanza, hold });
    if (result.entry) this.entries[i]?.push(result.entry);
    if (look) this.look(i);
    this.watch?.(i, (this.#seen[i] as number) - 1, result);
    return true;
  }

  /** A member's view follows all that has come. */
  look(i: number): void {
    const mirror = this.mirrors[i];
    if (mirror) mirror.follow(this.members[i]?.takeChanges() ?? []);
  }

  settle(): void {
    let rounds = 0;
    for (let busy = true; busy; ) {
      busy = false;
      if (++rounds > 200)
        throw new Error('livelock ' + JSON.stringify(this.members.map((m) => m.pending())).slice(0, 1500));
      this.members.forEach((member, i) => {
        this.send(i);
        while (this.deliver(i, false)) busy = true;
        this.look(i);
        busy ||= member.pending().length > 0;
      });
    }
  }
}

/** Replicas that begin with the same `<svg>` root. */
export function joined(count: number, options: (i: number) => Partial<ReplicaOptions> = () => ({})): Replica[] {
  const state = withRoot('r').state();
  return Array.from({ length: count }, (_, i) => replica('abcdef'[i] as string, { state, ...options(i) }));
}
