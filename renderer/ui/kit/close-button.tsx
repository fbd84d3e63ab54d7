/** The cross at the end of a panel's or dialog's head. */
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';

export function CloseButton({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <button type="button" className="icon-button medium" aria-label={t('common.close')} onClick={onClose}>
      <Icon of={X} size={16} />
    </button>
  );
}
