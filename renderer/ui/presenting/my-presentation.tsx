/** What a presenter sees of it: how many follow, who doesn't, and how to hold, narrow and end it. */
import { ChevronDown, Frame, Maximize, Pause, Play, Presentation } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { actionOf, perform } from '#renderer/actions/registry.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useBoard, useBoardState, useServices } from '../context.ts';
import { focusBoard } from '../focus-board.ts';
import { Avatar } from '../kit/avatar.tsx';
import { Icon } from '../kit/icon.tsx';
import { Keys } from '../kit/keys.tsx';
import { Tip } from '../kit/tip.tsx';

const HOW: Readonly<Record<'asked' | 'away' | 'declined', TextKey>> = {
  asked: 'presenting.asked',
  away: 'presenting.away',
  declined: 'presenting.declined',
};

export function MyPresentation() {
  const { t } = useTranslation();
  const board = useBoard();
  const { actions } = useServices();
  const of = useBoardState((state) => state.presenting.audience.length);
  const count = useBoardState((state) => state.presenting.audience.filter(({ how }) => how === 'following').length);
  const held = useBoardState((state) => state.presenting.presenter?.held === true);
  const mayHold = useBoardState((state) => state.presenting.mayHold);
  const hold = actionOf('view.hold');
  const stop = actionOf('view.present');
  const says = of === 0 ? t('presenting.nobody') : t('presenting.count', { count, of });
  return (
    <section className="floating view-pill" aria-label={t('presenting.title')} data-region="presenting">
      <p className="sr-only" role="status">
        {says}
      </p>
      <span className="view-title mine">
        <Icon of={Presentation} size={16} />
        <span className="wide-only">{t('presenting.title')}</span>
      </span>
      <Popover.Root>
        <Popover.Trigger asChild>
          <button type="button" className="button small numbers">
            {says}
            <Icon of={ChevronDown} size={14} />
          </button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            className="menu view-audience"
            aria-label={t('presenting.notFollowing')}
            sideOffset={12}
            collisionPadding={8}
            // What can be done, not the list that only scrolls.
            onOpenAutoFocus={(event) => {
              event.preventDefault();
              if (event.target instanceof HTMLElement) event.target.querySelector('button')?.focus();
            }}
          >
            <Audience />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <span className="divider" />
      {mayHold && (
        <button type="button" className="button small line" onClick={() => perform(hold, actions)}>
          <Icon of={held ? Play : Pause} size={16} />
          {t(held ? 'presenting.release' : 'presenting.hold')}
          <span className="view-keys wide-only" aria-hidden>
            <Keys of={hold.shortcuts[0] ?? ''} />
          </span>
        </button>
      )}
      <Tip text={t('presenting.stop')} shortcut={stop.shortcuts[0]} side="bottom">
        <button
          type="button"
          className="button small danger"
          onClick={() => {
            board.present('stop');
            focusBoard();
          }}
        >
          {t('presenting.stop')}
        </button>
      </Tip>
    </section>
  );
}

function Audience() {
  const { t } = useTranslation();
  const board = useBoard();
  const audience = useBoardState((state) => state.presenting.audience);
  const people = useBoardState((state) => state.people);
  const region = useBoardState((state) => state.presenting.presenter?.region === true);
  const elsewhere = audience.flatMap(({ person: id, how }) => {
    const person = people.find((one) => one.id === id);
    return person && how !== 'following' ? [{ person, how }] : [];
  });
  return (
    <>
      {audience.length > 0 && (
        <h2 className="label">
          {elsewhere.length === 0 ? t('presenting.everyone') : t('presenting.notFollowing')}
          {elsewhere.length > 0 && <span className="secondary numbers">{elsewhere.length}</span>}
        </h2>
      )}
      {elsewhere.length > 0 && (
        <>
          {/* A list that scrolls must be reachable by key. */}
          <ul tabIndex={0} aria-label={t('presenting.notFollowing')}>
            {elsewhere.map(({ person, how }) => (
              <li key={person.id} className="person">
                <Avatar person={person} size="medium" />
                <div className="grow">
                  <div className="person-name">
                    <span className="ellipsis" dir="auto">
                      {person.name}
                    </span>
                  </div>
                  <div className="small secondary">{t(HOW[how])}</div>
                </div>
              </li>
            ))}
          </ul>
          <Popover.Close asChild>
            <button type="button" className="button soft wide" onClick={() => board.present('ask')}>
              {t('presenting.askAll')}
            </button>
          </Popover.Close>
        </>
      )}
      {audience.length > 0 && <hr className="menu-line" />}
      <Popover.Close asChild>
        <button type="button" className="menu-item" onClick={() => board.setTool('region')}>
          <Icon of={Frame} size={16} />
          {t('action.region')}
        </button>
      </Popover.Close>
      {region && (
        <Popover.Close asChild>
          <button type="button" className="menu-item" onClick={() => board.present('whole')}>
            <Icon of={Maximize} size={16} />
            {t('presenting.whole')}
          </button>
        </Popover.Close>
      )}
    </>
  );
}
