/** Lucide icons at the two sizes of the interface: 20 px at 1.7, 16 px at 1.9; 14 px inside text. */
import type { LucideIcon } from 'lucide-react';

const STROKE = { 20: 1.7, 16: 1.9, 14: 2.1 } as const;

export interface IconProps {
  readonly of: LucideIcon;
  readonly size?: keyof typeof STROKE;
  /** Turned around where text runs from right to left: undo, redo, back, arrows. */
  readonly mirrored?: boolean;
}

export function Icon({ of: Glyph, size = 20, mirrored = false }: IconProps) {
  return <Glyph className={`icon-${size}${mirrored ? ' mirrored' : ''}`} strokeWidth={STROKE[size]} aria-hidden />;
}
