import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { mb, usd } from '../../../ingest/text/quantities.ts';
import type { InvocationAnswer } from '../../../server/http/contract/invocations.ts';
import { useQuery } from '../../api/use-query.ts';
import { ColdBadge, StatusBadge } from '../../components/badges.tsx';
import { KEPT_LINES } from '../../components/kept-lines.ts';
import { ErrorBanner } from '../../components/query-states.tsx';
import { duration, time, visible } from '../../format.ts';
import { listText } from '../../i18n/lists.ts';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useTitle } from '../../state/title.ts';
import { useView } from '../../state/view.ts';
import type { Attempt, Fault } from './time-line.tsx';
import { nearestAttempt, TimeLine } from './time-line.tsx';

/** All attempts of one request ID, each with its REPORT values and log lines. */
export function InvocationPage({ requestId }: { readonly requestId: string }) {
  const answer = useQuery('getInvocation', { params: { requestId } });
  const name = answer.data?.attempts[0]?.function.name;
  const { faults = [], attempts = [] } = answer.data ?? {};
  const traces = tracesOf(attempts);
  // Once for the page: a request may have been tried hundreds of times.
  const attemptOf = new Map(faults.map((fault) => [fault, nearestAttempt(fault.at, attempts)]));
  useTitle([...(name === undefined ? [] : [visible(name)]), requestId.slice(0, 8)].join(' / '));
  return (
    <>
      <div class="title">
        <h1 class="mono">{requestId}</h1>
      </div>
      <ErrorBanner result={answer} what={t('this invocation')} shapes={{}} />
      {answer.data?.attempts.map((attempt) => (
        <AttemptPanel
          attempt={attempt}
          of={answer.data?.attempts.length ?? 1}
          faults={faults.filter((fault) => attemptOf.get(fault) === attempt)}
          traceId={traces.includes(attempt.traceId) ? attempt.traceId : null}
          missing={answer.data === null ? null : missingLines(answer.data, attempt)}
        />
      ))}
    </>
  );
}

/** Ids of the first traces. Attempts share one unless they were sent again. */
function tracesOf(attempts: readonly Attempt[]): readonly (string | null)[] {
  const sampled = attempts.filter(({ sampled: isSampled }) => isSampled !== false);
  return [...new Set(sampled.flatMap(({ traceId }) => traceId ?? []))].slice(0, MOST_TRACES);
}

const MOST_TRACES = 3;

interface AttemptPanelProps {
  readonly attempt: Attempt;
  readonly of: number;
  readonly faults: readonly Fault[];
  readonly traceId: string | null;
  /** Why lines are missing; null if none are known to be. */
  readonly missing: string | null;
}

/** Why there are no lines, or none of the application. */
function missingLines({ linesKept, linesSince }: InvocationAnswer, { lines, endedAt }: Attempt): string | null {
  if (lines.some(({ platform }) => !platform)) return null;
  if (linesKept !== 'all') return KEPT_LINES[linesKept];
  if (lines.length > 0) return null;
  return linesSince === null || endedAt < linesSince
    ? t(
        'No log lines stored: they were deleted because of their age or the budget. THERMOCLINE_RAW_RETENTION_DAYS and THERMOCLINE_RAW_BUDGET_GB keep more.',
      )
    : t('No log lines stored: they were not kept when they were received.');
}

