/** Nodes about to be added: from what is on the screen, as geometry sees them, and as SVG text for the clipboard. */
import type { NodeInput, ViewNode } from '#api/contract.ts';
import { change, length, quickBounds, type Shape } from './geometry.ts';
import {
  type Box,
  boxOf,
  grow,
  height,
  invert,
  isEmpty,
  mapBox,
  type Matrix,
  multiply,
  NOTHING,
  parseTransform,
  union,
  width,
} from './matrix.ts';
import type { Projection } from './projection.ts';
import { SVG_NS } from './safety.ts';

/** A copy of an element and all in it, attributes as the document has them. */
export function toInput(element: Element, projection: Projection): NodeInput {
  const attrs = projection
    .attributes(element)
    .map(({ ns, name, value }) => (ns === null ? { name, value } : { ns, name, value }));
  const children: NodeInput['children'] = [];
  for (const child of element.childNodes) {
    if (child instanceof Element) children.push(toInput(child, projection));
    else if (child instanceof Text) children.push({ type: 'text', chdata: projection.data(child) });
  }
  return { type: 'element', ns: SVG_NS, name: element.localName, attrs, children };
}

type InputShape = Shape & { readonly node: NodeInput };

/** A node to be added as geometry sees it. */
export function inputShape(node: NodeInput): InputShape {
  return {
    node,
    name: node.name,
    get: (attribute) => node.attrs.find((a) => a.name === attribute && !a.ns)?.value ?? null,
    get children() {
      return node.children.flatMap((child) => (child.type === 'element' ? [inputShape(child)] : []));
    },
  };
}

/** Changes a node to be added by a map in its own geometry space. The node is written in place: nobody else holds it yet. */
export function changeInput(node: NodeInput, local: Matrix): void {
  for (const set of change(inputShape(node), local, true)) {
    const on = (set.on as InputShape).node;
    const at = on.attrs.find((a) => a.name === set.name && !a.ns);
    if (set.value === null) on.attrs = on.attrs.filter((a) => a !== at);
    else if (at) at.value = set.value;
    else on.attrs.push({ name: set.name, value: set.value });
  }
}

/** Changes a node to be added by a map in the space of its parent. */
export function changeInParent(node: NodeInput, map: Matrix): void {
  const own = parseTransform(inputShape(node).get('transform'));
  changeInput(node, multiply(invert(own), multiply(map, own)));
}

/** About where a node to be added will be, in the space of its parent: texts count as their start. */
export function inputBounds(node: NodeInput): Box {
  const shape = inputShape(node);
  const own = parseTransform(shape.get('transform'));
  if (node.name === 'text' || node.name === 'svg' || node.name === 'use') {
    const at = { x: length(shape.get('x')) ?? 0, y: length(shape.get('y')) ?? 0 };
    return mapBox(
      own,
      boxOf([at, { x: at.x + (length(shape.get('width')) ?? 0), y: at.y + (length(shape.get('height')) ?? 0) }]),
    );
  }
  const quick = quickBounds(shape);
  if (quick) return mapBox(own, quick);
  if (node.name !== 'g' && node.name !== 'a') return NOTHING;
  const inner = node.children.reduce((box, c) => (c.type === 'element' ? union(box, inputBounds(c)) : box), NOTHING);
  return isEmpty(inner) ? NOTHING : mapBox(own, inner);
}

/** What is drawn of a shape, as one SVG file for the clipboard. */
export function viewToSvg(view: ViewNode): string {
  const input = (node: ViewNode): NodeInput['children'][number] => {
    if (node.type === 'text') return { type: 'text', chdata: node.data };
    const { ns, name, attrs, children } = node;
    return { type: 'element', ns, name, attrs: attrs.map((attr) => ({ ...attr })), children: children.map(input) };
  };
  const node = input(view);
  if (node.type === 'text') return node.chdata;
  const box = grow(inputBounds(node), 8);
  const area = isEmpty(box)
    ? { x: 0, y: 0, width: 1, height: 1 }
    : { x: box.minX, y: box.minY, width: width(box), height: height(box) };
  return toSvg([node], area);
}

const escape = (text: string): string =>
  text.replace(/[&<>"\t\n\r]/g, (c) =>
    c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : `&#${c.charCodeAt(0)};`,
  );

/** Nodes as one SVG file, for the clipboard. */
export function toSvg(
  nodes: readonly NodeInput[],
  view: { x: number; y: number; width: number; height: number },
): string {
  const one = (node: NodeInput): string => {
    const attrs = node.attrs.map((a) => ` ${a.name}="${escape(a.value)}"`).join('');
    const inner = node.children.map((c) => (c.type === 'element' ? one(c) : escape(c.chdata))).join('');
    return inner ? `<${node.name}${attrs}>${inner}</${node.name}>` : `<${node.name}${attrs}/>`;
  };
  const box = [view.x, view.y, view.width, view.height].map((v) => Math.round(v * 100) / 100);
  const links = nodes.some((n) => one(n).includes('xlink:')) ? ' xmlns:xlink="http://www.w3.org/1999/xlink"' : '';
  return `<svg xmlns="${SVG_NS}"${links} width="${box[2]}" height="${box[3]}" viewBox="${box.join(' ')}">${nodes.map(one).join('')}</svg>`;
}
