/** Choices of one among few: segments and swatches. Both are radio groups: arrow keys move and choose. */
import { RadioGroup } from 'radix-ui';
import type { CSSProperties, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Pigment } from '../pigments.ts';

export interface Segment<T extends string> {
  readonly value: T;
  readonly name: string;
  readonly content: ReactNode;
}

export interface SegmentedProps<T extends string> {
  readonly label: string;
  /** Null when the selection doesn't agree. */
  readonly value: T | null;
  readonly segments: readonly Segment<T>[];
  readonly onChoose: (value: T) => void;
}

export function Segmented<T extends string>({ label, value, segments, onChoose }: SegmentedProps<T>) {
  return (
    <RadioGroup.Root
      className="segmented"
      aria-label={label}
      value={value}
      loop={false}
      orientation="horizontal"
      onValueChange={(next) => {
        const chosen = segments.find((segment) => segment.value === next);
        if (chosen) onChoose(chosen.value);
      }}
    >
      {segments.map((segment) => (
        <RadioGroup.Item key={segment.value} value={segment.value} aria-label={segment.name} title={segment.name}>
          {segment.content}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

export interface SwatchesProps {
  readonly label: string;
  readonly pigments: readonly Pigment[];
  readonly value: string | null;
  readonly onChoose: (value: string) => void;
}

/** Eight pigments and any other colour. */
export function Swatches({ label, pigments, value, onChoose }: SwatchesProps) {
  const { t } = useTranslation();
  const isPigment = pigments.some((pigment) => pigment.value === value);
  const other = value !== null && !isPigment;
  return (
    <div className="swatches" role="group" aria-label={label}>
      <RadioGroup.Root asChild aria-label={label} value={value} orientation="horizontal" onValueChange={onChoose}>
        <div style={{ display: 'contents' }}>
          {pigments.map((pigment) => (
            <RadioGroup.Item
              key={pigment.value}
              className={pigment.value === 'none' ? 'swatch none' : 'swatch'}
              value={pigment.value}
              aria-label={t(pigment.name)}
              title={t(pigment.name)}
              style={pigment.token ? ({ '--swatch': `var(${pigment.token})` } as CSSProperties) : undefined}
            />
          ))}
        </div>
      </RadioGroup.Root>
      <span className={other ? 'swatch any chosen' : 'swatch any'} title={t('props.anyColour')}>
        <input
          type="color"
          aria-label={`${label}: ${t('props.anyColour')}`}
          value={/^#[0-9a-f]{6}$/i.test(value ?? '') ? (value ?? '') : '#1d1f24'}
          onChange={(event) => onChoose(event.target.value)}
        />
      </span>
    </div>
  );
}
