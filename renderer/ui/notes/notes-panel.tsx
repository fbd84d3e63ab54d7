/** Notes beside the board: one text that everyone on the board writes together. */
import {
  Bold,
  ChevronDown,
  Code,
  Download,
  FileInput,
  Italic,
  Link2,
  List,
  ListChecks,
  ListOrdered,
  type LucideIcon,
  Minus,
  Strikethrough,
  Underline,
} from 'lucide-react';
import type { Command } from 'prosemirror-state';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useServices } from '../context.ts';
import { CloseButton } from '../kit/close-button.tsx';
import { Icon } from '../kit/icon.tsx';
import { Menu, MenuRow } from '../kit/menu.tsx';
import { Tip } from '../kit/tip.tsx';
import { PANELS_CLOSED } from '../store.ts';
import { hasMark, insertRule, kindOf, linkAt, setKind, setLink, toggle } from './commands.ts';
import type { LineKind, MarkName } from './lines.ts';
import { isAddress } from './schema.ts';
import type { Notes } from './notes-editor.ts';
import { useNotes } from './use-notes.ts';

const XHTML = 'application/xhtml+xml';

const STYLES: readonly { readonly kind: LineKind; readonly label: TextKey; readonly shortcut?: string }[] = [
  { kind: 'p', label: 'notes.paragraph', shortcut: 'Mod+Alt+0' },
  { kind: 'h1', label: 'notes.heading1', shortcut: 'Mod+Alt+1' },
  { kind: 'h2', label: 'notes.heading2', shortcut: 'Mod+Alt+2' },
  { kind: 'h3', label: 'notes.heading3', shortcut: 'Mod+Alt+3' },
  { kind: 'quote', label: 'notes.quote' },
];
const LISTS: readonly {
  readonly kind: LineKind;
  readonly label: TextKey;
  readonly icon: LucideIcon;
  readonly shortcut: string;
}[] = [
  { kind: 'bullet', label: 'notes.bullet', icon: List, shortcut: 'Mod+Shift+8' },
  { kind: 'number', label: 'notes.number', icon: ListOrdered, shortcut: 'Mod+Shift+7' },
  { kind: 'check', label: 'notes.check', icon: ListChecks, shortcut: 'Mod+Shift+9' },
];
const MARKS: readonly {
  readonly mark: Exclude<MarkName, 'link'>;
  readonly label: TextKey;
  readonly icon: LucideIcon;
  readonly shortcut: string;
}[] = [
  { mark: 'strong', label: 'notes.bold', icon: Bold, shortcut: 'Mod+B' },
  { mark: 'em', label: 'notes.italic', icon: Italic, shortcut: 'Mod+I' },
  { mark: 'u', label: 'notes.underline', icon: Underline, shortcut: 'Mod+U' },
  { mark: 's', label: 'notes.strike', icon: Strikethrough, shortcut: 'Mod+Shift+X' },
  { mark: 'code', label: 'notes.code', icon: Code, shortcut: 'Mod+Shift+M' },
];

const LINK = { label: 'notes.link', icon: Link2, shortcut: 'Mod+K' } as const;

export function NotesPanel({ board }: { readonly board: string }) {
  const { t } = useTranslation();
  const { api, store, actions } = useServices();
  const place = useRef<HTMLDivElement>(null);
  const [linking, setLinking] = useState(false);
  const notes = useNotes(board, place, setLinking);
  const run = (command: Command): void => {
    if (!notes) return;
    command(notes.view.state, notes.view.dispatch);
    notes.view.focus();
  };
  const save = async (id: string): Promise<void> => {
    const { fileName, content } = await api.call('boards.export', { board: id, format: 'xhtml' });
    actions.files.save(fileName, content, XHTML);
    store.toast('info', t('notice.exported', { file: fileName }));
  };
  const read = async (id: string): Promise<void> => {
    const file = await actions.files.pick('.xhtml,.html,.htm,application/xhtml+xml,text/html');
    if (file === null) return;
    const { left } = await api.call('notes.import', { board: id, xhtml: await file.text() });
    notes?.view.focus();
    if (left > 0) store.toast('warn', t('notes.imported', { count: left }));
  };
  return (
    <aside className="floating side-panel notes" aria-label={t('notes.title')} data-region="panel">
      <header>
        <h2>{t('notes.title')}</h2>
        {notes?.status.canEdit && (
          <Tip text={t('notes.import')} side="bottom">
            <button
              type="button"
              className="icon-button medium"
              aria-label={t('notes.import')}
              onClick={() => void read(notes.id).catch(store.fail)}
            >
              <Icon of={FileInput} size={16} />
            </button>
          </Tip>
        )}
        <Tip text={t('notes.export')} side="bottom">
          <button
            type="button"
            className="icon-button medium"
            aria-label={t('notes.export')}
            disabled={!notes}
            onClick={() => notes && void save(notes.id).catch(store.fail)}
          >
            <Icon of={Download} size={16} />
          </button>
        </Tip>
        <CloseButton onClose={() => store.set(PANELS_CLOSED)} />
      </header>
      {notes?.status.canEdit && <Tools notes={notes} run={run} onLink={() => setLinking(!linking)} linking={linking} />}
      {notes && linking && (
        <LinkForm
          key={linkAt(notes.state)}
          href={linkAt(notes.state)}
          onDone={(href) => {
            setLinking(false);
            if (href === undefined) notes.view.focus();
            else run(setLink(href));
          }}
        />
      )}
      {notes?.status.canEdit === false && <p className="hint-line">{t('notes.readOnly')}</p>}
      <div className="page" onMouseDown={(event) => focusBelow(event, notes)}>
        <div ref={place} />
      </div>
    </aside>
  );
}

