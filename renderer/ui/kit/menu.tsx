/**
 * Menus. They are not modal: Radix would inject a style element to stop scrolling, and nothing behind them scrolls.
 * What a row does happens after the menu has closed and the focus is back, so that it may open a dialog or a file picker.
 */
import { Check, ChevronRight, type LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { createContext, type ReactElement, type ReactNode, useContext, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { actionOf, perform } from '#renderer/actions/registry.ts';
import { useServices } from '../context.ts';
import { Icon } from './icon.tsx';
import { KeysText } from './keys.tsx';

const Later = createContext<(run: () => void) => void>((run) => run());

export interface MenuProps {
  readonly trigger: ReactElement;
  readonly side?: 'top' | 'bottom';
  readonly align?: 'start' | 'center' | 'end';
  readonly narrow?: boolean;
  readonly children: ReactNode;
}

export function Menu({ trigger, side = 'bottom', align = 'start', narrow = false, children }: MenuProps) {
  const chosen = useRef<(() => void) | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef<Element | null>(null);
  const noteFocus = (open: boolean): void => {
    if (open) before.current = document.activeElement;
  };
  /** To where the focus was: the button for those who opened the menu by key, the board for those who pressed it. */
  const returnFocus = (): void => {
    const { activeElement } = document;
    if (activeElement && activeElement !== document.body && !activeElement.closest('[role="menu"]')) return;
    const target = before.current;
    if (target instanceof HTMLElement && target !== document.body && target.isConnected) target.focus();
    else button.current?.focus();
  };
  return (
    <DropdownMenu.Root modal={false} onOpenChange={noteFocus}>
      <DropdownMenu.Trigger asChild ref={button}>
        {trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={narrow ? 'menu narrow' : 'menu'}
          side={side}
          align={align}
          sideOffset={narrow ? 4 : 12}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            const run = chosen.current;
            chosen.current = null;
            event.preventDefault();
            returnFocus();
            run?.();
          }}
        >
          <Later.Provider
            value={(run) => {
              chosen.current = run;
            }}
          >
            {children}
          </Later.Provider>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export interface MenuRowProps {
  readonly icon?: LucideIcon;
  readonly label: string;
  readonly shortcut?: string | undefined;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  readonly onChoose: () => void;
}

export function MenuRow({ icon, label, shortcut, disabled = false, danger = false, onChoose }: MenuRowProps) {
  const later = useContext(Later);
  return (
    <DropdownMenu.Item
      className={danger ? 'menu-item danger' : 'menu-item'}
      disabled={disabled}
      onSelect={() => later(onChoose)}
    >
      {icon && <Icon of={icon} size={16} />}
      <span>{label}</span>
      {shortcut !== undefined && <KeysText of={shortcut} />}
    </DropdownMenu.Item>
  );
}

/** A row that does an action, with the action's own name and key. */
export function ActionRow({ id, icon }: { readonly id: string; readonly icon?: LucideIcon }) {
  const { t } = useTranslation();
  const { actions } = useServices();
  const action = actionOf(id);
  return (
    <MenuRow
      {...(icon && { icon })}
      label={t(action.label)}
      shortcut={action.shortcuts[0]}
      disabled={!action.enabled(actions)}
      onChoose={() => perform(action, actions)}
    />
  );
}

export function MenuLine() {
  return <DropdownMenu.Separator className="menu-line" />;
}

export interface MenuChoiceProps<T extends string> {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly lang?: string }[];
  readonly onChoose: (value: T) => void;
}

/** A row that opens a list of which one is chosen. */
export function MenuChoice<T extends string>({ icon, label, value, options, onChoose }: MenuChoiceProps<T>) {
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className="menu-item">
        <Icon of={icon} size={16} />
        <span>{label}</span>
        <span className="trailing">
          <Icon of={ChevronRight} size={14} mirrored />
        </span>
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal>
        <DropdownMenu.SubContent className="menu narrow" sideOffset={4} collisionPadding={8}>
          <DropdownMenu.RadioGroup value={value}>
            {options.map((option) => (
              <DropdownMenu.RadioItem
                key={option.value}
                className="menu-item"
                value={option.value}
                lang={option.lang}
                onSelect={() => onChoose(option.value)}
              >
                <span className="menu-mark">
                  <DropdownMenu.ItemIndicator>
                    <Icon of={Check} size={16} />
                  </DropdownMenu.ItemIndicator>
                </span>
                <span>{option.label}</span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  );
}
