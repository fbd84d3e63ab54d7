/** A switch with its label behind it. */
import { Switch } from 'radix-ui';
import { useId } from 'react';

export interface SwitchRowProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function SwitchRow({ label, checked, onChange }: SwitchRowProps) {
  const id = useId();
  return (
    <span className="switch-row">
      <Switch.Root className="switch" checked={checked} aria-labelledby={id} onCheckedChange={onChange}>
        <Switch.Thumb />
      </Switch.Root>
      <span id={id}>{label}</span>
    </span>
  );
}
