/** Every shortcut, by group. */
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActionGroup } from '#renderer/actions/action.ts';
import { actions } from '#renderer/actions/registry.ts';
import type { TextKey } from '#renderer/i18n/i18n.ts';
import { useServices } from './context.ts';
import { Dialog } from './kit/dialog.tsx';
import { Keys } from './kit/keys.tsx';

const groups: readonly { group: ActionGroup; title: TextKey }[] = [
  { group: 'tools', title: 'shortcuts.tools' },
  { group: 'edit', title: 'shortcuts.edit' },
  { group: 'arrange', title: 'shortcuts.arrange' },
  { group: 'view', title: 'shortcuts.view' },
  { group: 'file', title: 'shortcuts.file' },
];
/** What is shown where listing every shortcut would say the same four times. */
const NUDGES: Readonly<Record<string, readonly string[]>> = {
  'edit.nudge': ['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'],
  'edit.nudgeFar': ['Shift+ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'],
};

export function ShortcutsDialog() {
  const { t } = useTranslation();
  const { store } = useServices();
  return (
    <Dialog title={t('shortcuts.title')} size="wide" onClose={() => store.set({ dialog: null })}>
      <div className="dialog-body shortcut-groups">
        {groups.map(({ group, title }) => (
          <section key={group}>
            <h3>{t(title)}</h3>
            <dl>
              {actions
                .filter((action) => action.group === group && action.shortcuts.length > 0)
                .map((action) => (
                  <div className="row" key={action.id}>
                    <dt>{t(action.label)}</dt>
                    <dd>
                      {(NUDGES[action.id] ?? action.shortcuts.slice(0, 2)).map((shortcut, index) => (
                        <Fragment key={shortcut}>
                          {index > 0 && action.shortcuts.length === 2 && <span>{t('shortcuts.or')}</span>}
                          <Keys of={shortcut} />
                        </Fragment>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
