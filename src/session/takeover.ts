/** Taking over somebody's state as our own: what follows from it for everything else that a session keeps. */
import type { ReceivedStanza, Replica } from '#core/replica-port.ts';
import { type Adopted, adoptLog, adoptStrictState, adoptWhole, guarded } from './adopt.ts';
import type { Claims } from './claims.ts';
import type { Digests } from './digests.ts';
import type { Duties } from './duties.ts';
import type { People } from './election.ts';
import type { SessionEvent } from './events.ts';
import type { Forms } from './forms.ts';
import type { ReceivedState } from './limn-state.ts';
import type { Logger, LogPort } from './ports.ts';
import type { Provider } from './provider.ts';
import type { StrictState } from './strict-state.ts';
import type { Occupant } from './transport.ts';

export interface Takeover {
  /** Whether a fresh state is being fetched since ours differs from the elected replica's. */
  readonly healing: boolean;
  heal(from: Occupant): void;
  /** That is over, or was in vain. */
  clear(): void;
  /** A state is complete. `others`: somebody else could give one. As Join's `adopt`. */
  adopt(state: ReceivedState, from: Occupant, others: boolean): 'ok' | 'again' | 'distrust';
  /** False when a strict peer's state makes no sense. */
  adoptStrict(state: StrictState, epoch: string): boolean;
}

export interface TakeoverOptions {
  readonly replica: Replica;
  readonly log: LogPort;
  readonly logger: Logger;
  readonly people: People;
  readonly provider: Provider;
  readonly duties: Duties;
  readonly digests: Digests;
  readonly claims: Claims;
  readonly forms: Forms;
  readonly onEvent: (event: SessionEvent) => void;
  /** The giver of a state that is now ours had heard this hello, and none since. */
  heardUpTo(hello: NonNullable<ReceivedState['heard']>): void;
  /** Applies a stanza from somebody's log. */
  confirm(stanza: ReceivedStanza): void;
}

/** Makes the one who takes over. */
export function createTakeover(options: TakeoverOptions): Takeover {
  const { replica, logger, people, provider, duties, digests, forms, onEvent } = options;
  let healer: Occupant | undefined;
  /** Whose state was none, or not the one that its digest names, when last asked. */
  let contradicted: string | undefined;

  /** The replica has another state. */
  const moved = (adopted: Adopted, state?: ReceivedState): void => {
    const name = state?.name;
    provider.moved();
    duties.clear();
    duties.owe(state?.owed);
    onEvent({ type: 'adopted', ...adopted, ...(name === undefined ? {} : { name }) });
    onEvent({ type: 'pending' });
  };

  const adoptRecords = (state: ReceivedState, from: Occupant, others: boolean): 'ok' | 'again' | 'distrust' => {
    // Who says the same twice and is the only one here is taken at their word, or the two could never draw together.
    const anyway = contradicted === from.id && !healer && !others;
    const adopted = guarded(logger, 'state from a peer', () =>
      adoptWhole(
        replica,
        options,
        anyway ? { ...state, digest: '' } : state,
        state.records ?? [],
        people.strictPresent(),
        people.me?.id,
      ),
    );
    if (!adopted) {
      if (healer) digests.lied(from.id);
      if (healer || others || contradicted === from.id) return 'distrust';
      contradicted = from.id;
      return 'again';
    }
    options.claims.proven(from.id);
    moved(adopted, state);
    if (anyway) logger('warn', 'state taken without the digest that its sender says', { from: from.id });
    if (healer) {
      const message =
        'This board had come to differ from the others’ and was fetched anew. What you have not sent yet is kept.';
      onEvent({ type: 'problem', code: 'healed', message });
    }
    digests.adopted(healer);
    healer = undefined;
    return 'ok';
  };

  return {
    get healing() {
      return healer !== undefined;
    },
    heal(from) {
      healer = from;
    },
    clear() {
      healer = undefined;
      contradicted = undefined;
    },
    adopt(state, from, others) {
      forms.begin(state.turn ?? 0);
      if (state.records) {
        const verdict = adoptRecords(state, from, others);
        if (verdict !== 'ok') return verdict;
      } else {
        const follows = adoptLog(replica, state, people.me?.id, options.confirm);
        onEvent({ type: 'dirty' });
        if (!follows) return 'again';
        duties.owe(state.owed);
        onEvent({ type: 'pending' });
      }
      people.setHellos(state.hellos);
      provider.asking(state.asking ?? []);
      if (state.heard) options.heardUpTo(state.heard);
      return 'ok';
    },
    adoptStrict(state, epoch) {
      const adopted = guarded(logger, 'state from a strict peer', () =>
        // It doesn't say which stanzas made it: of two sessions in one room the one that knows goes on, the lower (suit.ts).
        adoptStrictState(replica, options.log, state, `z${epoch}`),
      );
      if (!adopted) return false;
      moved(adopted);
      forms.begin(0);
      return true;
    },
  };
}
