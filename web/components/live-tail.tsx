/** Invocations as they come in. New ones wait above the list until they are asked for. */
import { useEffect } from 'preact/hooks';
import { count, plural } from '../format.ts';
import type { LiveFilter } from '../state/live-invocations.ts';
import { useLiveInvocations } from '../state/live-invocations.ts';
import { InvocationTable } from './invocation-table.tsx';

const STATES = {
  connecting: 'connecting …',
  open: 'listening',
  broken: 'the connection broke: it is tried again',
} as const;

export function LiveTail({ path, filter }: { readonly path: string; readonly filter: LiveFilter }) {
  const live = useLiveInvocations(path, filter);
  const empty = live.shown.length === 0;
  // Nobody reads an empty list: what comes first is shown at once.
  useEffect(() => {
    if (empty && live.waiting > 0) live.show();
  }, [empty, live.waiting]);
  return (
    <>
      <p class="live" role="status">
        <span class={`badge ${live.state === 'open' ? 'good' : live.state === 'broken' ? 'bad' : ''}`}>
          {STATES[live.state]}
        </span>
        {!empty && live.waiting > 0 && (
          <button type="button" class="primary" onClick={live.show}>
            {count(live.waiting)} new ↑
          </button>
        )}
        {live.notSent > 0 && (
          <span class="soft small">
            {plural(live.notSent, 'invocation')} came too fast to be listed; all are stored.
          </span>
        )}
      </p>
      {empty ? (
        <p class="soft">Nothing has come since you began to listen. What is stored from now on appears here.</p>
      ) : (
        <InvocationTable rows={live.shown} />
      )}
    </>
  );
}
