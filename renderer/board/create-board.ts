/**
 * The canvas: puts the parts together, keeps the panels' state, and writes to the screen once per animation frame. Main's
 * changes go to the projection, input goes to tools, tools' gestures go to main; nothing here holds a second document.
 */
import type { Api, Result, ViewNode } from '#api/contract.ts';
import { ApiError } from '#api/errors.ts';
import { createHand } from '#renderer/tools/hand.ts';
import { createTools } from '#renderer/tools/registry.ts';
import { createAside } from './aside.ts';
import { watchAttendance } from './attendance.ts';
import { createClipboard } from './clipboard.ts';
import { createCommits } from './commits.ts';
import type { BoardController, ToolId } from './controller.ts';
import { commonStyle } from './edits.ts';
import { createFeed } from './feed.ts';
import { createFrame } from './frame.ts';
import { createHighlights } from './highlight.ts';
import { createInput } from './input.ts';
import { makeLayers } from './layers.ts';
import { listenToMain } from './main-events.ts';
import { startOpening } from './opening.ts';
import { createLaser } from './laser.ts';
import { createLift } from './lift.ts';
import { createLiveLayer } from './live-layer.ts';
import { createLiveSender } from './live-sender.ts';
import { type Box, grow, NOTHING, union } from './matrix.ts';
import { worldBox } from './measure.ts';
import { canvasMatrix } from './overlay.ts';
import { createOverlayLayer } from './overlay-layer.ts';
import { createOverlaySource } from './overlay-scene.ts';
import { createOwnWrites } from './own-writes.ts';
import { createPeers } from './peers.ts';
import { BoardProblem } from './problem.ts';
import { createProjection, type Touched } from './projection.ts';
import { createSelection } from './selection.ts';
import { createShapeIndex } from './shape-index.ts';
import { createShowing } from './showing.ts';
import { createStore, firstState, OTHERS_KEY, readStyle, STYLE_KEY } from './store.ts';
import { createTextEditor } from './text-editor.ts';
import { createTextSession } from './text-session.ts';
import { readTheme, watchTheme } from './theme.ts';
import { createToolBoard, type Ephemera } from './tool-board.ts';
import { createVerbs } from './verbs.ts';
import { createViewVerbs } from './view-verbs.ts';
import { createViewport } from './viewport.ts';

export interface BoardOptions {
  readonly api: Api;
  readonly board: string;
  readonly opened: Result<'boards.open'>;
  /** Milliseconds; `performance.now` where absent. */
  readonly clock?: { now(): number };
  /** A person asks for where a shape leads. */
  readonly follow?: (rid: string) => void;
  /** What stands on the part that a presenter shows, in the person's language. */
  readonly showingThis?: (name: string) => string;
  /** Gets what went wrong on the canvas, as an Error whose message is a sentence for a person. */
  readonly problem?: (error: Error) => void;
}

