/** The notes as main shows them: the nodes by their rids, kept up to date by the changes that main tells. */
import type { ViewChange, ViewNode } from '#api/contract.ts';

export interface NotesElement {
  readonly type: 'element';
  readonly rid: string;
  readonly name: string;
  readonly attrs: Map<string, string>;
  readonly children: NotesNode[];
  parent: NotesElement | null;
}
export interface NotesText {
  readonly type: 'text';
  readonly rid: string;
  data: string;
  parent: NotesElement | null;
}
export type NotesNode = NotesElement | NotesText;

export interface NotesTree {
  readonly root: NotesElement | null;
  /** Follows main; what doesn't fit is passed over, since a `reset` comes when it matters. */
  follow(changes: readonly ViewChange[]): void;
}

/** A tree over what `boards.open` answered. */
export function createNotesTree(opened: ViewNode | null): NotesTree {
  const nodes = new Map<string, NotesNode>();
  let root: NotesElement | null = null;

  function build(view: ViewNode, parent: NotesElement | null): NotesNode {
    const node: NotesNode =
      view.type === 'text'
        ? { type: 'text', rid: view.rid, data: view.data, parent }
        : {
            ...{ type: 'element', rid: view.rid, name: view.name, parent },
            attrs: new Map(view.attrs.map(({ name, value }) => [name, value])),
            children: [],
          };
    nodes.set(node.rid, node);
    if (node.type === 'element' && view.type === 'element')
      for (const child of view.children) node.children.push(build(child, node));
    return node;
  }

  function forget(node: NotesNode): void {
    nodes.delete(node.rid);
    if (node.type === 'element') node.children.forEach(forget);
  }

  function detach(node: NotesNode): void {
    if (node.parent === null) {
      if (root === node) root = null;
    } else node.parent.children.splice(node.parent.children.indexOf(node), 1);
    node.parent = null;
  }

  function attach(node: NotesNode, parent: string | null, before: string | null): void {
    const home = parent === null ? null : nodes.get(parent);
    if (home === null) {
      if (node.type === 'element') root = node;
    } else if (home?.type === 'element') {
      const at = before === null ? -1 : home.children.findIndex(({ rid }) => rid === before);
      home.children.splice(at < 0 ? home.children.length : at, 0, node);
      node.parent = home;
    }
  }

  function reset(view: ViewNode | null): void {
    nodes.clear();
    const node = view === null ? null : build(view, null);
    root = node?.type === 'element' ? node : null;
  }

  reset(opened);
  return {
    get root() {
      return root;
    },
    follow(changes) {
      for (const change of changes) {
        if (change.op === 'reset') {
          reset(change.root);
          continue;
        }
        if (change.op === 'insert') {
          const known = nodes.get(change.node.rid);
          if (known) {
            detach(known);
            forget(known);
          }
          attach(build(change.node, null), change.parent, change.before);
          continue;
        }
        const node = nodes.get(change.rid);
        if (node === undefined) continue;
        if (change.op === 'remove') {
          detach(node);
          forget(node);
        } else if (change.op === 'move') {
          detach(node);
          attach(node, change.parent, change.before);
        } else if (change.op === 'text') {
          if (node.type === 'text') node.data = change.data;
        } else if (node.type === 'element') {
          if (change.value === null) node.attrs.delete(change.name);
          else node.attrs.set(change.name, change.value);
        }
      }
    },
  };
}
