/** What changed while one was away: what could not be kept, what one wrote over, and what the others did. */
import { Check, Copy } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Clash, Merged, MergedShape } from '#api/contract.ts';
import { viewToSvg } from '#renderer/board/node-input.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useBoard, useBoardState, useServices } from '../context.ts';
import { ruleSentence } from '../errors.ts';
import { kindKey } from '../kinds.ts';
import { CloseButton } from '../kit/close-button.tsx';
import { Icon } from '../kit/icon.tsx';
import { When } from '../kit/when.tsx';
import { PANELS_CLOSED } from '../store.ts';
import { marksOf } from './marks.ts';

const WHAT: Readonly<Record<MergedShape['what'], TextKey>> = {
  added: 'merged.added',
  changed: 'merged.changed',
  removed: 'merged.removed',
};

const MINE = { lost: 'merged.againMine', written: 'merged.useMine' } as const;
const THEIRS = { lost: 'merged.againTheirs', written: 'merged.useTheirs' } as const;

export function MergedPanel({ board, merged }: { readonly board: string; readonly merged: Merged }) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const canvas = useBoard();
  const marks = useMemo(() => marksOf(merged), [merged]);
  const [looking, setLooking] = useState<string | null>(null);
  useEffect(() => canvas.mark(marks, looking), [canvas, marks, looking]);
  useEffect(() => () => canvas.mark([], null), [canvas]);
  const close = (): void => store.set(PANELS_CLOSED);
  const row = { looking, onLook: setLooking };
  const { counts } = merged;
  return (
    <aside className="floating side-panel" aria-label={t('merged.title')} data-region="panel">
      <header>
        <h2>{t('merged.title')}</h2>
        <CloseButton onClose={close} />
      </header>
      <div className="list merged-list" tabIndex={0} role="region" aria-label={t('merged.title')}>
        <Section title={t('merged.overruled')} help={t('merged.overruledHelp')} count={counts.overruled}>
          {merged.overruled.map((clash) => (
            <Row key={clash.id} shape={clash} what={<Reason clash={clash} />} {...row}>
              <ClashActions board={board} clash={clash} words={MINE} />
            </Row>
          ))}
        </Section>
        <Section title={t('merged.overwrote')} help={t('merged.overwroteHelp')} count={counts.overwrote}>
          {merged.overwrote.map((clash) => (
            <Row
              key={clash.id}
              shape={clash}
              what={t(clash.why === 'lost' ? 'merged.youRemoved' : 'merged.youWroteOver')}
              {...row}
            >
              <ClashActions board={board} clash={clash} words={THEIRS} />
            </Row>
          ))}
        </Section>
        <Section title={t('merged.theirs')} count={counts.theirs}>
          {merged.theirs.map((shape) => (
            <Row key={shape.id} shape={shape} what={t(WHAT[shape.what])} {...row} />
          ))}
          {counts.theirs > merged.theirs.length && (
            <li className="small secondary merged-more">
              {t('merged.more', { count: counts.theirs - merged.theirs.length })}
            </li>
          )}
        </Section>
      </div>
      <footer>
        <button
          type="button"
          className="button line wide"
          onClick={() => {
            close();
            api.call('merged.dismiss', { board }).catch(store.fail);
          }}
        >
          {t('merged.done')}
        </button>
      </footer>
    </aside>
  );
}

interface SectionProps {
  readonly title: string;
  readonly help?: string;
  readonly count: number;
  readonly children: ReactNode;
}

function Section({ title, help, count, children }: SectionProps) {
  if (count === 0) return null;
  return (
    <section>
      <h3 className="label">
        {title} <span className="secondary numbers">{count}</span>
      </h3>
      {help !== undefined && <p className="small secondary">{help}</p>}
      <ul>{children}</ul>
    </section>
  );
}

interface RowProps {
  readonly shape: MergedShape | Clash;
  readonly what: ReactNode;
  readonly looking: string | null;
  readonly onLook: (id: string | null) => void;
  readonly children?: ReactNode;
}

/** Pointing at a row or coming to it by key marks its shape; pressing it brings the shape into view. */
function Row({ shape, what, looking, onLook, children }: RowProps) {
  const { t, i18n } = useTranslation();
  const canvas = useBoard();
  const names = new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(shape.by);
  const kind = t(kindKey(shape.name) ?? 'kind.other');
  return (
    <li
      className="merged-row"
      data-looking={looking === shape.id || undefined}
      onPointerEnter={() => onLook(shape.id)}
      onPointerLeave={() => onLook(null)}
      onFocus={() => onLook(shape.id)}
      onBlur={() => onLook(null)}
    >
      <button type="button" className="merged-shape" onClick={() => canvas.reveal(shape.id)}>
        <span className="merged-name">
          {shape.label === undefined ? (
            <span className="capital">{kind}</span>
          ) : (
            <>
              <span className="capital">{kind}</span>
              <bdi className="secondary ellipsis">“{shape.label}”</bdi>
            </>
          )}
        </span>
        <span className="small secondary">
          {what}
          {names !== '' && (
            <>
              {' ·\u00a0'}
              <bdi>{names}</bdi>
            </>
          )}
          {shape.time !== undefined && (
            <>
              {' ·\u00a0'}
              <When time={shape.time} />
            </>
          )}
        </span>
      </button>
      {children}
    </li>
  );
}

function Reason({ clash }: { readonly clash: Clash }) {
  const { t, i18n } = useTranslation();
  if (clash.reason !== undefined) return (clash.rule && ruleSentence(clash.rule, i18n)) ?? clash.reason;
  if (clash.why === 'overwritten') return t('merged.wasWrittenOver');
  return t(clash.did === 'added' ? 'merged.placeWasRemoved' : 'merged.wasRemoved');
}

interface ClashActionsProps {
  readonly board: string;
  readonly clash: Clash;
  readonly words: typeof MINE | typeof THEIRS;
}

function ClashActions({ board, clash, words }: ClashActionsProps) {
  const { t } = useTranslation();
  const { api, store } = useServices();
  const canvas = useBoard();
  const canEdit = useBoardState((state) => state.status.canEdit && !state.past);
  const { ghost } = clash;
  if (clash.again) {
    return (
      <p className="small merged-again" role="status">
        <Icon of={Check} size={14} />
        {t('merged.again')}
      </p>
    );
  }
  const bringBack = async (): Promise<void> => {
    canvas.select(await api.call('merged.again', { board, clash: clash.id }));
  };
  const copy = async (): Promise<void> => {
    if (ghost === undefined) return;
    await navigator.clipboard.writeText(viewToSvg(ghost));
    store.toast('info', t('merged.copied'));
  };
  return (
    <div className="merged-actions">
      {clash.mayAgain && (
        <button
          type="button"
          className="button line small"
          disabled={!canEdit}
          onClick={() => void bringBack().catch(store.fail)}
        >
          {t(clash.why === 'lost' ? words.lost : words.written)}
        </button>
      )}
      {ghost !== undefined && (
        <button
          type="button"
          className="icon-button small"
          aria-label={t('action.copy')}
          onClick={() => void copy().catch(() => store.toast('error', t('merged.copyFailed')))}
        >
          <Icon of={Copy} size={16} />
        </button>
      )}
    </div>
  );
}
