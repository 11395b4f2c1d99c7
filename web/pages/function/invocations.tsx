/** The invocations tab: newest first, filtered, in pages; or live, as they are stored. */
import type { InvocationsAnswer } from '../../../server/http/contract/invocations.ts';
import { useQuery } from '../../api/use-query.ts';
import { InvocationTable } from '../../components/invocation-table.tsx';
import { LiveTail } from '../../components/live-tail.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import type { LiveFilter } from '../../state/live-invocations.ts';
import { setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

const STATUSES = ['', 'success', 'timeout', 'error', 'oom', 'exit'] as const;

export function Invocations({ id }: { readonly id: string }) {
  const view = useView();
  const live = view.query.get('live') === '1';
  return (
    <section class="panel" aria-label="Invocations">
      <div class="head">
        <label class="small">
          Status{' '}
          <select
            value={view.query.get('status') ?? ''}
            onChange={(event) => setSearchParams({ status: event.currentTarget.value, cursor: null })}
          >
            {STATUSES.map((status) => (
              <option value={status}>{status === '' ? 'any' : status}</option>
            ))}
          </select>
        </label>
        <label class="small">
          <input
            type="checkbox"
            checked={view.query.get('cold') === 'true'}
            onChange={(event) => setSearchParams({ cold: event.currentTarget.checked ? 'true' : null, cursor: null })}
          />{' '}
          cold starts only
        </label>
        <label class="small">
          longer than{' '}
          <input
            type="number"
            min="0"
            size={8}
            value={view.query.get('minDurationMs') ?? ''}
            onChange={(event) => setSearchParams({ minDurationMs: event.currentTarget.value, cursor: null })}
          />{' '}
          ms
        </label>
        <div class="grow" />
        <button
          type="button"
          aria-pressed={live}
          onClick={() => setSearchParams({ live: live ? null : '1', cursor: null })}
        >
          Live
        </button>
      </div>
      {live ? <LiveTail path={liveSource(id, view.query)} filter={liveFilter(view.query)} /> : <Stored id={id} />}
    </section>
  );
}

function liveSource(id: string, chosen: URLSearchParams): string {
  const query = new URLSearchParams({ function: id });
  if (chosen.get('cold') === 'true') query.set('cold', 'true');
  if (!['', 'success'].includes(chosen.get('status') ?? '')) query.set('failed', 'true');
  return `/api/v1/live?${query}`;
}

/** The stream tells failed from not; which status, and how long, is looked at here. */
function liveFilter(chosen: URLSearchParams): LiveFilter {
  return { status: chosen.get('status') ?? '', minDurationMs: Number(chosen.get('minDurationMs') ?? 0) || 0 };
}

function Stored({ id }: { readonly id: string }) {
  const view = useView();
  const query = new URLSearchParams(view.rangeQuery);
  query.set('function', id);
  for (const key of ['status', 'cold', 'minDurationMs', 'cursor']) {
    const value = view.query.get(key);
    if (value !== null) query.set(key, value);
  }
  const answer = useQuery<InvocationsAnswer>(`/api/v1/invocations?${query}`);
  const data = answer.data;
  return (
    <>
      <ErrorBanner result={answer} what="Invocations" />
      {data !== null && data.items.length === 0 && (
        <EmptyState title="No invocation matches">
          <button
            type="button"
            class="primary"
            onClick={() => setSearchParams({ status: null, cold: null, minDurationMs: null, cursor: null })}
          >
            Clear the filters
          </button>
        </EmptyState>
      )}
      {data !== null && data.items.length > 0 && <InvocationTable rows={data.items} />}
      {data !== null && (
        <p class="controls">
          {view.query.get('cursor') !== null && (
            <button type="button" onClick={() => setSearchParams({ cursor: null })}>
              ← Newest
            </button>
          )}
          {data.nextCursor !== null && (
            <button type="button" onClick={() => setSearchParams({ cursor: data.nextCursor })}>
              Older →
            </button>
          )}
        </p>
      )}
    </>
  );
}
