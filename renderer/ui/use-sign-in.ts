/** Signing in as a form does it: what is typed, whether it is under way, and what went wrong at which field. */
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from './context.ts';
import type { FieldError } from './kit/form.tsx';
import { codeOf, type SignInField, sentenceOf, signInField } from './errors.ts';
import { MAX_TEXT, parseAddress } from './room-address.ts';
import { useLeft } from './use-left.ts';

export interface SignInForm {
  readonly jid: string;
  readonly password: string;
  readonly service: string;
  readonly remember: boolean;
}

export interface SignIn {
  readonly form: SignInForm;
  readonly busy: boolean;
  readonly error: FieldError<SignInField> | null;
  change(part: Partial<SignInForm>): void;
  submit(): Promise<void>;
  /** Answers the certificate question of the account; accepting goes on with the sign-in. */
  decide(fingerprint: string, accept: boolean): Promise<void>;
}

/** `onDone` is called once the account is online. */
export function useSignIn(onDone: () => void): SignIn {
  const { api, store } = useServices();
  const { t, i18n } = useTranslation();
  const [form, setForm] = useState<SignInForm>(() => ({
    jid: store.state.getState().account.jid ?? '',
    password: '',
    service: '',
    remember: true,
  }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<FieldError<SignInField> | null>(null);
  const pending = useRef(false);
  const left = useLeft();
  const refused = useRef(false);

  async function submit(): Promise<void> {
    if (pending.current) return;
    const jid = parseAddress(form.jid);
    const service = form.service.trim();
    if (jid === null) return setError({ field: 'jid', message: t('signIn.needAddress') });
    if (form.password === '') return setError({ field: 'password', message: t('signIn.needPassword') });
    if (form.password.length > MAX_TEXT) return setError({ field: 'password', message: t('field.tooLong') });
    if (service.length > MAX_TEXT) return setError({ field: 'service', message: t('error.badService') });
    pending.current = true;
    refused.current = false;
    setBusy(true);
    setError(null);
    try {
      const { password, remember } = form;
      const account = await api.call('account.signIn', { jid, password, remember, ...(service && { service }) });
      if (account.state === 'online' && !left.current) onDone();
    } catch (failure) {
      const code = codeOf(failure);
      // A certificate has its own screen, and refusing it is the person's own decision.
      if (code !== 'certificate' && code !== 'cancelled' && !refused.current) {
        setError({
          field: signInField(code, service !== ''),
          message: sentenceOf(failure, i18n) ?? t('notice.failed'),
        });
      }
    } finally {
      pending.current = false;
      setBusy(false);
    }
  }

  return {
    form,
    busy,
    error,
    change(part) {
      setForm({ ...form, ...part });
      setError(null);
    },
    submit,
    async decide(fingerprint, accept) {
      refused.current = !accept;
      try {
        await api.call('account.decideCertificate', { fingerprint, accept });
        // Main goes on by itself while the sign-in waits for this answer; after a failed one it is begun again.
        if (accept && !pending.current && form.password !== '') await submit();
      } catch (failure) {
        store.fail(failure);
      }
    },
  };
}
