/** The page when there is no main to talk to: one sentence, before anything else of Limn is there. */

const SENTENCE = 'Limn could not start its window. Close it and start Limn again.';

/** `sentence` as main or the connection said it. */
export function showConnectFailed(element: HTMLElement, sentence: string = SENTENCE): void {
  const banner = document.createElement('div');
  banner.className = 'banner lost';
  banner.setAttribute('role', 'alert');
  const text = document.createElement('p');
  text.textContent = sentence;
  banner.append(text);
  element.replaceChildren(banner);
}
