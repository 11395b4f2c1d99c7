/** What came of the last action. */
import type { Action } from '../state/action.ts';

export function Said({ action }: { readonly action: Action }) {
  if (action.said === null) return null;
  return (
    <p role={action.failed ? 'alert' : 'status'} class="small">
      {action.failed ? <strong>{action.said}</strong> : action.said}
    </p>
  );
}
