/** Renaming in place: Enter and leaving the field keep the name, Escape leaves it as it was. */
import { useRef, useState } from 'react';

export interface NameFieldProps {
  readonly name: string;
  readonly label: string;
  readonly className?: string;
  /** Called once: the new name, or null where nothing is to change. */
  readonly onDone: (name: string | null) => void;
}

/** A board's name may have this many UTF-16 units. */
const MAX_LENGTH = 200;

export function NameField({ name, label, className, onDone }: NameFieldProps) {
  const [value, setValue] = useState(name);
  const settled = useRef(false);
  const settle = (keep: boolean): void => {
    if (settled.current) return;
    settled.current = true;
    const next = value.trim();
    onDone(keep && next !== '' && next !== name ? next : null);
  };
  return (
    <input
      className={className}
      aria-label={label}
      value={value}
      maxLength={MAX_LENGTH}
      autoFocus
      dir="auto"
      onFocus={(event) => event.target.select()}
      onChange={(event) => setValue(event.target.value)}
      onBlur={() => settle(true)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle(true);
        if (event.key === 'Escape') settle(false);
      }}
    />
  );
}
