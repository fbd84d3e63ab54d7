/** A server that could not prove who it is: the facts, and a decision. Refusing is the easy way out. */
import { ShieldAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { regional } from '../times.ts';
import type { CertificateQuestion } from '#api/contract.ts';
import { Icon } from '../kit/icon.tsx';

export interface CertificateProps {
  readonly question: CertificateQuestion;
  readonly jid: string;
  readonly onDecide: (accept: boolean) => void;
}

export function Certificate({ question, jid, onDecide }: CertificateProps) {
  const { t, i18n } = useTranslation();
  const refuse = useRef<HTMLButtonElement>(null);
  useEffect(() => refuse.current?.focus(), []);
  const { host, subject, issuer, fingerprint, mayAccept } = question;
  const day = (text: string): string => {
    const date = new Date(text);
    return Number.isNaN(date.getTime())
      ? text
      : date.toLocaleDateString(regional(i18n.language), { dateStyle: 'medium' });
  };
  return (
    <div className="form">
      <div className="banner warn" role="alert">
        <Icon of={ShieldAlert} />
        <b>{t('certificate.title', { host })}</b>
        <p>
          {question.reason} {t('certificate.notSent')}
        </p>
      </div>
      <dl className="facts">
        <dt>{t('signIn.address')}</dt>
        <dd dir="ltr">{jid}</dd>
        <dt>{t('certificate.for')}</dt>
        <dd>{subject}</dd>
        <dt>{t('certificate.by')}</dt>
        <dd>{issuer === subject ? t('certificate.itself', { name: issuer }) : issuer}</dd>
        <dt>{t('certificate.valid')}</dt>
        <dd>{t('certificate.validRange', { from: day(question.validFrom), to: day(question.validTo) })}</dd>
        <dt>{t('certificate.fingerprint')}</dt>
        <dd className="fingerprint" dir="ltr">
          {fingerprint.replace(/[:\s]+/g, ' ').toUpperCase()}
        </dd>
      </dl>
      <div className="actions-row">
        <button type="button" ref={refuse} className="button fill large grow" onClick={() => onDecide(false)}>
          {t('certificate.refuse')}
        </button>
        {mayAccept && (
          <button type="button" className="button line large" onClick={() => onDecide(true)}>
            {t('certificate.accept')}
          </button>
        )}
      </div>
      <p className="help">{mayAccept ? t('certificate.acceptHelp', { host }) : t('certificate.mayNot', { host })}</p>
    </div>
  );
}
