/** A point in time: short or relative, with the exact one for those who point at it. */
import { useTranslation } from 'react-i18next';
import { exactTime, relativeTime, shortTime } from '../times.ts';

export function When({ time, relative = false }: { readonly time: number; readonly relative?: boolean }) {
  const { i18n } = useTranslation();
  const text = relative ? relativeTime(time, i18n.language) : shortTime(time, i18n.language);
  return (
    <time className="numbers" dateTime={new Date(time).toISOString()} title={exactTime(time, i18n.language)}>
      {text}
    </time>
  );
}
