/** Who else is here, and Share. */
import { NotebookPen, Presentation, Users } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Person } from '#api/contract.ts';
import { actionOf, perform } from '#renderer/actions/registry.ts';
import { useApp, useBoardState, useServices } from '../context.ts';
import { Avatar } from '../kit/avatar.tsx';
import { Icon } from '../kit/icon.tsx';
import { Tip } from '../kit/tip.tsx';

const SHOWN_WIDE = 5;
const SHOWN_NARROW = 4;

export function PeopleBar() {
  const { t } = useTranslation();
  const { actions } = useServices();
  const people = useBoardState((state) => state.people);
  const peopleOpen = useApp((state) => state.peopleOpen);
  const notesOpen = useApp((state) => state.notesOpen);
  const notes = actionOf('view.notes');
  const present = actionOf('view.present');
  const togglePeople = () => perform(actionOf('view.people'), actions);
  const others = people.filter((person) => !person.me);
  const mayPresent = useBoardState((state) => state.presenting.mayPresent) && others.length > 0;
  const mine = useBoardState((state) => state.presenting.part === 'presenting');
  return (
    <nav className="floating bar top-end" aria-label={t('board.region')} data-region="people">
      {others.length > 0 && (
        <>
          <button
            type="button"
            className="people-stack"
            aria-label={t('board.people', { count: people.length })}
            onClick={togglePeople}
          >
            <Stack people={others} />
          </button>
          <span className="divider" />
        </>
      )}
      <Tip text={t('notes.title')} shortcut={notes.shortcuts[0]} side="bottom">
        <button
          type="button"
          className="icon-button"
          aria-label={t('notes.title')}
          aria-pressed={notesOpen}
          onClick={() => perform(notes, actions)}
        >
          <Icon of={NotebookPen} />
        </button>
      </Tip>
      <Tip text={t('people.title')} side="bottom">
        <button
          type="button"
          className="icon-button"
          aria-label={t('people.title')}
          aria-pressed={peopleOpen}
          onClick={togglePeople}
        >
          <Icon of={Users} />
        </button>
      </Tip>
      {!mine && (
        <>
          <span className="divider" />
          {mayPresent && (
            <Tip text={t('action.present')} shortcut={present.shortcuts[0]} side="bottom">
              <button
                type="button"
                className="button line"
                aria-label={t('action.present')}
                onClick={() => perform(present, actions)}
              >
                <Icon of={Presentation} size={16} />
                <span className="wide-only">{t('action.present')}</span>
              </button>
            </Tip>
          )}
          <button type="button" className="button fill" onClick={() => perform(actionOf('file.share'), actions)}>
            {t('board.share')}
          </button>
        </>
      )}
    </nav>
  );
}

function Stack({ people }: { readonly people: readonly Person[] }) {
  const presenter = useBoardState((state) => state.presenting.presenter?.person);
  const extraWide = people.length - SHOWN_WIDE;
  const extraNarrow = people.length - SHOWN_NARROW;
  return (
    <>
      {people.slice(0, SHOWN_WIDE).map((person, index) =>
        index < SHOWN_NARROW ? (
          <Avatar key={person.id} person={person} presenting={person.id === presenter} />
        ) : (
          <span key={person.id} className="wide-only">
            <Avatar person={person} presenting={person.id === presenter} />
          </span>
        ),
      )}
      {extraWide > 0 && <More count={extraWide} className="wide-only" />}
      {extraNarrow > 0 && <More count={extraNarrow} className="narrow-only" />}
    </>
  );
}

function More({ count, className }: { readonly count: number; readonly className: string }) {
  return (
    <span className={`avatar more ${className}`} dir="ltr">
      +{count}
    </span>
  );
}
