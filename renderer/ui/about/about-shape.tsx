/** Who made a shape and who changed it, when one asks: the log is read for it. What peers say of themselves can't be proved. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AboutNode } from '#api/contract-history.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useBoardState, useServices } from '../context.ts';
import { codeOf } from '../errors.ts';
import { hueOf } from '../hue.ts';
import { initials } from '../kit/initials.ts';
import { When } from '../kit/when.tsx';

/** So many changes are listed. */
const LISTED = 6;
type Kind = AboutNode['entries'][number]['kinds'][number];
const KINDS: Readonly<Record<Kind, TextKey>> = {
  added: 'merged.added',
  changed: 'merged.changed',
  moved: 'about.moved',
  removed: 'merged.removed',
};

export function AboutShape({ rid }: { readonly rid: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <details className="about ruled" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="label">{t('about.title')}</summary>
      {open && <Facts key={rid} rid={rid} />}
    </details>
  );
}

function Facts({ rid }: { readonly rid: string }) {
  const { t, i18n } = useTranslation();
  const board = useBoardState((state) => state.status.board);
  const people = useBoardState((state) => state.people);
  const about = useAbout(board, rid);
  if (about === null) {
    return (
      <p className="small secondary" role="status">
        {t('about.reading')}
      </p>
    );
  }
  const made = about.entries.at(-1);
  const first = about.count <= about.entries.length && made?.kinds.includes('added') ? made : undefined;
  const created = about.created ?? first?.time;
  const latest = about.entries.find(({ kinds }) => !kinds.includes('added'));
  const modified = about.modified ?? latest?.time;
  const list = new Intl.ListFormat(i18n.language, { type: 'unit', style: 'short' });
  return (
    <>
      <dl>
        <dt>{t('about.made')}</dt>
        <dd>
          <bdi>{nameOf(about.creator) ?? first?.name ?? t('about.unknown')}</bdi>
          {created !== undefined && <When time={created} relative />}
        </dd>
        {modified !== undefined && (
          <>
            <dt>{t('about.lastChanged')}</dt>
            <dd>
              <bdi>{nameOf(about.lastModifiedBy) ?? latest?.name ?? t('about.unknown')}</bdi>
              <When time={modified} relative />
            </dd>
          </>
        )}
      </dl>
      {about.entries.length > 0 && (
        <ul aria-label={t('about.changes')}>
          {about.entries.slice(0, LISTED).map(({ at, name, time, kinds }) => (
            <li key={at}>
              <span className={`avatar ${hueOf(name, people)}`} aria-hidden>
                {initials(name)}
              </span>
              <span className="grow ellipsis">
                <bdi>{name}</bdi>
                <span className="small secondary">{list.format(kinds.map((kind) => t(KINDS[kind])))}</span>
              </span>
              <span className="small secondary">
                <When time={time} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {about.count > LISTED && <p className="small secondary">{t('merged.more', { count: about.count - LISTED })}</p>}
      <p className="small secondary">{t('about.claims')}</p>
    </>
  );
}

/** Null while it is looked up. Asked again when the board changes. */
function useAbout(board: string, rid: string): AboutNode | null {
  const { api, store } = useServices();
  const [about, setAbout] = useState<AboutNode | null>(null);
  useEffect(() => {
    let left = false;
    let asking = false;
    let again = false;
    const ask = async (): Promise<void> => {
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      do {
        again = false;
        try {
          const found = await api.call('history.about', { board, rid });
          if (!left) setAbout(found);
        } catch (error) {
          if (!left && codeOf(error) !== 'cancelled') store.fail(error);
        }
      } while (again && !left);
      asking = false;
    };
    void ask();
    const stop = api.on('changes', (event) => {
      const here = event.changes.some((change) => change.op === 'reset' || ('rid' in change && change.rid === rid));
      if (event.board === board && here) void ask();
    });
    return () => {
      left = true;
      stop();
    };
  }, [api, store, board, rid]);
  return about;
}

/** As main calls authors: the nick of an occupant, the local part of an account. */
function nameOf(author: string | undefined): string | undefined {
  if (author === undefined || author === '') return undefined;
  const slash = author.indexOf('/');
  const at = author.indexOf('@');
  return slash >= 0 ? author.slice(slash + 1) : at > 0 ? author.slice(0, at) : author;
}