/** A press below the last line goes on there. */
function focusBelow(event: React.MouseEvent, notes: Notes | null): void {
  if (event.target !== event.currentTarget || !notes) return;
  event.preventDefault();
  notes.view.focus();
}

interface ToolsProps {
  readonly notes: Notes;
  readonly run: (command: Command) => void;
  readonly onLink: () => void;
  readonly linking: boolean;
}

function Tools({ notes: { state }, run, onLink, linking }: ToolsProps) {
  const { t } = useTranslation();
  const kind = kindOf(state);
  const style = STYLES.find((one) => one.kind === kind);
  return (
    <div className="tools" role="group" aria-label={t('notes.format')}>
      <Menu
        narrow
        trigger={
          <button type="button" className="style-button" aria-label={t('notes.style')}>
            <span className="ellipsis">{t(style?.label ?? 'notes.paragraph')}</span>
            <Icon of={ChevronDown} size={14} />
          </button>
        }
      >
        {STYLES.map(({ kind: to, label, shortcut }) => (
          <MenuRow key={to} label={t(label)} shortcut={shortcut} onChoose={() => kind !== to && run(setKind(to))} />
        ))}
        <MenuRow icon={Minus} label={t('notes.rule')} onChoose={() => run(insertRule)} />
      </Menu>
      {MARKS.map(({ mark, label, icon, shortcut }) => (
        <Tool key={mark} {...{ label, icon, shortcut }} on={hasMark(state, mark)} press={() => run(toggle(mark))} />
      ))}
      <Tool {...LINK} on={linking || linkAt(state) !== ''} press={onLink} />
      {LISTS.map(({ kind: to, label, icon, shortcut }) => (
        <Tool key={to} {...{ label, icon, shortcut }} on={kind === to} press={() => run(setKind(to))} />
      ))}
    </div>
  );
}

interface ToolProps {
  readonly label: TextKey;
  readonly icon: LucideIcon;
  readonly shortcut: string;
  readonly on: boolean;
  readonly press: () => void;
}

function Tool({ label, icon, shortcut, on, press }: ToolProps) {
  const { t } = useTranslation();
  return (
    <Tip text={t(label)} shortcut={shortcut} side="bottom">
      <button
        type="button"
        className="icon-button small"
        aria-label={t(label)}
        aria-pressed={on}
        // The text keeps its selection.
        onMouseDown={(event) => event.preventDefault()}
        onClick={press}
      >
        <Icon of={icon} size={16} />
      </button>
    </Tip>
  );
}

interface LinkFormProps {
  readonly href: string;
  /** The new address, empty for none; undefined when it stays as it is. */
  readonly onDone: (href?: string) => void;
}

function LinkForm({ href, onDone }: LinkFormProps) {
  const { t } = useTranslation();
  const [value, setValue] = useState(href);
  const [bad, setBad] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const address = value.trim();
    const whole = address === '' || /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
    if (whole !== '' && !isAddress(whole)) setBad(true);
    else onDone(whole);
  };
  return (
    <form className="link-form" onSubmit={submit}>
      <div className={bad ? 'field-box bad' : 'field-box'}>
        <input
          aria-label={t('notes.linkAddress')}
          aria-invalid={bad}
          placeholder="https://"
          dir="ltr"
          spellCheck={false}
          autoFocus
          value={value}
          onChange={(event) => setValue(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onDone();
          }}
        />
      </div>
      <button type="submit" className="button line small">
        {t('notes.linkSet')}
      </button>
      {href !== '' && (
        <button type="button" className="button small" onClick={() => onDone('')}>
          {t('notes.linkRemove')}
        </button>
      )}
      {bad && (
        <p className="error" role="alert">
          {t('notes.linkBad')}
        </p>
      )}
    </form>
  );
}
