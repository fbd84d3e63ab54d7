/** A row of a list that opens with a click: what it is, its name, and below that what else there is to say. */
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Icon } from './icon.tsx';

export interface OpenRowProps
  extends Pick<ComponentProps<'button'>, 'disabled' | 'onClick' | 'aria-label' | 'aria-busy'> {
  readonly icon: LucideIcon;
  /** Whether other people can be there. */
  readonly shared?: boolean;
  readonly name: string;
  readonly detail?: ReactNode;
  /** At the end of the row. */
  readonly children?: ReactNode;
}

export function OpenRow({ icon, shared = true, name, detail, children, ...button }: OpenRowProps) {
  return (
    <button type="button" className="open" {...button}>
      <span className={shared ? 'tile sea' : 'tile'}>
        <Icon of={icon} size={16} />
      </span>
      <span className="grow">
        <span className="name ellipsis" dir="auto">
          {name}
        </span>
        {detail !== undefined && <span className="room small secondary ellipsis">{detail}</span>}
      </span>
      {children}
    </button>
  );
}
