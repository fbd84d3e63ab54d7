/** Holds the core's confirmed document against the model's. */
import type { NodeRecord, Rid, TreeView } from '#core/types.ts';
import type { Replica } from '#core/replica-port.ts';
import { byCodePoints, describe, type ModelDocument } from './document.ts';

/** The replica's records and tree in the words of the model. */
export function told(replica: Replica): string {
  const listing = replica
    .state()
    .records.toSorted((a, b) => byCodePoints(a.rid, b.rid))
    .map(lineOf)
    .join('\n');
  return `${outline(replica.confirmed, '')}\n${listing}`;
}

/** The same of the model. */
export function meant(model: ModelDocument): string {
  return `${model.outline()}\n${model.listing()}`;
}

function lineOf(record: NodeRecord): string {
  const { rid, type, version, chdataVersion = 0, inert = false, creator: _, created: __, ...rest } = record;
  const { lastModifiedBy: ___, modified: ____, ...fields } = rest;
  return describe({ rid, type, version, textVersion: chdataVersion, inert, fields });
}

function outline(view: TreeView, parent: Rid): string {
  const one = (rid: Rid): string => {
    const type = view.get(rid)?.type;
    const attrs = type === 'element' ? view.attributes(rid).map(one).join() : '';
    return `${rid} ${type}[${attrs}](${outline(view, rid)})`;
  };
  return view.children(parent).map(one).join();
}
