/** A link led here: when the board has what it names, that is shown. */
import { useEffect } from 'react';
import { useApp, useBoard, useBoardState, useServices } from '../context.ts';

/** Goes where the link that led to this board points. It may have to wait for the board to come. */
export function useAim(id: string): void {
  const { api, store } = useServices();
  const board = useBoard();
  const aim = useApp((state) => state.aim);
  const room = useBoardState((state) => state.status.room?.jid);
  useEffect(() => {
    if (aim === null || aim.room !== room) return undefined;
    const look = (): void => {
      if (board.state.opening !== null || !board.lookAt(aim.target)) return;
      store.set({ aim: null });
    };
    const stops = [api.on('changes', (event) => event.board === id && look()), board.subscribe(look)];
    look();
    return () => {
      for (const stop of stops) stop();
    };
  }, [aim, room, board, api, store, id]);
}
