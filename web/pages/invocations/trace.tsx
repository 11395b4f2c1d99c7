import { percent } from '../../../ingest/text/quantities.ts';
import type { TraceAnswer } from '../../../server/http/contract/traces.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { MapPanel } from '../../components/map-panel.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { duration, time, visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useTitle } from '../../state/title.ts';
import { useView } from '../../state/view.ts';

export interface Bar {
  readonly name: string;
  readonly depth: number;
  readonly offsetMs: number;
  readonly durationMs: number | null;
  readonly outcome: string | null;
  readonly requestId: string | null;
  readonly origin: string | null;
}

/** One trace: waterfall, phases of each Lambda attempt, service map. */
export function TracePage({ traceId }: { readonly traceId: string }) {
  const { zone } = useView();
  const answer = useQuery('getTrace', { params: { traceId } });
  useTitle(traceId.slice(0, 12));
  const { data } = answer;
  return (
    <>
      <div class="title">
        <h1 class="mono">{traceId}</h1>
      </div>
      <ErrorBanner result={answer} what={t('this trace')} shapes={{}} />
      {data !== null && (
        <>
          <Section
            title={t('{n, plural, one {# segment} other {# segments}}, {duration}', {
              n: data.segments.length,
              duration: duration(data.durationMs),
            })}
          >
            <p class="soft small">{t('Started {time}.', { time: time(data.startedAt, zone, true) })}</p>
            {data.limitExceeded === true && (
              <p class="panel">
                {t(
                  'Incomplete: the trace exceeds X-Ray’s size limit (LimitExceeded), and X-Ray does not return all of its segments. Durations, phases and calls are those of the segments shown.',
                )}
              </p>
            )}
            <Shortened segments={data.segments} />
            <Waterfall data={data} />
          </Section>
          <Phases data={data} />
          {data.map.edges.length > 0 && (
            <MapPanel
              title={t('Service calls')}
              nodes={data.map.nodes}
              edges={data.map.edges}
              source={answer.source}
              basis={t('in this trace')}
            />
          )}
        </>
      )}
    </>
  );
}

/** Documents that are named; of further ones the number. */
const NAMED_DOCUMENTS = 5;

/** What was not read of the documents of segments. */
function Shortened({ segments }: Pick<TraceAnswer, 'segments'>) {
  const shortened = segments.filter(({ notRead }) => notRead !== null);
  if (shortened.length === 0) return null;
  const further = shortened.length - NAMED_DOCUMENTS;
  return (
    <div class="panel">
      {shortened.slice(0, NAMED_DOCUMENTS).map(({ id, name, notRead }) => (
        <p key={id}>{t('The document of {name} was not read completely. {reason}', { name, reason: notRead })}</p>
      ))}
      {further > 0 && (
        <p>{t('Nor were those of {n, plural, one {# further segment} other {# further segments}}.', { n: further })}</p>
      )}
    </div>
  );
}

/** Deeper segments are indented as these are. */
const DEEPEST_INDENT = 20;

