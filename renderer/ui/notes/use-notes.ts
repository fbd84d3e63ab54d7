/** A board's notes in an editor, for as long as the panel is open. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from '../context.ts';
import { type Notes, type NotesEditor, openNotesEditor } from './notes-editor.ts';

/** Opens the notes and an editor in `place`; null until they are there. `setLinking` is told when a link is to be made by key. */
export function useNotes(
  board: string,
  place: RefObject<HTMLElement | null>,
  setLinking: (linking: boolean) => void,
): Notes | null {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const connections = useApp((state) => state.connections);
  const connected = useApp((state) => state.connected);
  const [notes, setNotes] = useState<Notes | null>(null);
  const editor = useRef<NotesEditor | null>(null);
  const asked = useRef(true);

  // `connections`: after an interruption main knows nothing of what was open.
  useEffect(() => {
    if (place.current === null) return undefined;
    const opened = openNotesEditor({
      ...{ api, board, place: place.current, focused: asked.current, onChange: setNotes, fail: store.fail },
      onLink: () => setLinking(true),
      onFollow: store.follow,
    });
    editor.current = opened;
    asked.current = false;
    return () => opened.close();
  }, [api, store, board, place, setLinking, connections]);

  useEffect(() => {
    editor.current?.dress(t('notes.title'), t('notes.placeholder'), connected);
  }, [board, connections, t, connected]);
  return notes;
}
