/** How a line stands on the page. The box of a checklist's item bears the item's text as its name, which changes as it is written. */
import { DOMSerializer, type Node as Doc } from 'prosemirror-model';
import type { NodeView, ViewMutationRecord } from 'prosemirror-view';
import { schema } from './schema.ts';

export function lineView(node: Doc): NodeView {
  const spec = schema.nodes.line.spec.toDOM?.(node) ?? ['p', 0];
  const { dom, contentDOM } = DOMSerializer.renderSpec(document, spec);
  const element = dom as HTMLElement;
  const content = contentDOM ?? element;
  const box = element.querySelector(':scope > .box');
  const name = (text: string): void => box?.setAttribute('aria-label', text.trim() === '' ? '…' : text.slice(0, 200));
  name(node.textContent);
  let shown = node;
  return {
    dom: element,
    contentDOM: content,
    update(next) {
      if (next.type !== shown.type || next.attrs.kind !== shown.attrs.kind || next.attrs.done !== shown.attrs.done)
        return false;
      shown = next;
      name(next.textContent);
      return true;
    },
    ignoreMutation: (mutation: ViewMutationRecord) =>
      mutation.type !== 'selection' && !content.contains(mutation.target),
  };
}
