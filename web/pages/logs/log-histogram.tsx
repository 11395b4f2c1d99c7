import { byteSize } from '../../../ingest/text/quantities.ts';
import type { LogHistogramAnswer } from '../../../server/http/contract/logs.ts';
import { useQuery } from '../../api/use-query.ts';
import type { Colour } from '../../charts/chart-types.ts';
import { ErrorBanner } from '../../components/query-states.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { count, time } from '../../format.ts';
import { message, t, translated } from '../../i18n/translate.ts';
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

const SERIES = [
  { key: 'errors', label: message('[lines] errors'), colour: 'chart-bad' },
  { key: 'warnings', label: message('[lines] warnings'), colour: 'chart-2' },
  { key: 'others', label: message('[lines] others'), colour: 'chart-1' },
] as const satisfies readonly { readonly key: keyof Bin; readonly colour: Colour; readonly label: unknown }[];

/** Matching lines over time; a drag narrows the range. */
export function LogHistogram({ text, functionId, isFollowed }: LogHistogramProps) {
  const view = useView();
  const answer = useQuery(
    'countLogs',
    { query: { ...view.rangeQuery, ...view.filters, q: text, function: functionId ?? undefined } },
    isFollowed ? { pollMs: FOLLOW_MS } : {},
  );
  const markers = useMarkers(functionId);
  const { data } = answer;
  // A search that is not valid is said once, by the list of lines.
  if (data === null)
    return answer.error?.code === 'invalid-request' ? null : (
      <ErrorBanner result={answer} what={t('the lines over time')} />
    );
  const { bins } = data;
  const [first, last] = [bins[0], bins.at(-1)];
  if (first === undefined || last === undefined) return null;
  const x = ({ start }: Bin): number => Date.parse(start);
  return (
    <TimeSeriesPanel
      title={t('Lines over time')}
      description={descriptionOf(data, view.zone)}
      table={{
        columns: ['start', 'errors', 'warnings', 'others'],
        rows: bins.map(({ start, errors, warnings, others }) => [start, errors, warnings, others]),
      }}
      source={answer.source}
      span={{ from: first.start, to: new Date(x(last) + data.widthMs).toISOString() }}
      kind="bar"
      stacked
      yTitle={t('[axis] lines')}
      formatY={count}
      markers={markers}
      series={SERIES.map(({ key, label, colour }) => ({
        label: translated(label),
        colour,
        points: bins.map((bin) => ({ x: x(bin), y: bin[key] })),
      }))}
    />
  );
}

function descriptionOf({ bins, countedFrom, stored, readBytes }: LogHistogramAnswer, zone: Zone): string {
  const found = bins.reduce(
    (sum, { errors, warnings, others }) => sum + (errors ?? 0) + (warnings ?? 0) + (others ?? 0),
    0,
  );
  const held = { found: count(found), n: found, lines: count(stored.lines), bytes: byteSize(stored.bytes) };
  return countedFrom === null
    ? t(
        '{n, plural, one {{found} line matches} other {{found} lines match}}; the range holds about {lines} lines ({bytes}).',
        held,
      )
    : t(
        '{n, plural, one {{found} line matches} other {{found} lines match}} since {since}. Older ones are not counted, because {read} were read before; the range holds about {lines} lines ({bytes}). A shorter range, or words instead of expressions and negations, is counted as a whole.',
        { ...held, since: time(countedFrom, zone), read: byteSize(readBytes) },
      );
}
