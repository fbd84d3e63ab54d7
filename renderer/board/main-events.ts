/** What main says of one board, to whom it concerns. */
import type { Api } from '#api/contract.ts';
import type { Feed } from './feed.ts';
import type { Laser } from './laser.ts';
import type { Peers } from './peers.ts';
import type { StateStore } from './store.ts';

export interface MainEventParts {
  readonly api: Api;
  readonly board: string;
  readonly feed: Feed;
  readonly store: StateStore;
  readonly peers: Peers;
  readonly laser: Laser;
  readonly glass: HTMLElement;
  readonly now: () => number;
  /** Something on the screen is to be drawn anew. */
  readonly request: () => void;
}

/** Listens to main's events; returns what stops it. */
export function listenToMain(parts: MainEventParts): () => void {
  const { api, board, feed, store, peers, glass, request } = parts;
  const offs = [
    api.on('changes', (data) => {
      if (data.board !== board) return;
      feed.push(data.changes, data.by);
      request();
    }),
    api.on('status', (status) => {
      if (status.board !== board) return;
      store.set({ status });
      glass.setAttribute('aria-label', status.name);
      request();
    }),
    api.on('people', (data) => {
      if (data.board !== board) return;
      store.set({ people: data.people });
      peers.setPeople(data.people);
      request();
    }),
    api.on('live', (data) => {
      if (data.board !== board) return;
      peers.receive(data.person, data.live, parts.now());
      const trail = data.live.laser?.map(([x, y]) => ({ x, y }));
      if (trail) parts.laser.add(data.person, trail, parts.now(), true);
      request();
    }),
  ];
  return () => {
    for (const off of offs) off();
  };
}
