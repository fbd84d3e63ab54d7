/** The tools, each over its key. */
import {
  ArrowUpRight,
  Circle,
  Eraser,
  Hand,
  Image,
  Lock,
  type LucideIcon,
  MousePointer2,
  Pencil,
  Slash,
  Square,
  Type,
  WandSparkles,
} from 'lucide-react';
import { Toolbar as Bar } from 'radix-ui';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { actionOf, perform } from '#renderer/actions/registry.ts';
import type { ToolId } from '#renderer/board/controller.ts';
import { useBoard, useBoardState, useServices } from '../context.ts';
import { Icon } from '../kit/icon.tsx';
import { Tip } from '../kit/tip.tsx';

const groups: readonly (readonly { tool: ToolId; icon: LucideIcon }[])[] = [
  [
    { tool: 'select', icon: MousePointer2 },
    { tool: 'hand', icon: Hand },
  ],
  [
    { tool: 'pen', icon: Pencil },
    { tool: 'eraser', icon: Eraser },
  ],
  [
    { tool: 'line', icon: Slash },
    { tool: 'arrow', icon: ArrowUpRight },
    { tool: 'rectangle', icon: Square },
    { tool: 'ellipse', icon: Circle },
    { tool: 'text', icon: Type },
    { tool: 'image', icon: Image },
  ],
  [{ tool: 'laser', icon: WandSparkles }],
];

export function Toolbar() {
  const { t } = useTranslation();
  return (
    <div className="toolbar-place">
      <Bar.Root className="toolbar" aria-label={t('board.tools')} data-region="tools">
        {groups.map((group, index) => (
          <Fragment key={group[0]?.tool}>
            {index > 0 && <Bar.Separator className="divider" />}
            {group.map(({ tool, icon }) => (
              <ToolButton key={tool} tool={tool} icon={icon} />
            ))}
          </Fragment>
        ))}
      </Bar.Root>
    </div>
  );
}

function ToolButton({ tool, icon }: { readonly tool: ToolId; readonly icon: LucideIcon }) {
  const { t } = useTranslation();
  const { actions } = useServices();
  const board = useBoard();
  const active = useBoardState((state) => state.tool === tool);
  const locked = useBoardState((state) => state.tool === tool && state.toolLocked);
  const action = actionOf(`tool.${tool}`);
  const enabled = useBoardState(() => action.enabled(actions));
  const key = action.shortcuts[0] ?? '';
  return (
    <Tip text={t(action.label)} shortcut={key}>
      <Bar.Button
        className="tool"
        aria-label={t(action.label)}
        aria-pressed={active}
        aria-keyshortcuts={key}
        disabled={!enabled}
        data-tool={tool}
        onClick={() => perform(action, actions)}
        onDoubleClick={() => board.setTool(tool, true)}
      >
        <Icon of={icon} />
        <small aria-hidden>{key}</small>
        {locked && <Lock className="tool-lock" aria-hidden />}
      </Bar.Button>
    </Tip>
  );
}
