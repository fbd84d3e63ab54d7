/** The dialogs that may lie over a board. */
import { useTranslation } from 'react-i18next';
import { useApp, useServices } from '../context.ts';
import { Dialog } from '../kit/dialog.tsx';
import { SignInForm } from '../welcome/sign-in-form.tsx';
import { ShareDialog } from './share-dialog.tsx';

export function BoardDialogs({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const dialog = useApp((state) => state.dialog);
  const certificate = useApp(({ account }) => (account.state === 'certificate' ? account.certificate : undefined));
  if (dialog === 'share') return <ShareDialog board={board} />;
  // A server may lose its good name at any time: the question is asked wherever one is.
  if (dialog !== 'sign-in' && !certificate) return null;
  const close = (): void => {
    store.set({ dialog: null });
    if (!certificate) return;
    const { fingerprint } = certificate;
    api.call('account.decideCertificate', { fingerprint, accept: false }).catch(store.fail);
  };
  return (
    <Dialog title={t('signIn.title')} size="narrow" onClose={close}>
      <div className="dialog-body">
        <SignInForm onDone={() => store.set({ dialog: null })} />
      </div>
    </Dialog>
  );
}
