/** How the selection looks, or what is drawn next. Every change is one step to undo. */
import { BringToFront, ChevronDown, ChevronUp, Copy, SendToBack, Trash2 } from 'lucide-react';
import { Slider } from 'radix-ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Style, ToolId } from '#renderer/board/controller.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useBoard, useBoardState } from '../context.ts';
import { AboutShape } from '../about/about-shape.tsx';
import { mayChange } from '#renderer/board/completeness.ts';
import { kindKey } from '../kinds.ts';
import { Segmented, Swatches } from '../kit/choices.tsx';
import { LinkSection } from '../links/link-section.tsx';
import { fillPigments, strokePigments } from '../pigments.ts';
import { CompleteSection } from './complete-note.tsx';
import { ActionButton } from './zoom-bar.tsx';

type Part = 'stroke' | 'fill' | 'line' | 'opacity' | 'text';

/** What of a style each tool draws with. */
const TOOL_PARTS: Partial<Readonly<Record<ToolId, readonly Part[]>>> = {
  pen: ['stroke', 'line', 'opacity'],
  line: ['stroke', 'line', 'opacity'],
  arrow: ['stroke', 'line', 'opacity'],
  rectangle: ['stroke', 'fill', 'line', 'opacity'],
  ellipse: ['stroke', 'fill', 'line', 'opacity'],
  text: ['stroke', 'text', 'opacity'],
};
const TOOL_NAMES: Partial<Readonly<Record<ToolId, TextKey>>> = {
  pen: 'tool.pen',
  line: 'tool.line',
  arrow: 'tool.arrow',
  rectangle: 'tool.rectangle',
  ellipse: 'tool.ellipse',
  text: 'tool.text',
};
const OPEN_KINDS: ReadonlySet<string> = new Set(['line', 'text', 'image']);
const UNLINED_KINDS: ReadonlySet<string> = new Set(['text', 'image']);

/** Which parts of a style concern a selection of these kinds of element. */
export function partsOf(kinds: readonly string[]): readonly Part[] {
  const parts: Part[] = [];
  if (kinds.some((kind) => kind !== 'image')) parts.push('stroke');
  if (kinds.some((kind) => !OPEN_KINDS.has(kind))) parts.push('fill');
  if (kinds.some((kind) => !UNLINED_KINDS.has(kind))) parts.push('line');
  parts.push('opacity');
  if (kinds.includes('text')) parts.push('text');
  return parts;
}

export function Properties() {
  const { t, i18n } = useTranslation();
  const tool = useBoardState((state) => state.tool);
  const selected = useBoardState((state) => state.selection.length);
  const kinds = useBoardState((state) => state.selectionKinds);
  const only = useBoardState((state) => (state.selection.length === 1 ? state.selection[0] : undefined));
  const board = useBoard();
  const canEdit = useBoardState((state) => mayChange(state) && board.selectionComplete() === 'no');
  const parts = selected > 0 ? partsOf(kinds) : TOOL_PARTS[tool];
  // Whoever may only look is told about a shape, and no more.
  if (!parts || (!canEdit && only === undefined)) return null;
  const toolName = TOOL_NAMES[tool];
  const names = kinds.map((kind) => (kindKey(kind) ? t(kindKey(kind) ?? 'kind.other') : kind));
  const kindNames = new Intl.ListFormat(i18n.language, { type: 'unit', style: 'short' }).format(names);
  return (
    <aside className="floating properties" aria-label={t('board.properties')} data-region="panel">
      <header>
        <h2 className="strong">{selected > 0 ? t('props.selected', { count: selected }) : toolName && t(toolName)}</h2>
        <p className="small secondary ellipsis">{selected > 0 ? kindNames : t('props.nothing')}</p>
      </header>
      {canEdit && <StyleSections parts={parts} />}
      {canEdit && selected > 0 && (
        <section className="ruled">
          <h3 className="label">{t('props.arrange')}</h3>
          <div className="arrange">
            <ActionButton id="arrange.front" icon={BringToFront} />
            <ActionButton id="arrange.forward" icon={ChevronUp} />
            <ActionButton id="arrange.backward" icon={ChevronDown} />
            <ActionButton id="arrange.back" icon={SendToBack} />
            <ActionButton id="edit.duplicate" icon={Copy} />
            <ActionButton id="edit.delete" icon={Trash2} />
          </div>
        </section>
      )}
      {only !== undefined && <LinkSection key={only} rid={only} canEdit={canEdit} />}
      {selected > 0 && <CompleteSection />}
      {only !== undefined && <AboutShape rid={only} />}
    </aside>
  );
}

function useStyle<K extends keyof Style>(key: K): Style[K] | null {
  return useBoardState((state) => (state.selection.length > 0 ? state.selectionStyle[key] : state.nextStyle[key]));
}

