/** The design tokens as colours a canvas understands, read again when the theme changes. */

export interface Theme {
  readonly dark: boolean;
  readonly accent: string;
  readonly onAccent: string;
  readonly surface: string;
  readonly danger: string;
  readonly ok: string;
  readonly text2: string;
  /** Over what the presenter doesn't show. */
  readonly veil: string;
  /** Index 1 to 8 (tokens --p1 to --p8). */
  readonly people: readonly string[];
  readonly onPeople: string;
  readonly font: string;
}

/** Reads the tokens where `probe` stands; a token that isn't there has the light theme's value. */
export function readTheme(probe: HTMLElement): Theme {
  const colour = (value: string): string => {
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const people = ['#b93d0c', '#0b7571', '#8a3aae', '#b8256a', '#2b7a3a', '#0b6ea8', '#845400', '#555d75'];
  return {
    dark: colour('light-dark(rgb(1, 1, 1), rgb(2, 2, 2))') === 'rgb(2, 2, 2)',
    accent: colour('var(--accent-line, #2e54d8)'),
    onAccent: '#ffffff',
    surface: colour('var(--surface, #ffffff)'),
    danger: colour('var(--danger, #b8341c)'),
    ok: colour('var(--ok, #1c7548)'),
    veil: colour('var(--veil, #f7f8fac7)'),
    text2: colour('var(--text-2, #4a505c)'),
    people: ['', ...people.map((c, i) => colour(`var(--p${i + 1}, ${c})`))],
    onPeople: colour('var(--on-p, #ffffff)'),
    font: "600 11px 'Inter Variable', system-ui, sans-serif",
  };
}

/** Calls back when the theme may have changed: by the system, or by `data-theme` on the page. */
export function watchTheme(changed: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', changed);
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
  return () => {
    media.removeEventListener('change', changed);
    observer.disconnect();
  };
}