export function barsOf(data: TraceAnswer): readonly Bar[] {
  // Only the service's segment carries the request id; the function's belongs to the same invocation.
  const requestOf = new Map(data.segments.map(({ id, requestId }) => [id, requestId]));
  for (const { serviceSegmentId, functionSegmentId } of data.lambda) {
    if (serviceSegmentId === null || functionSegmentId === null) continue;
    requestOf.set(functionSegmentId, requestOf.get(serviceSegmentId) ?? null);
  }
  const children = new Map<string | null, TraceAnswer['segments'][number][]>();
  // A service that is called names the caller's subsegment as its parent.
  const known = new Set(data.segments.flatMap(({ id, subsegments }) => [id, ...subsegments.map((sub) => sub.id)]));
  for (const segment of data.segments) {
    const parent = segment.parentId !== null && known.has(segment.parentId) ? segment.parentId : null;
    children.set(parent, [...(children.get(parent) ?? []), segment]);
  }
  const bars: Bar[] = [];
  // Ids that occur twice, or that are each other's parents, show a segment once.
  const shown = new Set<TraceAnswer['segments'][number]>();
  const addWithCallees = (root: TraceAnswer['segments'][number]): void => {
    const waiting = [{ segment: root, depth: 0 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { segment, depth } = next;
      if (shown.has(segment)) continue;
      shown.add(segment);
      // What ran before its parent began, as an init does, stands above it.
      const subs = segment.subsegments.map((sub) => ({
        ...sub,
        depth: sub.offsetMs < segment.offsetMs ? depth : depth + 1,
        outcome: null,
        requestId: null,
        origin: null,
      }));
      const own = { ...segment, requestId: requestOf.get(segment.id) ?? null, depth };
      bars.push(
        ...subs.filter(({ offsetMs }) => offsetMs < segment.offsetMs),
        own,
        ...subs.filter(({ offsetMs }) => offsetMs >= segment.offsetMs),
      );
      const callees = [segment, ...segment.subsegments].flatMap(({ id }) => children.get(id) ?? []);
      for (const callee of callees.toReversed())
        waiting.push({ segment: callee, depth: Math.min(depth + 1, DEEPEST_INDENT) });
    }
  };
  for (const root of children.get(null) ?? []) addWithCallees(root);
  // Segments whose parents form a circle are below no root.
  for (const segment of data.segments) addWithCallees(segment);
  return bars;
}

/** A function has two segments of its name: what the service did, and what the function did. */
export function originName(origin: string | null): string | null {
  if (origin === 'AWS::Lambda') return t('Lambda service');
  return origin === 'AWS::Lambda::Function' ? t('[trace] function') : null;
}

/** The call that took at least half of the segment that made it, which explains most of its time. */
export function LongestCall({ data }: { readonly data: TraceAnswer }) {
  // What calls the function took all of its time for that, which says nothing.
  const functions = data.segments.filter(({ origin }) => origin === 'AWS::Lambda::Function');
  const calls = (functions.length > 0 ? functions : data.segments).flatMap(
    ({ name, durationMs: wholeMs, subsegments }) =>
      subsegments.flatMap((sub) =>
        sub.namespace === null || sub.durationMs === null || wholeMs === null || 2 * sub.durationMs < wholeMs
          ? []
          : { caller: name, name: sub.name, ms: sub.durationMs, wholeMs },
      ),
  );
  const [longest] = calls.toSorted((a, b) => b.ms - a.ms);
  if (longest === undefined) return null;
  return (
    <p>
      {t('{name} took {part} of the {whole} of {caller} ({share}).', {
        name: visible(longest.name),
        caller: visible(longest.caller),
        part: duration(longest.ms),
        whole: duration(longest.wholeMs),
        share: percent(longest.ms / longest.wholeMs),
      })}
    </p>
  );
}

function Waterfall({ data }: { readonly data: TraceAnswer }) {
  const bars = barsOf(data);
  const from = Math.min(0, ...bars.map((bar) => bar.offsetMs));
  const to = Math.max(1, ...bars.map((bar) => bar.offsetMs + (bar.durationMs ?? 0)));
  const share = (value: number): number => (100 * value) / (to - from);
  return (
    <DataTable
      label={t('Waterfall')}
      columns={[
        { title: t('Segment') },
        { title: t('{from} to {to}', { from: duration(from), to: duration(to) }) },
        { title: t('Duration'), number: true },
      ]}
      rows={bars.map((bar) => [
        <span style={{ paddingLeft: `${bar.depth}rem` }}>
          {bar.requestId === null ? (
            visible(bar.name)
          ) : (
            <a href={hrefTo(`/invocations/${encodeURIComponent(bar.requestId)}`)}>{visible(bar.name)}</a>
          )}
          {originName(bar.origin) !== null && <span class="soft small"> {originName(bar.origin)}</span>}
          {bar.outcome !== null && bar.outcome !== 'ok' && <span class="badge bad">{bar.outcome}</span>}
        </span>,
        <svg
          class="fall"
          viewBox="0 0 100 10"
          preserveAspectRatio="none"
          role="img"
          aria-label={t('from {time}', { time: duration(bar.offsetMs) })}
        >
          <rect
            class={bar.outcome === null || bar.outcome === 'ok' ? '' : 'bad'}
            x={share(bar.offsetMs - from)}
            width={Math.max(0.4, share(bar.durationMs ?? 0))}
            y="2"
            height="6"
          />
        </svg>,
        bar.durationMs === null ? t('in progress') : duration(bar.durationMs),
      ])}
    />
  );
}

function Phases({ data }: { readonly data: TraceAnswer }) {
  if (data.lambda.length === 0) return null;
  return (
    <Section title={t('Lambda phases')}>
      <DataTable
        label={t('Phases')}
        columns={[
          { title: t('Function') },
          { title: t('Queued'), number: true, values: data.lambda.map((one) => one.queuedMs) },
          { title: t('Before init'), number: true, values: data.lambda.map((one) => one.preInitMs) },
          { title: t('Init'), number: true, values: data.lambda.map((one) => one.initMs) },
          { title: t('Invocation'), number: true, values: data.lambda.map((one) => one.invocationMs) },
          { title: t('Overhead'), number: true, values: data.lambda.map((one) => one.overheadMs) },
        ]}
        rows={data.lambda.map((one) => [
          visible(one.name),
          duration(one.queuedMs),
          duration(one.preInitMs),
          duration(one.initMs),
          duration(one.invocationMs),
          duration(one.overheadMs),
        ])}
      />
      <p class="soft small">
        {t(
          'Before init: placement, download of code or image, network attachment; negative if init ran before the request. A dash means that the trace does not contain the value.',
        )}
      </p>
    </Section>
  );
}
