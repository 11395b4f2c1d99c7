import { byteSize, count } from '../../../ingest/text/quantities.ts';
import type { LogHistogramAnswer } from '../../../server/http/contract/logs.ts';
import { useQuery } from '../../api/use-query.ts';
import type { Colour } from '../../charts/chart-types.ts';
import { ErrorBanner } from '../../components/query-states.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { time } from '../../format.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';
import type { Zone } from '../../state/zone.ts';

interface LogHistogramProps {
  readonly text: string;
  /** Null: of all functions. */
  readonly functionId: string | null;
  readonly isFollowed: boolean;
}

/** Interval of counting while new lines are followed: a count reads more than a page of lines. */
const FOLLOW_MS = 10_000;

type Bin = LogHistogramAnswer['bins'][number];

const SERIES: readonly { readonly label: 'errors' | 'warnings' | 'others'; readonly colour: Colour }[] = [
  { label: 'errors', colour: 'chart-bad' },
  { label: 'warnings', colour: 'chart-2' },
  { label: 'others', colour: 'chart-1' },
];

/** Matching lines over time; a drag narrows the range. */
export function LogHistogram({ text, functionId, isFollowed }: LogHistogramProps) {
  const view = useView();
  const answer = useQuery(
    'countLogs',
    { query: { ...view.rangeQuery, q: text, function: functionId ?? undefined } },
    isFollowed ? { pollMs: FOLLOW_MS } : {},
  );
  const markers = useMarkers(functionId);
  const { data } = answer;
  // A search that is not valid is said once, by the list of lines.
  if (data === null)
    return answer.error?.code === 'invalid-request' ? null : <ErrorBanner result={answer} what="the lines over time" />;
  const { bins } = data;
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) return null;
  const x = ({ start }: Bin): number => Date.parse(start);
  return (
    <TimeSeriesPanel
      title="Lines over time"
      description={descriptionOf(data, view.zone)}
      table={{
        columns: ['start', 'errors', 'warnings', 'others'],
        rows: bins.map(({ start, errors, warnings, others }) => [start, errors, warnings, others]),
      }}
      source={answer.source}
      span={{ from: first.start, to: new Date(x(last) + data.widthMs).toISOString() }}
      kind="bar"
      stacked
      yTitle="lines"
      formatY={count}
      markers={markers}
      series={SERIES.map(({ label, colour }) => ({
        label,
        colour,
        points: bins.map((bin) => ({ x: x(bin), y: bin[label] })),
      }))}
    />
  );
}

function descriptionOf({ bins, countedFrom, stored, readBytes }: LogHistogramAnswer, zone: Zone): string {
  const found = bins.reduce(
    (sum, { errors, warnings, others }) => sum + (errors ?? 0) + (warnings ?? 0) + (others ?? 0),
    0,
  );
  const held = `the range holds about ${count(stored.lines)} lines (${byteSize(stored.bytes)})`;
  return countedFrom === null
    ? `${count(found)} lines match; ${held}.`
    : `${count(found)} lines match since ${time(countedFrom, zone)}. Older ones are not counted, because ${byteSize(readBytes)} were read before; ${held}. A shorter range, or words instead of expressions and negations, is counted as a whole.`;
}