/** Builds the board in a container that has a size, and keeps it up to date until `destroy`. */
export function createBoard(container: HTMLElement, options: BoardOptions): BoardController {
  const { api, board, opened } = options;
  const now = (): number => options.clock?.now() ?? performance.now();
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const layers = makeLayers(container, opened.status.name);
  const projection = createProjection(layers.host, () => tooHeavy());
  const aside = createAside(layers.aside, layers.host);
  const highlights = createHighlights(projection, aside);
  const index = createShapeIndex((element) => projection.referred(element));
  const selection = createSelection(projection);
  const live = createLiveLayer(layers.live);
  const sender = createLiveSender(api, board);
  const ephemera: Ephemera = { marquee: null, marked: [], dragFrame: null };
  const store = createStore(firstState(opened));
  const tools = createTools();
  const own = createOwnWrites();
  const feed = createFeed({ projection, index, own, now, landed });
  const commits = createCommits({
    api,
    board,
    projection,
    own,
    show: feed.show,
    behind: () => feed.waiting > 0,
    submits: () => showing.breakAway(),
    report,
    now,
  });
  const peers = createPeers(
    (rids) =>
      createLift(
        rids.flatMap((rid) => projection.node(rid) ?? []),
        false,
      ),
    () => still.matches,
  );
  let theme = readTheme(layers.probe);
  let overlayDirty = true;
  let extent: Box = NOTHING;
  let extentChanged = true;
  const frame = createFrame(write, now);
  const request = (): void => {
    overlayDirty = true;
    frame.request();
  };
  const viewport = createViewport({
    scroller: layers.scroller,
    spacer: layers.spacer,
    paper: layers.paper,
    grid: layers.grid,
    content: () => union(extent, aside.bounds()),
    place(world, zoom) {
      projection.place(world, zoom);
      aside.place(world, zoom);
    },
    request: frame.request,
    now,
    reducedMotion: () => still.matches,
    mayMove: () => showing.mayMove(),
  });
  const laser = createLaser(() => still.matches);
  const showing = createShowing({
    ...{ api, board, store, now, request, report },
    viewport: () => viewport,
    boxOf(rid) {
      const element = projection.node(rid);
      return element && worldBox(element);
    },
    selected() {
      const [first, ...more] = selection.rids;
      if (first === undefined) return undefined;
      const box = selection.elements().map(worldBox).reduce(union, NOTHING);
      return { box: grow(box, 8), ...(more.length === 0 ? { rid: first } : {}) };
    },
  });

  let saidTooHeavy = false;
  function tooHeavy(): void {
    if (saidTooHeavy) return;
    saidTooHeavy = true;
    report(new BoardProblem('too-heavy', 'Parts of this drawing would slow Limn down and are shown as outlines.'));
  }

  /** By key it is asked whatever the last status said. That there is nothing to take back needs no words. */
  async function takeBack(call: 'document.undo' | 'document.redo'): Promise<void> {
    showing.breakAway();
    try {
      await api.call(call, { board });
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'refused')) report(error);
    }
  }

  function report(error: unknown): void {
    options.problem?.(error instanceof Error ? error : new Error(String(error)));
  }

  // ── Selection and state ──────────────────────────────────────────────────────────────────────────────────────────

  function select(rids: readonly string[]): void {
    if (selection.set(rids)) selectionChanged();
  }

  function selectionChanged(): void {
    sender.send({ selection: selection.rids.slice(0, 500) });
    describeSelection();
    request();
  }

  function describeSelection(): void {
    const elements = selection.elements();
    const kinds = [...new Set(elements.map((element) => element.localName))];
    store.set({ selection: selection.rids, selectionKinds: kinds, selectionStyle: commonStyle(elements) });
  }

  function setTool(id: ToolId, lock = false): void {
    if (store.state.past && id !== 'hand') return;
    if (id !== store.state.tool) {
      input.cancel();
      tools[store.state.tool].cancel(toolBoard);
      editor.commit();
      if (id !== 'select' && id !== 'hand') select([]);
    }
    store.set({ tool: id, toolLocked: lock });
    layers.glass.style.cursor = tools[id].cursor;
    request();
  }

  function toolDone(): void {
    if (!store.state.toolLocked) setTool('select');
  }

  const editor = createTextEditor(
    layers.fields,
    () => {
      store.set({ editingText: editor.open });
      request();
    },
    () => layers.glass.focus({ preventScroll: true }),
  );
  const editText = createTextSession({
    editor,
    projection,
    store,
    commits,
    dark: () => theme.dark,
    select,
    done: toolDone,
  });

  const toolBoard = createToolBoard({
    projection,
    index,
    viewport,
    selection,
    live,
    sender,
    commits,
    store,
    ephemera,
    glass: layers.glass,
    request,
    select,
    editText: (at) => {
      showing.breakAway();
      select([]);
      editText(at);
    },
    pickImage: (at) => verbs.pickImage(at),
    follow: (rid) => options.follow?.(rid),
    begins: () => showing.breakAway(),
    laser(points) {
      laser.add('', points, now(), false);
      sender.send({ laser: points.slice(-64).map(({ x, y }) => [x, y]) });
      request();
    },
    region: (box) => showing.region(box),
    toolDone,
  });
  const input = createInput({
    glass: layers.glass,
    viewport,
    board: toolBoard,
    hand: createHand(),
    tool: () => tools[store.state.tool],
    now,
    pointed: (p) => sender.send({ cursor: p && [p.x, p.y] }),
    dragging: (on) => store.set({ dragging: on }),
    pressed: () => editor.commit(),
    escape: leave,
  });

  /** Escape step by step: out of a group, then to no selection. What is left over is the panels'. */
  function leave(): boolean {
    if (selection.group !== undefined) {
      const group = selection.group;
      const outer = projection.node(group)?.parentElement;
      selection.enter(outer?.localName === 'g' ? projection.ridOf(outer) : undefined);
      select([group]);
      return true;
    }
    if (selection.rids.length === 0) return showing.escape();
    select([]);
    return true;
  }

  /** The board as it was, or as it is. What one can do here depends on which it is. */
  function showPast(root: ViewNode | null | undefined): void {
    const past = root !== undefined;
    if (past && !store.state.past) {
      showing.breakAway();
      select([]);
      setTool('hand');
    }
    aside.past(root);
    store.set({ past });
    if (!past) setTool('select');
    extentChanged = true;
    viewport.grown();
    request();
  }

  // ── The frame ────────────────────────────────────────────────────────────────────────────────────────────────────

  function write(time: number): void {
    if (feed.waiting > 0) feed.step();
    if (feed.waiting > 0) frame.request();
    opening.advance();
    const moved = viewport.flush(time);
    if (moved || extentChanged) index.cull(viewport.box(), viewport.zooming);
    extentChanged = false;
    const moving = peers.advance(time);
    const { view } = viewport;
    const size = viewport.size();
    const fitted = [layers.live.fit(size.width, size.height), layers.overlay.fit(size.width, size.height)].some(
      Boolean,
    );
    editor.place([view.zoom, 0, 0, view.zoom, -view.x * view.zoom, -view.y * view.zoom]);
    const lasers = laser.active(time);
    const matrix = canvasMatrix(view, layers.live.ratio);
    const trails = (g: CanvasRenderingContext2D): void => laser.draw(g, matrix, layers.live.ratio, theme.danger, time);
    live.draw(matrix, peers, theme.dark, trails, lasers);
    if (moved) showing.moved();
    if (fitted) showing.resized();
    if (overlayDirty || moved || moving || fitted) overlay.paint(over.scene());
    overlayDirty = false;
    if (view.zoom !== store.state.zoom) store.set({ zoom: view.zoom });
    if (moving || lasers) frame.request();
  }

  function landed(touched: Touched, by: ReadonlySet<string>): void {
    commits.arrived(touched);
    for (const person of by) peers.changed(person);
    const mine = touched.reset || selection.rids.some((rid) => touched.rids.has(rid));
    const lost = selection.refresh();
    if (lost) sender.send({ selection: selection.rids.slice(0, 500) });
    if (mine || lost) describeSelection();
    measureExtent();
    request();
  }

  function measureExtent(): void {
    extent = index.bounds();
    extentChanged = true;
    viewport.grown();
  }

  const overlay = createOverlayLayer(layers.overlay);
  const over = createOverlaySource({
    ...{ store, projection, viewport, selection, editor, ephemera, highlights, peers, showing },
    theme: () => theme,
    showingThis: options.showingThis,
  });

  // ── Verbs ────────────────────────────────────────────────────────────────────────────────────────────────────────

  const verbs = createVerbs({
    api,
    store,
    projection,
    selection,
    viewport,
    commits,
    glass: layers.glass,
    select,
    setTool,
    report,
  });
  const looks = createViewVerbs({
    ...{ projection, selection, highlights, viewport, select, setTool },
    extent: () => extent,
  });
  const clipboard = createClipboard({
    api,
    glass: layers.glass,
    svg: verbs.selectedSvg,
    cut: verbs.deleteSelection,
    addNodes: verbs.addNodes,
    addText: verbs.addText,
    addPicture: verbs.insertImage,
    report,
  });

  // ── Events ───────────────────────────────────────────────────────────────────────────────────────────────────────

  const offs = [
    listenToMain({ api, board, feed, store, peers, laser, glass: layers.glass, now, request }),
    watchAttendance(document, (away) => void api.call('document.away', { board, away }).catch(() => undefined)),
    watchTheme(() => {
      theme = readTheme(layers.probe);
      projection.setDark(theme.dark);
      aside.setDark(theme.dark);
      request();
    }),
  ];

  projection.setDark(theme.dark);
  aside.setDark(theme.dark);
  peers.setPeople(opened.people);
  layers.glass.style.cursor = tools.select.cursor;
  if (document.activeElement === document.body) {
    layers.glass.focus({ preventScroll: true });
  }
  const opening = startOpening({
    board,
    root: opened.root,
    host: layers.host,
    feed,
    store,
    viewport,
    extent: () => extent,
    now,
  });
  api
    .call('settings.get', { key: STYLE_KEY })
    .then((text) => store.set({ nextStyle: readStyle(text, store.state.nextStyle) }), report);
  api.call('settings.get', { key: OTHERS_KEY }).then((text) => showOthers(text !== 'off'), report);
  function showOthers(on: boolean): void {
    store.set({ othersShown: on });
    request();
  }
  request();

  return {
    get state() {
      return store.state;
    },
    subscribe: store.subscribe,
    setTool,
    setStyle: verbs.setStyle,
    undo: () => void takeBack('document.undo'),
    redo: () => void takeBack('document.redo'),
    selectAll: verbs.selectAll,
    clearSelection: () => select([]),
    deleteSelection: verbs.deleteSelection,
    duplicateSelection: verbs.duplicateSelection,
    reorder: verbs.reorder,
    nudge: verbs.nudge,
    copy: (cut) => clipboard.copy(cut),
    paste: () => clipboard.paste(),
    insertImage: verbs.insertImage,
    insertSvg: (text) => clipboard.insertSvg(text),
    ...looks,
    mark(marks, strong) {
      highlights.set(marks, strong);
      request();
    },
    showPast,
    select,
    selectionComplete: over.complete,
    present: showing.perform,
    showOthers(on) {
      showOthers(on);
      api.call('settings.set', { key: OTHERS_KEY, value: on ? null : 'off' }).catch(report);
    },
    destroy() {
      showing.destroy();
      opening.destroy();
      input.cancel();
      for (const off of offs) off();
      sender.send({ cursor: null, selection: [] });
      sender.destroy();
      input.destroy();
      clipboard.destroy();
      editor.destroy();
      peers.destroy();
      viewport.destroy();
      frame.destroy();
      layers.root.remove();
    },
  };
}
