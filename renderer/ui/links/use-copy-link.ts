import { useTranslation } from 'react-i18next';
import { useServices } from '../context.ts';

/** Puts a link on the clipboard, and says so. */
export function useCopyLink(): (link: string) => void {
  const { t } = useTranslation();
  const { store } = useServices();
  return (link) => {
    navigator.clipboard.writeText(link).then(
      () => store.toast('info', t('share.copied')),
      () => store.toast('error', t('share.copyFailed')),
    );
  };
}
