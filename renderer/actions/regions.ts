/** F6 walks through the parts of the window: elements marked `data-region`, in the order of the page. */

const FOCUSABLE =
  'button:not([disabled]):not([tabindex="-1"]), input:not([disabled]), a[href], [tabindex="0"]:not([data-disabled])';

const isShown = (element: HTMLElement): boolean => element.getClientRects().length > 0;

/** What takes the focus for a region: itself, or the first in it that is there at this size of the window. */
function entryOf(region: HTMLElement): HTMLElement | undefined {
  return region.tabIndex >= 0 ? region : [...region.querySelectorAll<HTMLElement>(FOCUSABLE)].find(isShown);
}

/** Moves the focus to the next (1) or previous (-1) region, or to the first one. */
export function moveRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(isShown);
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  const next = here < 0 ? 0 : (here + step + regions.length) % regions.length;
  const region = regions[next];
  if (region) entryOf(region)?.focus({ focusVisible: true } as FocusOptions);
}
