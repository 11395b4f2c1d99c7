import type { Action } from '../state/action.ts';

/** The outcome of the last action: announced to screen readers, as an alert if it failed. */
export function ActionResult({ action }: { readonly action: Action }) {
  if (action.message === null) return null;
  return (
    <p role={action.failed ? 'alert' : 'status'} class="small">
      {action.failed ? <strong>{action.message}</strong> : action.message}
    </p>
  );
}
