import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { SECOND_MS } from '../../../ingest/records/time.ts';
import type { InvocationAnswer, InvocationNeighbour } from '../../../server/http/contract/invocations.ts';
import type { TraceAnswer } from '../../../server/http/contract/traces.ts';
import { useQuery } from '../../api/use-query.ts';
import { StatusBadge } from '../../components/badges.tsx';
import { Clamped } from '../../components/clamped.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { surroundings } from '../../components/surroundings.ts';
import { count, duration, time, visible } from '../../format.ts';
import { codeText } from '../../i18n/server-texts.ts';
import { rich, t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import type { Bar } from './trace.tsx';
import { barsOf, LongestCall, originName } from './trace.tsx';

export type Attempt = InvocationAnswer['attempts'][number];
export type Fault = InvocationAnswer['faults'][number];

interface Entry {
  readonly atMs: number;
  readonly kind: '' | 'platform' | 'error';
  readonly content: ComponentChildren;
}

interface TimeLineProps {
  readonly attempt: Attempt;
  readonly faults: readonly Fault[];
  /** Of the trace to show; null if there is none, or too many attempts have one. */
  readonly traceId: string | null;
  /** Why lines are missing; null if none are known to be. */
  readonly missing: string | null;
}

/** What happened in and around an attempt, in its order: lines, faults with their stacks, calls of its trace, neighbours. */
export function TimeLine({ attempt, faults, traceId, missing }: TimeLineProps) {
  const { neighbours } = attempt;
  const trace = useQuery('getTrace', traceId === null ? null : { params: { traceId } });
  const entries = [
    ...(neighbours?.previous ? [neighbourEntry(neighbours.previous, false)] : []),
    // Of one time, what went wrong comes before the REPORT of it.
    ...faults.map(faultEntry),
    ...lineEntries(attempt),
    ...(trace.data === null ? [] : callEntries(trace.data, attempt)),
    ...(neighbours?.next ? [neighbourEntry(neighbours.next, true)] : []),
  ].toSorted((a, b) => a.atMs - b.atMs);
  return (
    <>
      <div class="head">
        <h2>{t('Timeline')}</h2>
        <a class="small" href={surroundings({ ...attempt, timestamp: attempt.endedAt })}>
          {t('surrounding lines')}
        </a>
      </div>
      {missing !== null && <p class="soft">{missing}</p>}
      {trace.data !== null && <LongestCall data={trace.data} />}
      {trace.error !== null &&
        (trace.error.code === 'not-found' ? (
          <p class="soft">
            {rich(
              'X-Ray sampled this invocation, but its trace has not arrived: <code>thermocline traces</code> fetches it.',
              { code: (content) => <code>{content}</code> },
            )}
          </p>
        ) : (
          <ErrorBanner result={trace} what={t('the trace')} />
        ))}
      <Entries entries={entries} />
    </>
  );
}

function Entries({ entries }: { readonly entries: readonly Entry[] }) {
  const { zone } = useView();
  return (
    <div class="lines">
      {entries.map(({ atMs, kind, content }) => (
        <div class={kind}>
          <span class="soft">{time(new Date(atMs).toISOString(), zone, true).slice(11)}</span> {content}
        </div>
      ))}
    </div>
  );
}

/** Lines that lead to a failure; the page of its invocation shows all. */
const MOST_LEADING = 20;

/** The last lines of an attempt that ended at about `at`; nothing while they load, or if none are stored. */
export function LastLines({ requestId, at }: { readonly requestId: string; readonly at: string }) {
  const { data } = useQuery('getInvocation', { params: { requestId } });
  const attempt = nearestAttempt(at, data?.attempts ?? []);
  return attempt === undefined ? null : <Entries entries={lineEntries(attempt).slice(-MOST_LEADING)} />;
}

/** The attempt that ended nearest to a time. */
export function nearestAttempt(at: string, attempts: readonly Attempt[]): Attempt | undefined {
  const atMs = Date.parse(at);
  const distances = attempts.map(({ endedAt }) => Math.abs(Date.parse(endedAt) - atMs));
  return attempts[distances.indexOf(Math.min(...distances))];
}

function lineEntries({ lines, omittedLines }: Attempt): readonly Entry[] {
  return lines.flatMap(({ timestamp, message, platform }, at) => {
    const atMs = Date.parse(timestamp);
    const line = { atMs, kind: platform ? 'platform' : '', content: <Line text={message.trimEnd()} /> } as const;
    const isCut = omittedLines > 0 && at === lines.length / 2;
    const cut = { atMs, kind: '', content: <b>{t('{n} lines are not shown', { n: count(omittedLines) })}</b> } as const;
    return isCut ? [cut, line] : [line];
  });
}

function faultEntry({ at, kind, errorType, message, stack }: Fault): Entry {
  return {
    atMs: Date.parse(at),
    kind: 'error',
    content: (
      <>
        <span class="badge bad">{codeText(kind)}</span> {visible([errorType, message].filter(Boolean).join(' '))}
        {stack.length > 0 && <pre>{visible(stack.join('\n'))}</pre>}
      </>
    ),
  };
}

/** Calls of a trace that are drawn; of more, the longest. The link beside the trace leads to all. */
const MOST_CALLS = 50;
/** Clocks of X-Ray and of CloudWatch Logs differ by less. */
const CLOCKS_MS = SECOND_MS;

function callEntries(data: TraceAnswer, attempt: Attempt): readonly Entry[] {
  const endMs = Date.parse(attempt.endedAt);
  const startMs = attempt.startedAt === null ? endMs - attempt.durationMs : Date.parse(attempt.startedAt);
  const beganMs = startMs - (attempt.initDurationMs ?? 0);
  const traceMs = Date.parse(data.startedAt);
  return barsOf(data)
    .filter(({ offsetMs }) => traceMs + offsetMs >= beganMs - CLOCKS_MS && traceMs + offsetMs <= endMs + CLOCKS_MS)
    .toSorted((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0))
    .slice(0, MOST_CALLS)
    .map((bar) => ({
      atMs: traceMs + bar.offsetMs,
      kind: isBad(bar) ? 'error' : 'platform',
      content: <Call bar={bar} from={traceMs + bar.offsetMs - beganMs} of={Math.max(1, endMs - beganMs)} />,
    }));
}

function isBad({ outcome }: Bar): boolean {
  return outcome !== null && outcome !== 'ok';
}

/** `from` and `of`: its begin within the attempt, and the attempt's length, ms. */
function Call({ bar, from, of }: { readonly bar: Bar; readonly from: number; readonly of: number }) {
  const x = Math.min(99, Math.max(0, (100 * from) / of));
  const width = Math.min(100 - x, Math.max(0.4, (100 * (bar.durationMs ?? 0)) / of));
  return (
    <>
      <svg class="fall" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class={isBad(bar) ? 'bad' : ''} {...{ x, width }} y="2" height="6" />
      </svg>{' '}
      {visible(bar.name)} <span class="soft">{originName(bar.origin)}</span>{' '}
      {bar.durationMs === null ? t('in progress') : duration(bar.durationMs)}
      {isBad(bar) && <span class="badge bad">{bar.outcome}</span>}
    </>
  );
}

function neighbourEntry({ requestId, endedAt, durationMs, status }: InvocationNeighbour, isNext: boolean): Entry {
  return {
    atMs: Date.parse(endedAt),
    kind: 'platform',
    content: (
      <>
        <a href={hrefTo(`/invocations/${encodeURIComponent(requestId)}`)}>
          {isNext ? t('Next invocation of the environment') : t('Previous invocation of the environment')}
        </a>{' '}
        {duration(durationMs)} <StatusBadge status={status} />
      </>
    ),
  };
}

/** Characters of a line shown at first and per click: laying out a megabyte of text would block the page. */
const CHUNK_LENGTH = 20_000;

function Line({ text }: { readonly text: string }) {
  const [shown, setShown] = useState(CHUNK_LENGTH);
  return (
    <>
      <Clamped length={Math.min(shown, text.length)}>{visible(text.slice(0, shown))}</Clamped>
      {text.length > shown && (
        <button type="button" class="plain small" onClick={() => setShown(shown + CHUNK_LENGTH)}>
          … {t('{n} more characters', { n: count(text.length - shown) })}
        </button>
      )}
    </>
  );
}
