/** Who worked on the board when, newest first; and the log as a file, or made shorter. */
import { EllipsisVertical } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryOverview, HistoryVersion } from '#api/contract-history.ts';
import { useBoardState, useServices } from '../context.ts';
import { hueOf } from '../hue.ts';
import { Icon } from '../kit/icon.tsx';
import { initials } from '../kit/initials.ts';
import { Menu, MenuRow } from '../kit/menu.tsx';
import { When } from '../kit/when.tsx';
import { shortDay } from '../times.ts';
import { CompactDialog } from './compact-dialog.tsx';
import { VoidEdits } from './void-edits.tsx';

/** So many rows at once; more when asked for. */
const PAGE = 100;
const TYPES = { jsonl: 'application/jsonl', xml: 'application/xml' } as const;

interface VersionsProps {
  readonly board: string;
  readonly overview: HistoryOverview;
  readonly at: number;
  readonly onGo: (at: number) => void;
  /** The log is another now. */
  readonly onReload: () => void;
}

export function Versions({ board, overview, at, onGo, onReload }: VersionsProps) {
  const { t, i18n } = useTranslation();
  const { api, store, actions } = useServices();
  const [shown, setShown] = useState(PAGE);
  const [compacting, setCompacting] = useState(false);
  const newest = overview.versions.toReversed();
  const { folded } = overview;
  const save = async (format: keyof typeof TYPES): Promise<void> => {
    try {
      const { fileName, content } = await api.call('history.export', { board, format });
      actions.files.save(fileName, content, TYPES[format]);
      store.toast('info', t('notice.exported', { file: fileName }));
    } catch (error) {
      store.fail(error);
    }
  };
  return (
    <aside className="floating side-panel history-panel" aria-label={t('history.versions')} data-region="panel">
      <header>
        <h2>
          {t('history.versions')} <span className="secondary numbers">{newest.length}</span>
        </h2>
        <Menu
          align="end"
          narrow
          trigger={
            <button type="button" className="icon-button medium" aria-label={t('history.more')}>
              <Icon of={EllipsisVertical} size={16} />
            </button>
          }
        >
          <MenuRow label={t('history.exportJsonl')} onChoose={() => void save('jsonl')} />
          <MenuRow label={t('history.exportXml')} onChoose={() => void save('xml')} />
          <MenuRow label={t('history.compact')} onChoose={() => setCompacting(true)} />
        </Menu>
      </header>
      <ul className="list" tabIndex={0} aria-label={t('history.versions')}>
        {newest.slice(0, shown).map((version) => (
          <VersionRow
            key={version.from}
            board={board}
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
      {folded && (
        <p className="small secondary history-lost">
          {t('history.folded', {
            edits: t('history.edits', { count: folded.edits }),
            from: shortDay(folded.begin, i18n.language),
            to: shortDay(folded.end, i18n.language),
          })}
        </p>
      )}
      {overview.lost > 0 && (
        <p className="small secondary history-lost">{t('history.lost', { count: overview.lost })}</p>
      )}
      {compacting && (
        <CompactDialog
          board={board}
          overview={overview}
          at={at}
          onClose={(done) => {
            setCompacting(false);
            if (done) onReload();
          }}
        />
      )}
    </aside>
  );
}

interface VersionRowProps {
  readonly board: string;
  readonly version: HistoryVersion;
  readonly current: boolean;
  readonly onGo: (at: number) => void;
}

function VersionRow({ board, version, current, onGo }: VersionRowProps) {
  const { t } = useTranslation();
  const people = useBoardState((state) => state.people);
  const { name, end, edits, to, voids } = version;
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
      {voids > 0 && <VoidEdits board={board} version={version} />}
    </li>
  );
}
