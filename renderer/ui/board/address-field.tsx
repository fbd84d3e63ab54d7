/** The box for a person's XMPP address: what was typed, and why it can't be used. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf, sentenceOf } from '../errors.ts';
import { Field, type FieldProps } from '../kit/field.tsx';

export interface Address {
  /** Without the spaces around it. */
  readonly jid: string;
  /** What stands in the box. */
  readonly typed: string;
  readonly error: string | undefined;
  readonly type: (typed: string) => void;
  /** Empties the box, unless another address than this one was typed meanwhile. */
  readonly sent: (jid: string) => void;
  /** Says why `failure` happened, below the box. */
  readonly fail: (failure: unknown) => void;
  readonly refuse: () => void;
}

export function useAddress(): Address {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<string>();
  const refuse = (): void => setError(t('share.needAddress'));
  return {
    jid: typed.trim(),
    typed,
    error,
    refuse,
    type: (next) => {
      setTyped(next);
      setError(undefined);
    },
    sent: (jid) => setTyped((now) => (now.trim() === jid ? '' : now)),
    fail: (failure) => {
      if (codeOf(failure) === 'bad-request') refuse();
      else setError(sentenceOf(failure, i18n) ?? t('notice.failed'));
    },
  };
}

type AddressFieldProps = { readonly address: Address } & Pick<
  FieldProps,
  'label' | 'name' | 'focused' | 'beside' | 'readOnly'
>;

export function AddressField({ address, ...rest }: AddressFieldProps) {
  const { t } = useTranslation();
  return (
    <Field
      {...rest}
      value={address.typed}
      onValue={address.type}
      placeholder={t('signIn.addressExample')}
      autoComplete="off"
      latin
      error={address.error}
    />
  );
}
