/** The log as bars in the colours of those who drew, under a slider. Time runs from left to right in every language. */
import { useTranslation } from 'react-i18next';
import type { HistoryOverview } from '#api/contract-history.ts';
import { useBoardState } from '../context.ts';
import { hueOf } from '../hue.ts';
import { shortTime } from '../times.ts';
import type { Past } from './use-history.ts';

/** Bars beyond this are joined: no screen has more columns to show them in. */
const MAX_BARS = 400;
const BAR_HEIGHT = 40;
const MAX_LEGEND = 4;

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly edits: number;
  readonly name: string;
}

/** Neighbouring versions as one bar, in the name of whoever did most, until there are few enough. */
function barsOf({ versions }: HistoryOverview): readonly Bar[] {
  const each = Math.ceil(versions.length / MAX_BARS);
  if (each <= 1) return versions;
  const bars: Bar[] = [];
  for (let i = 0; i < versions.length; i += each) {
    const some = versions.slice(i, i + each);
    const most = some.reduce((a, b) => (b.edits > a.edits ? b : a));
    const edits = editsOf(some);
    bars.push({ from: some[0]?.from ?? 0, to: some.at(-1)?.to ?? 0, edits, name: most.name });
  }
  return bars;
}

const editsOf = (versions: HistoryOverview['versions']): number => versions.reduce((sum, { edits }) => sum + edits, 0);

interface HistoryBarProps {
  readonly overview: HistoryOverview;
  readonly at: number;
  readonly past: Past | null;
  readonly onGo: (at: number) => void;
}

export function HistoryBar({ overview, at, past, onGo }: HistoryBarProps) {
  const { t, i18n } = useTranslation();
  const people = useBoardState((state) => state.people);
  const { start, length, versions } = overview;
  const span = length - start;
  const bars = barsOf(overview);
  const tallest = Math.sqrt(bars.reduce((most, { edits }) => Math.max(most, edits), 1));
  const names = [...new Set(versions.toReversed().map(({ name }) => name))];
  const when = (time: number | undefined): string => (time === undefined ? '' : shortTime(time, i18n.language));
  const isNow = at === length;
  const here = isNow ? t('history.now') : when(past?.time) || t('history.start');
  const share = span === 0 ? 1 : (at - start) / span;
  return (
    <section className="floating history-bar" aria-label={t('history.title')} data-region="history">
      <div className="history-here">
        <p className="strong numbers">{here}</p>
        <p className="small secondary ellipsis">
          {isNow ? t('history.edits', { count: editsOf(versions) }) : <bdi>{past?.name ?? ''}</bdi>}
        </p>
      </div>
      <div className="history-track" dir="ltr">
        <svg viewBox={`${start} 0 ${Math.max(1, span)} ${BAR_HEIGHT}`} preserveAspectRatio="none" aria-hidden>
          {bars.map(({ from, to, edits, name }) => {
            const tall = Math.max(4, (Math.sqrt(edits) / tallest) * BAR_HEIGHT);
            const gap = Math.min((to - from) * 0.2, span / 400);
            return (
              <rect
                key={from}
                className={`${hueOf(name, people)}${from >= at ? ' ahead' : ''}`}
                x={from}
                y={BAR_HEIGHT - tall}
                width={Math.max(to - from - gap, span / 800)}
                height={tall}
              />
            );
          })}
        </svg>
        <span className="history-line" style={{ insetInlineStart: `${share * 100}%` }} />
        <input
          type="range"
          min={start}
          max={length}
          value={at}
          aria-label={t('history.slider')}
          aria-valuetext={past?.name === undefined ? here : `${here}, ${past.name}`}
          onChange={(event) => onGo(Number(event.target.value))}
        />
        <div className="history-ends small secondary">
          <bdi>{when(versions[0]?.begin)}</bdi>
          <bdi>{t('history.now')}</bdi>
        </div>
      </div>
      <ul className="history-legend wide-only">
        {names.slice(0, MAX_LEGEND).map((name) => (
          <li key={name} className={`small secondary ${hueOf(name, people)}`}>
            <bdi className="ellipsis">{name}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}
