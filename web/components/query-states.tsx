/** What a page shows instead of data: an error, no data yet, waiting for data, no match for the filters. */

import type { ComponentChildren } from 'preact';
import { DAY_MS } from '../../ingest/records/time.ts';
import { DASH } from '../../ingest/text/quantities.ts';
import type { IngestStatusAnswer } from '../../server/http/contract/ingest.ts';
import type { QueryResult } from '../api/use-query.ts';
import { useQuery } from '../api/use-query.ts';
import { ago, count, visible } from '../format.ts';
import { rich, t } from '../i18n/translate.ts';
import { useNow } from '../state/clock.ts';
import { FILTERS } from '../state/filters.ts';
import { hrefTo, setSearchParams } from '../state/location.ts';
import { Dated } from './dated.tsx';
import { FirstRun } from './first-run.tsx';
import { Skeleton } from './skeleton.tsx';

interface ErrorBannerProps {
  readonly result: QueryResult<unknown>;
  readonly what: string;
  /** Grey shapes in the place of the first data, while it loads: how many tiles and panels. */
  readonly shapes?: { readonly tiles?: number; readonly panels?: number };
}

/** Why `what` could not be loaded, with a button to retry; before the first data, its shapes. */
export function ErrorBanner({ result, what, shapes }: ErrorBannerProps) {
  // One without an address is not asked for.
  const isAwaited = result.data === null && result.source !== '';
  if (result.error === null) return isAwaited && shapes !== undefined ? <Skeleton {...shapes} /> : null;
  return (
    <div class="panel error-banner" role="alert">
      {rich('<b>Failed to load {what}.</b> {reason}.', {
        what,
        // The sentence has its own full stop.
        reason: result.error.message.replace(/\.$/, ''),
        b: (content) => <strong key="what">{content}</strong>,
      })}{' '}
      {result.data !== null && t('Showing the last data received.')}{' '}
      <button type="button" onClick={result.reload}>
        {t('Retry')}
      </button>
    </div>
  );
}

/** The age of the data on screen; it counts on between refreshes. */
export function Freshness({ result }: { readonly result: QueryResult<unknown> }) {
  const nowMs = useNow();
  return (
    <span class="soft small fresh" aria-live="off">
      {result.loading
        ? t('loading …')
        : result.updatedMs === null
          ? ''
          : t('updated {age}', { age: ago(result.updatedMs, nowMs) })}
    </span>
  );
}

/** A panel with a heading that says what is missing, and children that say what to do about it. */
export function EmptyState({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="panel empty">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Renders `children` if any Lambda log event has been stored, otherwise how to get data. */
export function WhenDataExists({ what, children }: { readonly what: string; readonly children: ComponentChildren }) {
  const status = useQuery('getIngestStatus');
  if (status.data === null) return <ErrorBanner result={status} what={t('the ingest status')} />;
  return status.data.lastEventAt === null ? <NoDataState what={what} /> : children;
}

/** Says why there is no `what`: the filters exclude all of it, no Lambda line has arrived yet, or nothing is connected. */
export function NoDataState({ what }: { readonly what: string }) {
  const status = useQuery('getIngestStatus');
  if (status.data === null) return <ErrorBanner result={status} what={t('the ingest status')} />;
  if (status.data.lastEventAt !== null) return <FilteredOut what={what} status={status.data} />;
  if (status.data.sources.length > 0) return <WaitingForData status={status.data} />;
  return <FirstRun />;
}

const WITHOUT_FILTERS = Object.fromEntries(FILTERS.map((name) => [name, null]));
const NO_FILTERS = {
  function: null,
  q: null,
  version: null,
  status: null,
  cold: null,
  cursor: null,
  ...WITHOUT_FILTERS,
};

/** The range of all stored events if it is at most 30 days, otherwise the last day that has events. */
function newestDataRange(status: IngestStatusAnswer): { from: string; to: string } {
  const last = Date.parse(status.lastEventAt ?? '') + 60_000;
  const first = Date.parse(status.firstEventAt ?? '') - 60_000;
  const from = last - first <= 30 * DAY_MS ? first : last - DAY_MS;
  return { from: new Date(from).toISOString(), to: new Date(last).toISOString() };
}

function FilteredOut({ what, status }: { readonly what: string; readonly status: IngestStatusAnswer }) {
  const { firstEventAt, lastEventAt } = status;
  return (
    <EmptyState title={t('No {what} in this time range', { what })}>
      <p>
        <Dated
          text={t('Stored data covers {from} to {to}.', {
            from: firstEventAt?.slice(0, 10) ?? DASH,
            to: lastEventAt?.slice(0, 10) ?? DASH,
          })}
        />
      </p>
      <p>
        <button
          type="button"
          class="primary"
          onClick={() => setSearchParams({ ...newestDataRange(status), ...NO_FILTERS })}
        >
          {t('Show latest data')}
        </button>
      </p>
    </EmptyState>
  );
}

function WaitingForData({ status }: { readonly status: IngestStatusAnswer }) {
  const last = status.sources[0];
  return (
    <EmptyState title={t('Connected, waiting for the first Lambda line')}>
      {last !== undefined && (
        <p>
          {t('{source} sent data {age}, but no Lambda platform line so far.', {
            source: `${last.kind} ${visible(last.name)}`,
            age: ago(Date.parse(last.lastSeenAt), Date.now()),
          })}
        </p>
      )}
      <p>{t('Invoke a function, or check that the subscription filter passes START, REPORT and INIT_START lines.')}</p>
      {status.rejected > 0 && (
        <p>
          <a href={hrefTo('/ingest')}>
            {t('{n, plural, one {{count} record} other {{count} records}} could not be parsed', {
              n: status.rejected,
              count: count(status.rejected),
            })}
          </a>
        </p>
      )}
    </EmptyState>
  );
}
