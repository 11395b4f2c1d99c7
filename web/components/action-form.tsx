import type { ComponentChildren } from 'preact';
import type { Action } from '../state/action.ts';
import { ActionResult } from './action-result.tsx';

/** A row of fields with a submit button, and the outcome of the last submit below. */
export function ActionForm({
  action,
  submit,
  onSubmit,
  children,
}: {
  readonly action: Action;
  /** Label of the submit button: a verb. */
  readonly submit: string;
  readonly onSubmit: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <>
      <form
        class="controls"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        <button type="submit" class="primary" disabled={action.busy}>
          {submit}
        </button>
      </form>
      <ActionResult action={action} />
    </>
  );
}
