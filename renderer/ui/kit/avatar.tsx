/** A person as a disc with their initials and hue; a badge says their part, a dot whether they are there. */
import { Eye, Play, Star } from 'lucide-react';
import type { Person } from '#api/contract.ts';
import { initials } from './initials.ts';

export interface AvatarProps {
  readonly person: Person;
  readonly size?: 'normal' | 'medium';
  readonly presence?: boolean;
  /** Shows the others a part of the board: that badge goes before any other. */
  readonly presenting?: boolean;
}

export function Avatar({ person, size = 'normal', presence = false, presenting = false }: AvatarProps) {
  const hue = person.me ? 'hue-me' : `hue-${person.colour}`;
  const badge = presenting ? Play : person.role === 'owner' ? Star : person.role === 'viewer' ? Eye : null;
  const Badge = badge;
  return (
    <span
      className={`avatar ${hue}${size === 'medium' ? ' medium' : ''}${person.show === 'off' ? ' unknown' : ''}`}
      aria-hidden
    >
      {initials(person.name)}
      {Badge && (
        <span className="avatar-badge">
          <Badge className={badge === Eye ? undefined : 'solid'} />
        </span>
      )}
      {!Badge && presence && person.show !== 'free' && <span className={`presence ${person.show}`} />}
    </span>
  );
}
