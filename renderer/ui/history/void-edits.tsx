/** What of a version did not happen, and why. Read when somebody opens it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryVersion, HistoryVoids } from '#api/contract-history.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useServices } from '../context.ts';
import { codeOf, ruleSentence } from '../errors.ts';
import { exactTime, shortTime } from '../times.ts';

const KINDS: Readonly<Record<HistoryVoids['edits'][number]['kind'], TextKey>> = {
  new: 'history.voidNew',
  set: 'history.voidSet',
  remove: 'history.voidRemove',
};

interface VoidEditsProps {
  readonly board: string;
  readonly version: HistoryVersion;
}

export function VoidEdits({ board, version: { from, to, voids } }: VoidEditsProps) {
  const { t, i18n } = useTranslation();
  const { api, store } = useServices();
  const [found, setFound] = useState<HistoryVoids | null>(null);
  const read = async (): Promise<void> => {
    try {
      setFound(await api.call('history.voids', { board, from, to }));
    } catch (error) {
      if (codeOf(error) !== 'cancelled') store.fail(error);
    }
  };
  return (
    <details
      className="void-edits small"
      onToggle={(event) => {
        if (event.currentTarget.open && found === null) void read();
      }}
    >
      <summary>{t('history.voids', { edits: t('history.edits', { count: voids }) })}</summary>
      <ul>
        {found?.edits.map((edit, i) => (
          <li key={`${edit.at} ${i}`}>
            <bdi className="strong">{edit.name}</bdi>{' '}
            <time dateTime={new Date(edit.time).toISOString()} title={exactTime(edit.time, i18n.language)}>
              {shortTime(edit.time, i18n.language)}
            </time>
            <br />
            {t(KINDS[edit.kind])} {ruleSentence(edit.rule, i18n) ?? edit.reason}
          </li>
        ))}
        {found && found.count > found.edits.length && (
          <li>{t('merged.more', { count: found.count - found.edits.length })}</li>
        )}
      </ul>
    </details>
  );
}