function StyleSections({ parts }: { readonly parts: readonly Part[] }) {
  const { t } = useTranslation();
  const board = useBoard();
  const stroke = useStyle('stroke');
  const fill = useStyle('fill');
  return (
    <>
      {(parts.includes('stroke') || parts.includes('fill')) && (
        <section>
          {parts.includes('stroke') && (
            <>
              <h3 className="label">{t('props.stroke')}</h3>
              <Swatches
                label={t('props.stroke')}
                pigments={strokePigments}
                value={stroke}
                onChoose={(value) => board.setStyle({ stroke: value })}
              />
            </>
          )}
          {parts.includes('fill') && (
            <>
              <h3 className="label">{t('props.fill')}</h3>
              <Swatches
                label={t('props.fill')}
                pigments={fillPigments}
                value={fill}
                onChoose={(value) => board.setStyle({ fill: value })}
              />
            </>
          )}
        </section>
      )}
      <section className="rows">
        {parts.includes('line') && (
          <>
            <Width />
            <Dash />
          </>
        )}
        {parts.includes('text') && <TextSize />}
        {parts.includes('opacity') && <Opacity />}
      </section>
    </>
  );
}

const WIDTHS = [
  { width: 1, name: 'props.thin', drawn: 1.25 },
  { width: 2, name: 'props.medium', drawn: 2.25 },
  { width: 4, name: 'props.bold', drawn: 3.5 },
  { width: 8, name: 'props.heavy', drawn: 5.5 },
] as const;

function Width() {
  const { t } = useTranslation();
  const board = useBoard();
  const value = useStyle('strokeWidth');
  return (
    <div className="property">
      <span className="label">{t('props.width')}</span>
      <Segmented
        label={t('props.width')}
        value={value === null ? null : String(value)}
        segments={WIDTHS.map(({ width, name, drawn }) => ({
          value: String(width),
          name: t(name),
          content: (
            <svg className="glyph" viewBox="0 0 24 16" aria-hidden>
              <path d="M4 8H20" strokeWidth={drawn} />
            </svg>
          ),
        }))}
        onChoose={(width) => board.setStyle({ strokeWidth: Number(width) })}
      />
    </div>
  );
}

const DASHES = [
  { dash: 'solid', name: 'props.solid', pattern: undefined },
  { dash: 'dashed', name: 'props.dashed', pattern: '4.5 4.5' },
  { dash: 'dotted', name: 'props.dotted', pattern: '0 4.5' },
] as const;

function Dash() {
  const { t } = useTranslation();
  const board = useBoard();
  return (
    <div className="property">
      <span className="label">{t('props.dash')}</span>
      <Segmented
        label={t('props.dash')}
        value={useStyle('dash')}
        segments={DASHES.map(({ dash, name, pattern }) => ({
          value: dash,
          name: t(name),
          content: (
            <svg className="glyph" viewBox="0 0 24 16" aria-hidden>
              <path d="M3 8H21" strokeWidth={2} strokeDasharray={pattern} />
            </svg>
          ),
        }))}
        onChoose={(dash) => board.setStyle({ dash })}
      />
    </div>
  );
}

const SIZES = [
  { size: 16, name: 'props.sizeS', text: 'S' },
  { size: 20, name: 'props.sizeM', text: 'M' },
  { size: 28, name: 'props.sizeL', text: 'L' },
  { size: 40, name: 'props.sizeXL', text: 'XL' },
] as const;

function TextSize() {
  const { t } = useTranslation();
  const board = useBoard();
  const value = useStyle('fontSize');
  return (
    <div className="property">
      <span className="label">{t('props.size')}</span>
      <Segmented
        label={t('props.size')}
        value={value === null ? null : String(value)}
        segments={SIZES.map(({ size, name, text }) => ({ value: String(size), name: t(name), content: text }))}
        onChoose={(size) => board.setStyle({ fontSize: Number(size) })}
      />
    </div>
  );
}

/** The drag is shown at once and written on release, as one step. */
function Opacity() {
  const { t } = useTranslation();
  const board = useBoard();
  const value = useStyle('opacity');
  const [dragged, setDragged] = useState<number | null>(null);
  const percent = dragged ?? Math.round((value ?? 1) * 100);
  return (
    <div className="property">
      <span className="label">{t('props.opacity')}</span>
      <Slider.Root
        className="slider"
        min={10}
        max={100}
        step={5}
        value={[percent]}
        onValueChange={([next = 100]) => setDragged(next)}
        onValueCommit={([next = 100]) => {
          setDragged(null);
          board.setStyle({ opacity: next / 100 });
        }}
      >
        <Slider.Track className="slider-track">
          <Slider.Range className="slider-range" />
        </Slider.Track>
        <Slider.Thumb className="slider-thumb" aria-label={t('props.opacity')} />
      </Slider.Root>
      <span className="value" dir="ltr">
        {percent}%
      </span>
    </div>
  );
}
