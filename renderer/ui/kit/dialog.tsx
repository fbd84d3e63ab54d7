/** A modal dialog on the browser's own `<dialog>`: it keeps the focus inside and needs no injected styles (CSP). */
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { CloseButton } from './close-button.tsx';

export interface DialogProps {
  readonly title: string;
  readonly size?: 'narrow' | 'normal' | 'wide';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Open for as long as it is rendered. Escape, the cross and a press outside call `onClose`; the focus goes back. */
export function Dialog({ title, size = 'normal', onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Before the effects of what is inside, which may give the focus to a field: one in a closed dialog takes none.
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={size === 'normal' ? 'dialog' : `dialog ${size}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div>
        <header className="dialog-head">
          <h2 id={heading}>{title}</h2>
          <CloseButton onClose={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
