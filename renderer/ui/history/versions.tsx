/** Who worked on the board when, newest first; and the log as a file, or made smaller. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryOverview, HistoryVersion } from '#api/contract-history.ts';
import { useBoardState } from '../context.ts';
import { hueOf } from '../hue.ts';
import { initials } from '../kit/initials.ts';
import { When } from '../kit/when.tsx';

/** So many rows at once; more when asked for. */
const PAGE = 100;

interface VersionsProps {
  readonly overview: HistoryOverview;
  readonly at: number;
  readonly onGo: (at: number) => void;
}

export function Versions({ overview, at, onGo }: VersionsProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(PAGE);
  const newest = overview.versions.toReversed();
  return (
    <aside className="floating side-panel history-panel" aria-label={t('history.versions')} data-region="panel">
      <header>
        <h2>
          {t('history.versions')} <span className="secondary numbers">{newest.length}</span>
        </h2>
      </header>
      <ul className="list" tabIndex={0} aria-label={t('history.versions')}>
        {newest.slice(0, shown).map((version) => (
          <VersionRow
            key={version.from}
            version={version}
            current={at > version.from && at <= version.to}
            onGo={onGo}
          />
        ))}
        {newest.length === 0 && <li className="alone">{t('history.empty')}</li>}
        {newest.length > shown && (
          <li>
            <button type="button" className="button quiet wide" onClick={() => setShown(shown + PAGE)}>
              {t('merged.more', { count: newest.length - shown })}
            </button>
          </li>
        )}
      </ul>
      {overview.lost > 0 && (
        <p className="small secondary history-lost">{t('history.lost', { count: overview.lost })}</p>
      )}
    </aside>
  );
}

interface VersionRowProps {
  readonly version: HistoryVersion;
  readonly current: boolean;
  readonly onGo: (at: number) => void;
}

function VersionRow({ version, current, onGo }: VersionRowProps) {
  const { t } = useTranslation();
  const people = useBoardState((state) => state.people);
  const { name, end, edits, to } = version;
  return (
    <li>
      <button type="button" className="version" aria-current={current || undefined} onClick={() => onGo(to)}>
        <span className={`avatar medium ${hueOf(name, people)}`} aria-hidden>
          {initials(name)}
        </span>
        <span className="grow">
          <span className="version-name">
            <bdi className="ellipsis">{name}</bdi>
            <span className="secondary small">
              <When time={end} />
            </span>
          </span>
          <span className="small secondary">{t('history.edits', { count: edits })}</span>
        </span>
      </button>
    </li>
  );
}
