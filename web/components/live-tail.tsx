import { useEffect } from 'preact/hooks';
import { count, plural } from '../../ingest/text/quantities.ts';
import type { LiveFilter } from '../state/live-invocations.ts';
import { useLiveInvocations } from '../state/live-invocations.ts';
import { InvocationTable } from './invocation-table.tsx';

const STATES = {
  connecting: 'connecting …',
  open: 'connected',
  broken: 'connection lost, retrying …',
} as const;

/** Lists invocations as they are stored. New ones are held back behind a button, so that rows do not move while read. */
export function LiveTail({ path, filter }: { readonly path: string; readonly filter: LiveFilter }) {
  const live = useLiveInvocations(path, filter);
  const empty = live.rows.length === 0;
  // Nothing can move in an empty list.
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
            {plural(live.notSent, 'invocation')} not listed: too many at once. All are stored.
          </span>
        )}
      </p>
      {empty ? (
        <p class="soft">No new invocations yet. They appear here as they are stored.</p>
      ) : (
        <InvocationTable rows={live.rows} />
      )}
    </>
  );
}
