/** One line that says what the tool does, and which keys change it. */
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ToolId } from '#renderer/board/controller.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useBoardState, useServices } from '../context.ts';
import { Keys } from '../kit/keys.tsx';

interface HintText {
  readonly does: TextKey;
  readonly keys: readonly { readonly key: string; readonly text: TextKey }[];
}

const SHIFT_STRAIGHT = { key: 'Shift', text: 'hint.straight' } as const;
const SHIFT_REGULAR = { key: 'Shift', text: 'hint.regular' } as const;
const ALT_CENTRE = { key: 'Alt', text: 'hint.fromCentre' } as const;
const PAN = { key: 'Space', text: 'hint.pan' } as const;
const LOCK = { key: 'Q', text: 'hint.lock' } as const;
const DONE = { key: 'Escape', text: 'hint.back' } as const;

const hints: Readonly<Record<ToolId, HintText>> = {
  select: { does: 'hint.select', keys: [{ key: 'Shift', text: 'hint.add' }, PAN] },
  hand: { does: 'hint.hand', keys: [DONE] },
  pen: { does: 'hint.pen', keys: [SHIFT_STRAIGHT, DONE] },
  eraser: { does: 'hint.eraser', keys: [DONE] },
  line: { does: 'hint.line', keys: [SHIFT_STRAIGHT, LOCK] },
  arrow: { does: 'hint.line', keys: [SHIFT_STRAIGHT, LOCK] },
  rectangle: { does: 'hint.shape', keys: [SHIFT_REGULAR, ALT_CENTRE, LOCK] },
  ellipse: { does: 'hint.shape', keys: [SHIFT_REGULAR, ALT_CENTRE, LOCK] },
  text: { does: 'hint.text', keys: [DONE] },
  laser: { does: 'hint.laser', keys: [DONE] },
  region: { does: 'hint.region', keys: [DONE] },
  image: { does: 'hint.select', keys: [DONE] },
};

export function Hint({ board, empty }: { readonly board: string; readonly empty: boolean }) {
  const { t } = useTranslation();
  const tool = useBoardState((state) => state.tool);
  const editing = useBoardState((state) => state.editingText);
  const canEdit = useBoardState((state) => state.status.canEdit);
  const whole = useBoardState((state) => state.status.complete?.whole ?? false);
  const following = useBoardState(
    ({ presenting }) => presenting.part === 'following' && presenting.presenter?.held === false,
  );
  const stillEmpty = useStillEmpty(board, empty);
  if (editing) {
    return (
      <Line>
        <span>{t('hint.editing')}</span>
        <span>
          <Keys of="Escape" />
          {t('hint.back')}
        </span>
      </Line>
    );
  }
  if (following && tool === 'select') {
    return (
      <Line>
        <span>{t('hint.following')}</span>
      </Line>
    );
  }
  if (whole) {
    return (
      <Line>
        <span>{t('complete.board')}</span>
      </Line>
    );
  }
  if (stillEmpty && canEdit && tool === 'select') {
    return (
      <Line>
        <span>{t('board.empty', { key: 'P' })}</span>
      </Line>
    );
  }
  const hint = hints[tool];
  return (
    <Line>
      <span>{t(hint.does)}</span>
      {hint.keys.map(({ key, text }) => (
        <span key={key}>
          <Keys of={key} />
          {t(text)}
        </span>
      ))}
    </Line>
  );
}

function Line({ children }: { readonly children: ReactNode }) {
  return (
    <div className="hint">
      <p>{children}</p>
    </div>
  );
}

/** Until the first change of the board's document. */
function useStillEmpty(board: string, empty: boolean): boolean {
  const { api } = useServices();
  const [untouched, setUntouched] = useState(empty);
  useEffect(
    () =>
      api.on('changes', (event) => {
        if (event.board === board && event.changes.length > 0) setUntouched(false);
      }),
    [api, board],
  );
  return untouched;
}