function AttemptPanel({ attempt, of, faults, traceId, missing }: AttemptPanelProps) {
  const { zone } = useView();
  return (
    <section class="panel" aria-label={t('Attempt {n}', { n: attempt.attempt })}>
      <div class="head">
        <h2>{t('Attempt {n} of {total}', { n: attempt.attempt, total: of })}</h2>
        <StatusBadge status={attempt.status} />
        <ColdBadge cold={attempt.coldStart} />
      </div>
      <dl class="facts">
        <dt>{t('Function')}</dt>
        <dd>
          <a href={hrefTo(`/functions/${encodeURIComponent(attempt.function.id)}`)}>{attempt.function.name}</a>{' '}
          {t('version {version}', { version: attempt.version ?? t('unknown') })}
        </dd>
        <dt>{t('Time')}</dt>
        <dd>
          {t('{from} to {to}', {
            from: time(attempt.startedAt, zone, true),
            to: time(attempt.endedAt, zone, true),
          })}
        </dd>
        <dt>{t('Duration')}</dt>
        <dd>
          {durationText(attempt)} <Usual attempt={attempt} />
        </dd>
        <dt>{t('Memory')}</dt>
        <dd>{t('{used} of {size}', { used: mb(attempt.maxMemoryUsedMb), size: mb(attempt.memorySizeMb) })}</dd>
        <dt>{t('Cost')}</dt>
        <dd>{usd(attempt.costUsd)}</dd>
        {attempt.errorType !== null && (
          <>
            <dt>{t('Error')}</dt>
            <dd>{visible(attempt.errorType)}</dd>
          </>
        )}
        <dt>{t('Log stream')}</dt>
        <dd class="mono">
          {attempt.logGroup} {attempt.logStream ?? t('unknown')}
        </dd>
        {attempt.logStreamReason !== null && (
          <>
            <dt>{t('Reason')}</dt>
            <dd>{attempt.logStreamReason}</dd>
          </>
        )}
        {attempt.durable.isDurableFunction === true && (
          <>
            <dt>{t('Durable execution')}</dt>
            <dd>
              <DurableExecution attempt={attempt} />
            </dd>
          </>
        )}
        <dt>{t('Trace')}</dt>
        {attempt.traceId === null || attempt.sampled === false ? (
          <dd>{attempt.traceId === null ? t('none: its REPORT names no trace') : t('not sampled by X-Ray')}</dd>
        ) : (
          <dd class="mono">
            <a href={hrefTo(`/traces/${encodeURIComponent(attempt.traceId)}`)}>{attempt.traceId}</a>
          </dd>
        )}
      </dl>
      <TimeLine attempt={attempt} faults={faults} traceId={traceId} missing={missing} />
    </section>
  );
}

/** What is usual for the function on the day of the attempt. */
function Usual({ attempt: { endedAt, function: owner } }: { readonly attempt: Attempt }) {
  const dayMs = Math.floor(Date.parse(endedAt) / DAY_MS) * DAY_MS;
  const [from, to] = [dayMs, dayMs + DAY_MS].map((ms) => new Date(ms).toISOString());
  const { data } = useQuery('getFunction', { params: { id: owner.id }, query: { from, to } });
  if (data === null || data.durationMs.p95 === null) return null;
  return (
    <span class="soft small">
      {t('{name} that day: p50 {p50}, p95 {p95}', {
        name: visible(owner.name),
        p50: duration(data.durationMs.p50),
        p95: duration(data.durationMs.p95),
      })}
    </span>
  );
}

function durationText(attempt: Attempt): string {
  const { durationMs, billedDurationMs, initDurationMs, hiddenInitDurationMs, restoreDurationMs } = attempt;
  const parts = [
    duration(durationMs),
    t('billed {duration}', { duration: duration(billedDurationMs) }),
    initDurationMs === null ? null : t('init {duration}', { duration: duration(initDurationMs) }),
    hiddenInitDurationMs === null
      ? null
      : t('including {duration} of init', { duration: duration(hiddenInitDurationMs) }),
    restoreDurationMs === null ? null : t('restore {duration}', { duration: duration(restoreDurationMs) }),
  ];
  return listText(parts.filter((part) => part !== null));
}

/** Whether the attempt started or replayed its execution, with a link to the execution; or why that is not known. */
function DurableExecution({ attempt }: { readonly attempt: Attempt }) {
  const { execution, reason, reasonCode } = attempt.durable;
  if (execution === null) return <>{t('unknown: {reason}', { reason: reasonText(reason, reasonCode) })}</>;
  const { name, executionId, replay, position, invocations } = execution;
  const href = hrefTo(`/functions/${encodeURIComponent(attempt.function.id)}`, {
    tab: 'executions',
    execution: `${name}/${executionId}`,
    from: new Date(Date.parse(attempt.startedAt ?? attempt.endedAt) - HOUR_MS).toISOString(),
    to: new Date(Date.parse(attempt.endedAt) + HOUR_MS).toISOString(),
  });
  return (
    <>
      <span class="badge">{replay ? t('replay') : t('first invocation')}</span> <a href={href}>{visible(name)}</a>{' '}
      <span class="soft">
        {replay
          ? t(
              'invocation {n} of {total} that have lines: it repeated what was done before, without running finished operations again, and continued',
              { n: position, total: invocations },
            )
          : t('invocation {n} of {total} that have lines', { n: position, total: invocations })}
      </span>
    </>
  );
}
