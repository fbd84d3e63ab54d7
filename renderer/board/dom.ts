/** Making the board's own elements. Styles are set through the CSSOM, which a strict content security policy allows. */

/** An element with inline styles, put at the end of a parent. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  style: Partial<CSSStyleDeclaration>,
  parent?: Node,
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  Object.assign(element.style, style);
  parent?.appendChild(element);
  return element;
}

export interface Canvas {
  readonly element: HTMLCanvasElement;
  readonly g: CanvasRenderingContext2D;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  /** Takes the size of its element; true if that changed (it is then empty). */
  fit(width: number, height: number): boolean;
  clear(): void;
}

/** A canvas that covers its parent, sharp on dense screens. */
export function makeCanvas(parent: Node): Canvas {
  const element = make(
    'canvas',
    { position: 'absolute', inset: '0', width: '100%', height: '100%', pointerEvents: 'none' },
    parent,
  );
  element.setAttribute('aria-hidden', 'true');
  const g = element.getContext('2d');
  if (!g) throw new RangeError('A canvas without a 2D context cannot show the board.');
  return {
    element,
    g,
    get ratio() {
      return devicePixelRatio;
    },
    fit(width, height) {
      const [w, h] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
      if (element.width === w && element.height === h) return false;
      element.width = w;
      element.height = h;
      return true;
    },
    clear() {
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.clearRect(0, 0, element.width, element.height);
    },
  };
}
