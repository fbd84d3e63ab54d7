/** A question before what can't be undone. */
import { useTranslation } from 'react-i18next';
import { Dialog } from './dialog.tsx';

export interface ConfirmProps {
  readonly title: string;
  /** What will be, and what stays. */
  readonly help: string;
  /** The button that does it. */
  readonly label: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function Confirm({ title, help, label, onConfirm, onClose }: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} size="narrow" onClose={onClose}>
      <p className="dialog-body">{help}</p>
      <footer className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>
          {t('common.cancel')}
        </button>
        <button
          type="button"
          className="button danger"
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {label}
        </button>
      </footer>
    </Dialog>
  );
}
