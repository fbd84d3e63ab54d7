/** Files dropped on the first screen open as boards. */
import { type DragEvent, useState } from 'react';
import { openFile } from '#renderer/actions/open-file.ts';
import { useServices } from '../context.ts';

export interface DropZone {
  /** True while files are held over it. */
  readonly over: boolean;
  readonly handlers: {
    onDragOver(event: DragEvent): void;
    onDragLeave(event: DragEvent): void;
    onDrop(event: DragEvent): void;
  };
}

export function useDropZone(): DropZone {
  const { store, actions } = useServices();
  const [over, setOver] = useState(false);
  return {
    over,
    handlers: {
      onDragOver(event) {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave(event) {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setOver(false);
      },
      onDrop(event) {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file) void openFile(actions, file).catch(store.fail);
      },
    },
  };
}
