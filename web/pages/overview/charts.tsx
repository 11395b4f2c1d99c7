/** Charts of the overview of the fleet and of one function. */

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { usd } from '../../../ingest/text/quantities.ts';
import type { OverviewAnswer } from '../../../server/http/contract/overview.ts';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { count } from '../../format.ts';
import { sentencesText, sentenceText } from '../../i18n/lists.ts';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import type { Marker } from '../../state/markers.ts';
import { useEarlier } from './earlier.ts';

interface FleetChartProps {
  readonly data: OverviewAnswer;
  readonly source: string;
  readonly markers: readonly Marker[];
}

/** Invocations by outcome. */
export function InvocationsChart({ data, source, markers }: FleetChartProps) {
  const { seriesOf, note } = useEarlier(data);
  return (
    <TimeSeriesPanel
      title={t('Invocations and errors')}
      description={
        t(
          '{invocations, plural, one {# invocation} other {# invocations}}, {errors} failed, per {bucket}. Drag to zoom.',
          { invocations: data.invocations, errors: count(data.errors), bucket: bucket(data.range.bucketMs) },
        ) + note
      }
      table={{
        columns: ['at', 'invocations', 'errors'],
        rows: data.series.map((point) => [point.at, point.invocations, point.errors]),
      }}
      source={source}
      markers={markers}
      kind="bar"
      span={data.range}
      stacked
      yTitle={t('[axis] invocations')}
      formatY={count}
      series={[
        {
          label: t('succeeded'),
          colour: 'chart-1',
          points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.invocations - point.errors })),
        },
        {
          label: t('failed'),
          colour: 'chart-bad',
          points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.errors })),
        },
        ...seriesOf((point) => point.invocations),
      ]}
    />
  );
}

/** Cold starts, by whether a caller waited. */
export function ColdChart({ data, source, markers }: FleetChartProps) {
  const { seriesOf, note } = useEarlier(data);
  return (
    <TimeSeriesPanel
      title={t('Cold starts')}
      description={coldText(data) + note}
      table={{
        columns: ['at', 'coldStarts', 'userFelt', 'withoutStream', 'coldStartSeconds'],
        rows: data.series.map((point) => [
          point.at,
          point.coldStarts,
          point.userFeltColdStarts,
          point.coldStartsWithoutStream,
          point.coldStartSeconds,
        ]),
      }}
      source={source}
      markers={markers}
      kind="bar"
      span={data.range}
      stacked
      yTitle={t('[axis] cold starts')}
      formatY={count}
      series={[
        {
          label: t('user-felt'),
          colour: 'chart-2',
          points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.userFeltColdStarts })),
        },
        {
          label: t('no caller waited'),
          colour: 'grey',
          points: data.series.map((point) => ({
            x: Date.parse(point.at),
            y: point.coldStarts - (point.userFeltColdStarts ?? 0) - point.coldStartsWithoutStream,
          })),
        },
        ...(data.withoutStream === null ? [] : [withoutStreamSeries(data)]),
        ...seriesOf((point) => point.coldStarts),
      ]}
    />
  );
}

function coldText({ coldStarts, userFeltColdStarts, withoutStream }: OverviewAnswer): string {
  const text = t(
    '{n, plural, one {# cold start} other {# cold starts}}{isKnown, select, yes {, {felt} user-felt} other {}}.',
    { n: coldStarts, isKnown: userFeltColdStarts === null ? 'no' : 'yes', felt: count(userFeltColdStarts) },
  );
  return withoutStream === null
    ? text
    : sentencesText(text, sentenceText(reasonText(withoutStream.reason, withoutStream.reasonCode)));
}

/** Cold starts of which it is not known whether a caller waited. */
function withoutStreamSeries({ series }: OverviewAnswer) {
  const points = series.map((point) => ({ x: Date.parse(point.at), y: point.coldStartsWithoutStream }));
  return { label: t('log stream unknown'), colour: 'chart-3', points } as const;
}

/** Cost by REPORT lines. */
export function CostChart({ data, source, markers }: FleetChartProps) {
  const { seriesOf, note } = useEarlier(data);
  return (
    <TimeSeriesPanel
      title={t('Cost')}
      description={
        t('{amount} by billed duration and requests, per {bucket}.', {
          amount: usd(data.costUsd),
          bucket: bucket(data.range.bucketMs),
        }) + note
      }
      table={{ columns: ['at', 'costUsd'], rows: data.series.map((point) => [point.at, point.costUsd]) }}
      source={source}
      markers={markers}
      kind="bar"
      span={data.range}
      fractional
      yTitle="USD"
      formatY={usd}
      series={[
        {
          label: t('[series] cost'),
          colour: 'chart-1',
          points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.costUsd })),
        },
        ...seriesOf((point) => point.costUsd),
      ]}
    />
  );
}

function bucket(widthMs: number): string {
  if (widthMs >= DAY_MS) return t('{n} d', { n: String(widthMs / DAY_MS) });
  if (widthMs >= HOUR_MS) return t('{n} h', { n: String(widthMs / HOUR_MS) });
  return t('{n} min', { n: String(widthMs / MINUTE_MS) });
}
