/** A labelled text field with its reason below when it is bad, and help below that. */
import { CircleAlert, Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from './icon.tsx';

export interface FieldProps
  extends Pick<
    ComponentProps<'input'>,
    'autoComplete' | 'placeholder' | 'name' | 'inputMode' | 'list' | 'maxLength' | 'readOnly'
  > {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'password';
  readonly error?: string | undefined;
  readonly help?: string | undefined;
  readonly focused?: boolean;
  readonly icon?: ReactNode;
  /** What stands in one line with the box: its button. */
  readonly beside?: ReactNode;
  /** Text that runs left to right in any language: addresses, passwords. */
  readonly latin?: boolean;
}

export function Field(props: FieldProps) {
  const {
    label,
    value,
    onValue,
    type = 'text',
    error,
    help,
    focused = false,
    icon,
    beside,
    latin = false,
    ...rest
  } = props;
  const { t } = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    if (error !== undefined || focused) input.current?.focus();
  }, [error, focused]);
  const box = (
    <div className={error === undefined ? 'field-box' : 'field-box bad'}>
      {icon}
      <input
        {...rest}
        ref={input}
        id={id}
        type={visible ? 'text' : type}
        value={value}
        dir={latin && value !== '' ? 'ltr' : undefined}
        spellCheck={false}
        autoCapitalize="none"
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-error ${id}-help`}
        onChange={(event) => onValue(event.target.value)}
      />
      {type === 'password' && (
        <button
          type="button"
          className="icon-button small"
          aria-label={t('signIn.showPassword')}
          aria-pressed={visible}
          onClick={() => setVisible(!visible)}
        >
          <Icon of={visible ? EyeOff : Eye} size={16} />
        </button>
      )}
    </div>
  );
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {beside === undefined ? (
        box
      ) : (
        <div className="copy-row">
          {box}
          {beside}
        </div>
      )}
      {error !== undefined && (
        <p className="error" role="alert" id={`${id}-error`}>
          <Icon of={CircleAlert} size={14} />
          <span>{error}</span>
        </p>
      )}
      {help !== undefined && (
        <p className="help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}
