/** Choosing a tool. */
import type { BoardController, ToolId } from '#renderer/board/controller.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { type Action, boardAction, mayEdit } from './action.ts';

const tools: readonly { tool: Exclude<ToolId, 'image' | 'region'>; label: TextKey; key: string; edits: boolean }[] = [
  { tool: 'select', label: 'tool.select', key: 'V', edits: false },
  { tool: 'hand', label: 'tool.hand', key: 'H', edits: false },
  { tool: 'pen', label: 'tool.pen', key: 'P', edits: true },
  { tool: 'eraser', label: 'tool.eraser', key: 'E', edits: true },
  { tool: 'line', label: 'tool.line', key: 'L', edits: true },
  { tool: 'arrow', label: 'tool.arrow', key: 'A', edits: true },
  { tool: 'rectangle', label: 'tool.rectangle', key: 'R', edits: true },
  { tool: 'ellipse', label: 'tool.ellipse', key: 'O', edits: true },
  { tool: 'text', label: 'tool.text', key: 'T', edits: true },
  { tool: 'laser', label: 'tool.laser', key: 'K', edits: false },
];

/** Others see a laser only of those who have voice. */
const maySpeak = ({ state }: BoardController): boolean => !state.people.some(({ me, role }) => me && role === 'viewer');

export const toolActions: readonly Action[] = [
  ...tools.map(({ tool, label, key, edits }) =>
    boardAction(
      { id: `tool.${tool}`, group: 'tools', label, shortcuts: [key] },
      (board) => board.setTool(tool),
      (board) => (edits ? mayEdit(board) : tool !== 'laser' || maySpeak(board)),
    ),
  ),
  {
    id: 'tool.image',
    group: 'tools',
    label: 'tool.image',
    shortcuts: ['I'],
    enabled: ({ board }) => board !== null && mayEdit(board),
    async run({ board, files }) {
      const file = await files.pick('image/*,.svg');
      if (!file || !board) return;
      if (file.type === 'image/svg+xml' || file.name.endsWith('.svg')) await board.insertSvg(await file.text());
      else await board.insertImage(file);
    },
  },
  boardAction({ id: 'tool.lock', group: 'tools', label: 'tool.lock', shortcuts: ['Q'] }, (board) =>
    board.setTool(board.state.tool, !board.state.toolLocked),
  ),
];
