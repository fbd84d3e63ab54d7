/** Copies, pastes and drops: drawings as SVG text, pictures as files, any other text as text. What comes in as SVG is
 *  cleaned by main before it is added. */
import type { Api, NodeInput } from '#api/contract.ts';
import { isTyping } from './input.ts';
import { isPicture } from './pictures.ts';

export interface ClipboardParts {
  readonly api: Api;
  readonly glass: HTMLElement;
  /** The selection as one SVG file; undefined if nothing is selected. */
  readonly svg: () => string | undefined;
  readonly cut: () => void;
  readonly addNodes: (nodes: NodeInput[], gesture: string) => void;
  readonly addText: (text: string) => void;
  readonly addPicture: (file: File, at?: { x: number; y: number }) => Promise<void>;
  readonly report: (error: unknown) => void;
}

export interface BoardClipboard {
  copy(cut: boolean): Promise<void>;
  paste(): Promise<void>;
  insertSvg(text: string): Promise<void>;
  destroy(): void;
}

const isSvg = (text: string): boolean => /<svg[\s>]/i.test(text.slice(0, 2000));

export function createClipboard(parts: ClipboardParts): BoardClipboard {
  const stop = new AbortController();

  async function insertSvg(text: string): Promise<void> {
    const { nodes } = await parts.api.call('document.clean', { svg: text });
    if (nodes.length) parts.addNodes(nodes, 'paste');
  }

  async function take(data: { files: readonly File[]; text: string }, at?: { x: number; y: number }): Promise<void> {
    const pictures = data.files.filter(isPicture);
    const drawings = data.files.filter((file) => file.type === 'image/svg+xml' || /\.svg$/i.test(file.name));
    for (const file of drawings) await insertSvg(await file.text());
    for (const file of pictures) await parts.addPicture(file, at);
    if (pictures.length || drawings.length) return;
    if (isSvg(data.text)) await insertSvg(data.text);
    else if (data.text.trim()) parts.addText(data.text.replace(/\r\n?/g, '\n'));
  }

  /** The page's own clipboard events need no permission, so they are preferred where they come. */
  function onCopy(event: ClipboardEvent): void {
    if (isTyping(event.target) || !getSelection()?.isCollapsed) return;
    const svg = parts.svg();
    if (svg === undefined) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', svg);
    event.clipboardData?.setData('image/svg+xml', svg);
    if (event.type === 'cut') parts.cut();
  }
  function onPaste(event: ClipboardEvent): void {
    const data = event.clipboardData;
    if (isTyping(event.target) || !data) return;
    event.preventDefault();
    const text = data.getData('image/svg+xml') || data.getData('text/plain');
    take({ files: [...data.files], text }).catch(parts.report);
  }
  document.addEventListener('copy', onCopy, { signal: stop.signal });
  document.addEventListener('cut', onCopy, { signal: stop.signal });
  document.addEventListener('paste', onPaste, { signal: stop.signal });
  parts.glass.addEventListener('dragover', (event) => event.preventDefault(), { signal: stop.signal });
  parts.glass.addEventListener(
    'drop',
    (event) => {
      event.preventDefault();
      const data = event.dataTransfer;
      if (!data) return;
      const at = { x: event.clientX, y: event.clientY };
      take({ files: [...data.files], text: data.getData('text/plain') }, at).catch(parts.report);
    },
    { signal: stop.signal },
  );

  return {
    async copy(cut) {
      const svg = parts.svg();
      if (svg === undefined) return;
      await navigator.clipboard.writeText(svg);
      if (cut) parts.cut();
    },
    async paste() {
      const files: File[] = [];
      let text = '';
      for (const item of await navigator.clipboard.read()) {
        const picture = item.types.find((type) => /^image\/(png|jpeg|webp|gif)$/.test(type));
        if (picture) files.push(new File([await item.getType(picture)], 'picture', { type: picture }));
        else if (item.types.includes('text/plain')) text = await (await item.getType('text/plain')).text();
      }
      await take({ files, text });
    },
    insertSvg,
    destroy: () => stop.abort(),
  };
}
