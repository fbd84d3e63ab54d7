/** Address, password, and what few need; the certificate question takes its place when a server is not trusted. */
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../context.ts';
import { Field } from '../kit/field.tsx';
import { errorAt, Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';
import { SwitchRow } from '../kit/switch-row.tsx';
import { useSignIn } from '../use-sign-in.ts';
import { Certificate } from './certificate.tsx';

export function SignInForm({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation();
  const signIn = useSignIn(onDone);
  const { form, busy, error, change } = signIn;
  const account = useApp((state) => state.account);
  const [advanced, setAdvanced] = useState(false);
  const [addressKnown] = useState(form.jid !== '');

  if (account.state === 'certificate' && account.certificate) {
    const { fingerprint } = account.certificate;
    return (
      <Certificate
        question={account.certificate}
        jid={account.jid ?? form.jid}
        onDecide={(accept) => void signIn.decide(fingerprint, accept)}
      />
    );
  }
  const showService = advanced || error?.field === 'service';
  return (
    <Form onSubmit={signIn.submit}>
      <Field
        label={t('signIn.address')}
        value={form.jid}
        onValue={(jid) => change({ jid })}
        placeholder={t('signIn.addressExample')}
        autoComplete="username"
        name="jid"
        inputMode="email"
        latin
        focused={form.jid === ''}
        error={errorAt(error, 'jid')}
      />
      <Field
        label={t('signIn.password')}
        value={form.password}
        onValue={(password) => change({ password })}
        type="password"
        autoComplete="current-password"
        name="password"
        latin
        focused={addressKnown}
        error={errorAt(error, 'password')}
        help={errorAt(error, 'password') === undefined ? undefined : t('signIn.passwordHelp')}
      />
      {showService && (
        <Field
          label={t('signIn.service')}
          value={form.service}
          onValue={(service) => change({ service })}
          placeholder={t('signIn.serviceExample')}
          name="service"
          latin
          error={errorAt(error, 'service')}
          help={t('signIn.serviceHelp')}
        />
      )}
      <button type="submit" className="button fill large wide" disabled={busy}>
        {busy ? t('signIn.busy') : t('signIn.submit')}
      </button>
      <div className="form-foot">
        <SwitchRow label={t('signIn.remember')} checked={form.remember} onChange={(remember) => change({ remember })} />
        <button
          type="button"
          className="link advanced-toggle"
          aria-expanded={showService}
          onClick={() => setAdvanced(!advanced)}
        >
          {t('signIn.advanced')}
          <Icon of={ChevronRight} size={14} mirrored />
        </button>
      </div>
    </Form>
  );
}
