/** A form that the app sends itself, and says at the field what was wrong. */
import type { ReactNode } from 'react';

export interface FieldError<F extends string> {
  readonly field: F;
  readonly message: string;
}

/** The sentence for this field, if it is the one at fault. */
export function errorAt<F extends string>(error: FieldError<F> | null, field: F): string | undefined {
  return error?.field === field ? error.message : undefined;
}

export interface FormProps {
  readonly onSubmit: () => Promise<void>;
  readonly children: ReactNode;
}

export function Form({ onSubmit, children }: FormProps) {
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void onSubmit();
      }}
    >
      {children}
    </form>
  );
}
