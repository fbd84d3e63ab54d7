/** A transport that has begun before its session: what it says meanwhile is kept for the first listener. */
import type { Occupant, Transport, TransportEvent } from './transport.ts';

/** The transport with what it says before anyone listens kept; `occupants` are those of the last `joined` so far. */
export function keepUntilHeard(transport: Transport): { transport: Transport; occupants: () => readonly Occupant[] } {
  let early: TransportEvent[] | undefined = [];
  let occupants: readonly Occupant[] = [];
  const stop = transport.on((event) => {
    if (event.type === 'joined') occupants = event.occupants;
    early?.push(event);
  });
  return {
    occupants: () => occupants,
    transport: {
      toAll: (message) => transport.toAll(message),
      toOne: (occupant, message) => transport.toOne(occupant, message),
      advertise: (session, also) => transport.advertise(session, also),
      away: (on) => transport.away?.(on),
      leads: (on) => transport.leads?.(on),
      leave: () => transport.leave(),
      ...(transport.uploads && { uploads: transport.uploads }),
      on(listener) {
        const before = early;
        early = undefined;
        stop();
        const off = transport.on(listener);
        for (const event of before ?? []) listener(event);
        return off;
      },
    },
  };
}
