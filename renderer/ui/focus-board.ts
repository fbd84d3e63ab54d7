/** Gives the keys to the board, from a control that goes. */
export function focusBoard(): void {
  document.querySelector<HTMLElement>('[data-region="board"] [tabindex]')?.focus();
}
