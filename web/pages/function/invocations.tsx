import { oneOf } from '../../api/one-of.ts';
import { addressOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { INVOCATION_SORTS, InvocationTable } from '../../components/invocation-table.tsx';
import { LiveTail } from '../../components/live-tail.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { codeText } from '../../i18n/server-texts.ts';
import { t } from '../../i18n/translate.ts';
import type { LiveFilter } from '../../state/live-invocations.ts';
import { setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

const STATUSES = ['success', 'timeout', 'error', 'oom', 'exit'] as const;

/** The Invocations tab: newest first or by a number, filtered, in pages; or live, as they are stored. */
export function Invocations({ id, tenants }: { readonly id: string; readonly tenants: boolean }) {
  const view = useView();
  const live = view.query.get('live') === '1';
  return (
    <section class="panel" aria-label={t('Invocations')}>
      <div class="head">
        <label class="small">
          {t('Status')}{' '}
          <select
            value={view.query.get('status') ?? ''}
            onChange={(event) => setSearchParams({ status: event.currentTarget.value, cursor: null })}
          >
            <option value="">{t('any')}</option>
            {STATUSES.map((status) => (
              <option value={status}>{codeText(status)}</option>
            ))}
          </select>
        </label>
        <label class="small">
          <input
            type="checkbox"
            checked={view.query.get('cold') === 'true'}
            onChange={(event) => setSearchParams({ cold: event.currentTarget.checked ? 'true' : null, cursor: null })}
          />{' '}
          {t('cold starts only')}
        </label>
        <label class="small">
          <input
            type="checkbox"
            checked={view.query.get('traced') === 'true'}
            onChange={(event) =>
              setSearchParams({ traced: event.currentTarget.checked ? 'true' : null, cursor: null, live: null })
            }
          />{' '}
          {t('traced only')}
        </label>
        <label class="small">
          {t('longer than')}{' '}
          <input
            type="number"
            min="0"
            size={8}
            value={view.query.get('minDurationMs') ?? ''}
            onChange={(event) => setSearchParams({ minDurationMs: event.currentTarget.value, cursor: null })}
          />{' '}
          ms
        </label>
        {tenants && (
          <label class="small">
            {t('Tenant')}{' '}
            <input
              type="text"
              size={12}
              value={view.query.get('tenant') ?? ''}
              onChange={(event) => setSearchParams({ tenant: event.currentTarget.value || null, cursor: null })}
            />
          </label>
        )}
        <div class="grow" />
        <button
          type="button"
          aria-pressed={live}
          onClick={() => setSearchParams({ live: live ? null : '1', cursor: null })}
        >
          {t('Live')}
        </button>
      </div>
      {live ? (
        <LiveTail path={liveSource(id, view.query)} filter={liveFilter(view.query)} />
      ) : (
        <StoredInvocations id={id} />
      )}
    </section>
  );
}

function liveSource(id: string, chosen: URLSearchParams): string {
  return addressOf('streamInvocations', {
    query: {
      function: id,
      cold: oneOf(['true'], chosen.get('cold')),
      failed: ['', 'success'].includes(chosen.get('status') ?? '') ? undefined : 'true',
    },
  });
}

/** The stream filters by failed or not; the exact status and the duration are filtered in the browser. */
function liveFilter(chosen: URLSearchParams): LiveFilter {
  return { status: chosen.get('status') ?? '', minDurationMs: Number(chosen.get('minDurationMs') ?? 0) || 0 };
}

function StoredInvocations({ id }: { readonly id: string }) {
  const view = useView();
  const minDurationMs = view.query.get('minDurationMs');
  const sort = oneOf(INVOCATION_SORTS, view.query.get('sort'));
  const isNewestFirst = sort === undefined || sort === '-endedAt';
  const answer = useQuery('listInvocations', {
    query: {
      ...view.rangeQuery,
      function: id,
      status: oneOf(STATUSES, view.query.get('status')),
      cold: oneOf(['true', 'false'], view.query.get('cold')),
      traced: oneOf(['true', 'false'], view.query.get('traced')),
      minDurationMs: minDurationMs === null ? undefined : Number(minDurationMs),
      tenant: view.query.get('tenant') || undefined,
      sort,
      cursor: view.query.get('cursor') ?? undefined,
    },
  });
  const data = answer.data;
  return (
    <>
      <ErrorBanner result={answer} what={t('invocations')} />
      {data !== null && data.items.length === 0 && (
        <EmptyState title={t('No invocations match the filters')}>
          <button
            type="button"
            class="primary"
            onClick={() =>
              setSearchParams({
                status: null,
                cold: null,
                traced: null,
                minDurationMs: null,
                tenant: null,
                cursor: null,
              })
            }
          >
            {t('Clear filters')}
          </button>
        </EmptyState>
      )}
      {data !== null && data.items.length > 0 && <InvocationTable rows={data.items} sorting="asked" />}
      {data !== null && (
        <p class="controls">
          {view.query.get('cursor') !== null && (
            <button type="button" onClick={() => setSearchParams({ cursor: null })}>
              ← {isNewestFirst ? t('Newest') : t('First page')}
            </button>
          )}
          {data.nextCursor !== null && (
            <button type="button" onClick={() => setSearchParams({ cursor: data.nextCursor })}>
              {isNewestFirst ? t('Older') : t('Next page')} →
            </button>
          )}
        </p>
      )}
    </>
  );
}
