/** Undo, redo, and how near one looks. */
import { type LucideIcon, Maximize, Minus, Plus, Redo2, Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ariaKeys } from '#renderer/actions/shortcuts.ts';
import { actionOf, perform } from '#renderer/actions/registry.ts';
import { useBoard, useBoardState, useServices } from '../context.ts';
import { Icon } from '../kit/icon.tsx';
import { ActionRow, Menu, MenuLine, MenuRow } from '../kit/menu.tsx';
import { Tip } from '../kit/tip.tsx';

const STOPS = [0.5, 2, 4] as const;

export function ZoomBar() {
  const { t } = useTranslation();
  const board = useBoard();
  const percent = useBoardState((state) => Math.round(state.zoom * 100));
  return (
    <div className="floating bar bottom-start" role="group" aria-label={t('board.historyAndZoom')} data-region="zoom">
      <ActionButton id="edit.undo" icon={Undo2} mirrored />
      <ActionButton id="edit.redo" icon={Redo2} mirrored />
      <span className="divider" />
      <ActionButton id="view.zoomOut" icon={Minus} className="wide-only" />
      <Menu
        side="top"
        trigger={
          <button type="button" className="button zoom-value" aria-label={t('board.zoom', { percent })} dir="ltr">
            {percent}%
          </button>
        }
      >
        <ActionRow id="view.zoomIn" />
        <ActionRow id="view.zoomOut" />
        <MenuLine />
        <ActionRow id="view.fit" />
        <ActionRow id="view.fitSelection" />
        <ActionRow id="view.zoomActual" />
        {STOPS.map((zoom) => (
          <MenuRow key={zoom} label={t('board.zoomTo', { percent: zoom * 100 })} onChoose={() => board.zoomTo(zoom)} />
        ))}
      </Menu>
      <ActionButton id="view.zoomIn" icon={Plus} className="wide-only" />
      <ActionButton id="view.fit" icon={Maximize} />
    </div>
  );
}

interface ActionButtonProps {
  readonly id: string;
  readonly icon: LucideIcon;
  readonly mirrored?: boolean;
  readonly className?: string;
}

/** An icon that does an action; off when the action is. */
export function ActionButton({ id, icon, mirrored = false, className = '' }: ActionButtonProps) {
  const { t } = useTranslation();
  const { actions } = useServices();
  const action = actionOf(id);
  const enabled = useBoardState(() => action.enabled(actions));
  const shortcut = action.shortcuts[0];
  return (
    <Tip text={t(action.label)} shortcut={shortcut}>
      <button
        type="button"
        className={`icon-button medium ${className}`}
        aria-label={t(action.label)}
        aria-keyshortcuts={shortcut && ariaKeys(shortcut)}
        disabled={!enabled}
        onClick={() => perform(action, actions)}
      >
        <Icon of={icon} size={16} mirrored={mirrored} />
      </button>
    </Tip>
  );
}
