/** A shortcut as keys to press. */
import { useTranslation } from 'react-i18next';
import { keysOf } from '#renderer/actions/shortcuts.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';

const NAMES: Readonly<Record<string, TextKey>> = {
  Mod: 'key.Mod',
  Shift: 'key.Shift',
  Alt: 'key.Alt',
  Delete: 'key.Delete',
  Backspace: 'key.Backspace',
  Escape: 'key.Escape',
  Space: 'key.Space',
};

/** The keys of a shortcut in the language of the interface. */
function useKeyNames(): (shortcut: string) => string[] {
  const { t } = useTranslation();
  return (shortcut) =>
    keysOf(shortcut, (key) => {
      const name = NAMES[key];
      return name === undefined ? key : t(name);
    });
}

export function Keys({ of: shortcut }: { readonly of: string }) {
  const names = useKeyNames();
  return names(shortcut).map((key) => <kbd key={key}>{key}</kbd>);
}

/** The keys in one string, for the end of a menu row. */
export function KeysText({ of: shortcut }: { readonly of: string }) {
  const names = useKeyNames();
  return <span className="keys">{names(shortcut).join(' ')}</span>;
}
