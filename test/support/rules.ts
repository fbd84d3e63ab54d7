/** A small application type for tests, and what completeness promises, checked from outside. */
import { COMPLETE_NAME, COMPLETE_NS } from '#core/complete.ts';
import type { Judge } from '#core/judge.ts';
import type { Intent } from '#core/replica-port.ts';
import type { Fault, Rid, TreeView } from '#core/types.ts';
import { elements, outline } from './document.ts';

/** `x` is digits; `fill` isn't for `g`; a `rect` holds neither text nor a `rect`. Any of these can come by a rename, too. */
export const toyJudge: Judge = {
  fault(view, rid) {
    const node = view.get(rid);
    const parent = view.parentOf(rid);
    const above = parent === undefined || parent === '' ? undefined : view.get(parent)?.name;
    if (node?.type === 'attr') {
      if (node.name === 'x' && !/^\d*$/.test(node.chdata ?? '')) return toyFault('x');
      return node.name === 'fill' && above === 'g' ? toyFault('fill') : undefined;
    }
    if (above !== 'rect') return undefined;
    return node?.type === 'text' || node?.name === 'rect' ? toyFault('rect') : undefined;
  },
};

const toyFault = (code: string): Fault => ({ code, detail: {}, reason: `No ${code}.` });

/** Where a shown document breaks the toy's rules. */
export function toyFaults(view: TreeView): Rid[] {
  return elements(view).flatMap((rid) =>
    [rid, ...view.attributes(rid), ...view.children(rid)].filter((one) => toyJudge.fault(view, one) !== undefined),
  );
}

/** The intent that declares an element complete, or reopens it. */
export function completion(rid: Rid, on: boolean): Intent {
  return { do: 'set', rid, ns: COMPLETE_NS, name: `c:${COMPLETE_NAME}`, value: on ? '{}' : null };
}

/** Every completed part with all it holds, as text. */
export function completedParts(view: TreeView): Map<Rid, string> {
  const parts = elements(view).filter((rid) => view.attribute(rid, COMPLETE_NS, COMPLETE_NAME) !== undefined);
  return new Map(parts.map((rid) => [rid, whole(view, rid)]));
}

function whole(view: TreeView, rid: Rid): string {
  const attrs = view.attributes(rid).map((attr) => `${attr}=${view.get(attr)?.name}=${view.get(attr)?.chdata}`);
  return `${view.parentOf(rid)}/${view.get(rid)?.primaryWeight} ${view.get(rid)?.name} ${attrs.sort().join()} ${outline(view, rid)}`;
}
