/** A line of fields with a button that does something with them, and what came of it. */
import type { ComponentChildren } from 'preact';
import type { Action } from '../state/action.ts';
import { Said } from './action-result.tsx';

export function ActionForm({
  action,
  submit,
  onSubmit,
  children,
}: {
  readonly action: Action;
  /** What the button says. */
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
      <Said action={action} />
    </>
  );
}
