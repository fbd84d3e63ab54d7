/**
 * Shortcuts as text: `V`, `Mod+Shift+Z`, `Shift+1`, `]`, `Delete`. Mod is Ctrl, or Command on a Mac. A letter or sign
 * is matched by what the key types; on a layout that types no Latin letter, by the key's place.
 */

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  /** AltGr: it types signs like ] on many layouts, while Ctrl and Alt seem pressed. */
  readonly altGraph: boolean;
}

interface Parsed {
  readonly mod: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly key: string;
}

function parse(shortcut: string): Parsed {
  const parts = shortcut.split('+');
  const key = parts.pop() || '+';
  return { mod: parts.includes('Mod'), shift: parts.includes('Shift'), alt: parts.includes('Alt'), key };
}

function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.platform);
}

/** Whether a key press is that shortcut. */
export function matches(shortcut: string, press: KeyPress, mac = isMac()): boolean {
  const wanted = parse(shortcut);
  const mod = !press.altGraph && (mac ? press.metaKey : press.ctrlKey);
  const other = mac ? press.ctrlKey : press.metaKey;
  const alt = !press.altGraph && press.altKey;
  if (mod !== wanted.mod || other || alt !== wanted.alt) return false;
  if (/^[0-9]$/.test(wanted.key)) {
    return (
      press.shiftKey === wanted.shift && (press.code === `Digit${wanted.key}` || press.code === `Numpad${wanted.key}`)
    );
  }
  if (/^[A-Z]$/.test(wanted.key)) return press.shiftKey === wanted.shift && letterOf(press) === wanted.key;
  // Where a sign sits differs by layout, and so does whether Shift types it.
  if (wanted.key.length === 1) return press.key === wanted.key || (wanted.key === '=' && press.key === '+');
  return press.shiftKey === wanted.shift && press.key === wanted.key;
}

function letterOf(press: KeyPress): string | undefined {
  if (/^[a-z]$/i.test(press.key)) return press.key.toUpperCase();
  return /^Key([A-Z])$/.exec(press.code)?.[1];
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  '-': '−',
  '=': '+',
};

/** The keys of a shortcut, each as people call it; `name` translates those with a name. */
export function keysOf(shortcut: string, name: (key: string) => string, mac = isMac()): string[] {
  const { mod, shift, alt, key } = parse(shortcut);
  const keys = [SIGNS[key] ?? name(key)];
  if (shift) keys.unshift(mac ? '⇧' : name('Shift'));
  if (alt) keys.unshift(mac ? '⌥' : name('Alt'));
  if (mod) keys.unshift(mac ? '⌘' : name('Mod'));
  return keys;
}

/** The shortcut as `aria-keyshortcuts` wants it (WAI-ARIA 1.2, section 6.6). */
export function ariaKeys(shortcut: string, mac = isMac()): string {
  const { mod, shift, alt, key } = parse(shortcut);
  return [mod && (mac ? 'Meta' : 'Control'), alt && 'Alt', shift && 'Shift', key].filter(Boolean).join('+');
}
