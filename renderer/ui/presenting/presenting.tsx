/** Presenting, around the board: a border in the presenter's hue, and pills that say what happens and what can be done. */
import { CornerUpLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Person } from '#api/contract.ts';
import { actionOf } from '#renderer/actions/registry.ts';
import type { PresentVerb } from '#renderer/board/controller.ts';
import { useBoard, useBoardState } from '../context.ts';
import { focusBoard } from '../focus-board.ts';
import { Avatar } from '../kit/avatar.tsx';
import { Icon } from '../kit/icon.tsx';
import { Keys } from '../kit/keys.tsx';
import { MyPresentation } from './my-presentation.tsx';

type Part = 'asked' | 'following' | 'away' | 'declined';

export function Presenting() {
  const part = useBoardState((state) => state.presenting.part);
  const by = useBoardState((state) => state.presenting.presenter?.person);
  const person = useBoardState((state) => state.people.find(({ id }) => id === by));
  return (
    <>
      {part === 'presenting' && <div className="view-edge mine" aria-hidden />}
      {person && (part === 'following' || part === 'away') && (
        <div className={`view-edge hue-${person.colour}${part === 'away' ? ' dashed' : ''}`} aria-hidden />
      )}
      <div className="view-pills">
        {part === 'presenting' && <MyPresentation />}
        {person && part !== 'presenting' && part !== 'none' && <Theirs person={person} part={part} />}
        <PointedOut />
      </div>
    </>
  );
}

/** Does it, and gives the keys to the board, since the button is about to go. */
function useVerb(): (verb: PresentVerb) => () => void {
  const board = useBoard();
  return (verb) => () => {
    board.present(verb);
    focusBoard();
  };
}

function Theirs({ person, part }: { readonly person: Person; readonly part: Part }) {
  const { t } = useTranslation();
  const verb = useVerb();
  const held = useBoardState((state) => state.presenting.presenter?.held === true);
  const { name } = person;
  const says = part === 'asked' ? 'presenting.invites' : held ? 'presenting.holds' : 'presenting.following';
  const isIn = part === 'asked' || part === 'following';
  return (
    <>
      {/* It outlives the pills, so that every change of it is read out. */}
      <p className="sr-only" role="status">
        {isIn && t(says, { name })}
      </p>
      {isIn ? (
        <section
          className={`floating view-pill hue-${person.colour}`}
          aria-label={t(says, { name })}
          data-region="presenting"
          onKeyDown={(event) => {
            if (event.key === 'Escape' && !held) verb('decline')();
          }}
        >
          <Avatar person={person} size="medium" />
          <span className="view-title">{t(says, { name })}</span>
          {part === 'asked' && (
            <>
              <button type="button" className="button small fill" onClick={verb('follow')}>
                {t('presenting.accept')}
                <Shortcut of={actionOf('view.follow').shortcuts[0]} />
              </button>
              <button type="button" className="button small quiet" onClick={verb('decline')}>
                {t('presenting.notNow')}
                <Shortcut of="Escape" />
              </button>
            </>
          )}
          {part === 'following' && !held && (
            <>
              <span className="divider" />
              <button type="button" className="button small quiet" onClick={verb('decline')}>
                {t('presenting.stop')}
                <Shortcut of="Escape" />
              </button>
            </>
          )}
        </section>
      ) : (
        <section
          className={`floating view-pill back hue-${person.colour}`}
          aria-label={t('action.follow')}
          data-region="presenting"
        >
          <button type="button" onClick={verb('follow')}>
            <Avatar person={person} size="medium" />
            {t(part === 'away' ? 'presenting.return' : 'presenting.followName', { name })}
            <Icon of={CornerUpLeft} size={16} mirrored />
          </button>
        </section>
      )}
    </>
  );
}

function Shortcut({ of: shortcut }: { readonly of: string | undefined }) {
  return shortcut === undefined ? null : (
    <span className="view-keys" aria-hidden>
      <Keys of={shortcut} />
    </span>
  );
}

/** Somebody would have me look at something. */
function PointedOut() {
  const { t } = useTranslation();
  const verb = useVerb();
  const offer = useBoardState((state) => state.pointedOut);
  const person = useBoardState((state) => state.people.find(({ id }) => id === state.pointedOut?.person));
  const says = person && t('presenting.points', { name: person.name });
  return (
    <>
      <p className="sr-only" role="status">
        {offer && says}
      </p>
      {offer && person && (
        <section className="floating view-pill" aria-label={says} data-region="pointed-out">
          <Avatar person={person} size="medium" />
          <span className="view-title">{says}</span>
          <button type="button" className="button small fill" onClick={verb('look')}>
            {t('presenting.look')}
          </button>
          <button type="button" className="button small quiet" onClick={verb('ignore')}>
            {t('presenting.notNow')}
          </button>
        </section>
      )}
    </>
  );
}
