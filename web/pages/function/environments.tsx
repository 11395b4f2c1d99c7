import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { integer, mb, significant } from '../../../ingest/text/quantities.ts';
import { useQuery } from '../../api/use-query.ts';
import type { Placed } from '../../charts/environment-lanes.ts';
import { busyShare } from '../../charts/environment-lanes.ts';
import { Timeline } from '../../charts/timeline.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { WithoutStream } from '../../components/without-stream.tsx';
import { count, duration, percent, time, visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView, zoomTo } from '../../state/view.ts';
import type { Zone } from '../../state/zone.ts';
import { zoneOffsetMs } from '../../state/zone.ts';

/** The Environments tab: concurrency over time, and a timeline of environments by how busy they were. */
export function Environments({ id }: { readonly id: string }) {
  const view = useView();
  const markers = useMarkers(id);
  const answer = useQuery('getFunctionEnvironments', { params: { id }, query: { ...view.rangeQuery, limit: 5000 } });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <FirstAnswer result={answer} what={t('environments')} />;
  if (data.items.length === 0) {
    return (
      <EmptyState title={t('No environments in this time range')}>
        {data.withoutStream === null ? (
          <p>{t('Choose a longer time range.')}</p>
        ) : (
          <WithoutStream found={data.withoutStream} />
        )}
      </EmptyState>
    );
  }
  const { concurrency } = data;
  const title = t('Environment timeline');
  const peak =
    concurrency.peak === null
      ? t('Peak unknown.')
      : concurrency.peakAt === null
        ? t('Peak {peak}.', { peak: count(concurrency.peak) })
        : t('Peak {peak} at {time}.', { peak: count(concurrency.peak), time: time(concurrency.peakAt, view.zone) });
  return (
    <>
      <ErrorBanner result={answer} what={t('environments')} />
      <WithoutStream found={data.withoutStream} />
      <TimeSeriesPanel
        title={t('Concurrency')}
        description={`${peak} ${t('Computed from the exact start and end of each invocation, including init.')}`}
        table={{
          columns: ['at', 'max', 'mean'],
          rows: concurrency.series.map((point) => [point.at, point.max, point.mean]),
        }}
        source={source}
        markers={markers}
        kind="line"
        span={data.range}
        fractional={false}
        yTitle={t('busy environments')}
        formatY={(value) => significant(value, 2)}
        series={[
          {
            label: t('max'),
            colour: 'chart-1',
            stepped: true,
            points: concurrency.series.map((point) => ({ x: Date.parse(point.at), y: point.max })),
          },
          {
            label: t('mean'),
            colour: 'chart-2',
            dashed: true,
            points: concurrency.series.map((point) => ({ x: Date.parse(point.at), y: point.mean })),
          },
        ]}
      />
      <ChartPanel
        title={title}
        description={[
          t('{n, plural, one {# environment} other {# environments}}.', { n: data.total }),
          t('An environment that ended leaves its row to a later one. Drag to zoom, click to see its lines.'),
          ...(data.truncated ? [t('Only the newest are drawn; choose a shorter time range to see the others.')] : []),
        ].join(' ')}
        table={{
          columns: [
            t('log stream'),
            t('first seen'),
            t('last seen'),
            t('invocations'),
            t('peak concurrency'),
            t('failures'),
            t('init ms'),
            t('max memory MB'),
          ],
          rows: data.items.map((row) => [
            row.logStream,
            row.firstSeenAt,
            row.lastSeenAt,
            row.invocations,
            row.mostAtOnce,
            row.failures,
            row.initDurationMs,
            row.maxMemoryUsedMb,
          ]),
        }}
        source={source}
        chartLabel={title}
        markers={markers}
      >
        <Legend />
        <Timeline
          label={title}
          answer={data}
          markers={markers}
          utcOffsetMs={zoneOffsetMs(Date.parse(data.range.to), view.zone)}
          onZoom={zoomTo}
          describe={(one, atMs) => linesOf(one, atMs, view.zone)}
          hrefOf={(one, atMs) => linesHref(one, atMs, id)}
        />
      </ChartPanel>
    </>
  );
}

/** From idle to busy all the time, and the two events. */
function Legend() {
  return (
    <p class="timeline-legend small soft">
      <span class="scale" /> {t('idle to busy all the time')}
      <span class="swatch init" /> {t('init')}
      <span class="swatch failure" /> {t('failure')}
    </p>
  );
}

function linesOf(one: Placed, atMs: number, zone: Zone): readonly string[] {
  const { environment, startMs, endMs } = one;
  const { logStream, invocations, failures, initDurationMs, maxMemoryUsedMb, memorySizeMb } = environment;
  const share = busyShare(one);
  return [
    visible(logStream),
    t('{from} to {to}, {length}', {
      from: time(startMs, zone),
      to: time(endMs, zone),
      length: duration(endMs - startMs),
    }),
    t('{n, plural, one {# invocation} other {# invocations}}, {failed} failed', {
      n: invocations,
      failed: integer(failures),
    }),
    ...(share === null ? [] : [t('busy {share} of its time in this range', { share: percent(share) })]),
    ...(initDurationMs === null ? [] : [t('init {duration}', { duration: duration(initDurationMs) })]),
    t('{used} of {size} used', { used: mb(maxMemoryUsedMb), size: mb(memorySizeMb) }),
    t('at {time}', { time: time(atMs, zone) }),
  ];
}

/** The lines of its log stream around a time. */
function linesHref({ environment: { logGroup, logStream } }: Placed, atMs: number, id: string): string {
  const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  return hrefTo('/logs', {
    from: new Date(atMs - 10 * MINUTE_MS).toISOString(),
    to: new Date(atMs + 10 * MINUTE_MS).toISOString(),
    function: id,
    q: `group:${quoted(logGroup)} stream:${quoted(logStream)}`,
  });
}
