/** What a page shows when it has nothing to show: no data yet, waiting, filtered out, failing. */
import type { ComponentChildren } from 'preact';
import type { IngestStatusAnswer } from '../../server/http/contract/ingest.ts';
import type { Answer } from '../api/client.ts';
import { useApi } from '../api/client.ts';
import { ago } from '../format.ts';
import { useNow } from '../state/clock.ts';
import { setQuery } from '../state/location.ts';

export function Failing({ answer, what }: { readonly answer: Answer<unknown>; readonly what: string }) {
  if (answer.error === null) return null;
  return (
    <div class="panel failing" role="alert">
      <strong>{what} could not be loaded.</strong> {answer.error}.
      {answer.data !== null && ' What you see is the last answer.'}{' '}
      <button type="button" onClick={answer.reload}>
        Try again
      </button>
    </div>
  );
}

/** How old what is on screen is; it counts on by itself. */
export function Freshness({ answer }: { readonly answer: Answer<unknown> }) {
  const nowMs = useNow();
  return (
    <span class="soft small fresh" aria-live="off">
      {answer.loading ? 'loading …' : answer.updatedMs === null ? '' : `updated ${ago(answer.updatedMs, nowMs)}`}
    </span>
  );
}

/** Nothing at all is one thing; something else, without this, is another: then the children say what. */
export function NothingOr({ what, children }: { readonly what: string; readonly children: ComponentChildren }) {
  const status = useApi<IngestStatusAnswer>('/api/v1/ingest/status');
  if (status.data === null) return <Failing answer={status} what="Ingest status" />;
  return status.data.lastEventAt === null ? <Nothing what={what} /> : children;
}

/** Tells apart why there is nothing, by what ingest has seen. */
export function Nothing({ what }: { readonly what: string }) {
  const status = useApi<IngestStatusAnswer>('/api/v1/ingest/status');
  if (status.data === null) return <Failing answer={status} what="Ingest status" />;
  if (status.data.lastEventAt !== null) return <FilteredOut what={what} status={status.data} />;
  if (status.data.sources.length > 0) return <Waiting status={status.data} />;
  return <NoDataYet />;
}

/** A day around the newest event, or all of them where they fit a month. */
function newestData(status: IngestStatusAnswer): { from: string; to: string } {
  const last = Date.parse(status.lastEventAt ?? '') + 60_000;
  const first = Date.parse(status.firstEventAt ?? '') - 60_000;
  const from = last - first <= 30 * DAY_MS ? first : last - DAY_MS;
  return { from: new Date(from).toISOString(), to: new Date(last).toISOString() };
}

const DAY_MS = 86_400_000;
const NO_FILTERS = { function: null, q: null, version: null, status: null, cold: null, cursor: null };

function FilteredOut({ what, status }: { readonly what: string; readonly status: IngestStatusAnswer }) {
  const { firstEventAt, lastEventAt } = status;
  return (
    <Empty title={`No ${what} in this time range`}>
      <p>
        There is data, but not here: it runs from {firstEventAt?.slice(0, 10)} to {lastEventAt?.slice(0, 10)}.
      </p>
      <p>
        <button type="button" class="primary" onClick={() => setQuery({ ...newestData(status), ...NO_FILTERS })}>
          Show the newest data
        </button>
      </p>
    </Empty>
  );
}

function Waiting({ status }: { readonly status: IngestStatusAnswer }) {
  const last = status.sources[0];
  return (
    <Empty title="Connected, waiting for the first Lambda line">
      <p>
        {last === undefined
          ? ''
          : `${last.kind} ${last.name} was heard ${ago(Date.parse(last.lastSeenAt), Date.now())}, without a platform line so far.`}
      </p>
      <p>Invoke a function, or check that the subscription filter lets START, REPORT and INIT_START through.</p>
      {status.rejected > 0 && (
        <p>
          <a href="/ingest">{status.rejected} records could not be read</a>
        </p>
      )}
    </Empty>
  );
}

function NoDataYet() {
  return (
    <Empty title="No data yet">
      <p>Three ways to your first numbers:</p>
      <pre>{`# 1. Import a log you already have
aws logs filter-log-events --log-group-name /aws/lambda/NAME > log.json
npx thermocline import log.json --function NAME

# 2. Load a simulated fleet
npx thermocline demo

# 3. Read the history of an account, read-only
npx thermocline backfill --all-lambda --since 7d`}</pre>
      <p>
        <a href="/connect">More ways, with templates and keys, are on the Connect page</a>
      </p>
    </Empty>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="panel empty">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
