/** Verdicts and differences of two periods. Labels carry the meaning; grey stands for inconclusive. */

import { COMPARED_NAMES, comparedChange, comparedValue } from '../../ingest/text/compared-text.ts';
import { plural } from '../../ingest/text/quantities.ts';
import type { CompareAnswer } from '../../server/http/contract/compare.ts';
import { DataTable } from './data-table.tsx';

type Verdict = CompareAnswer['verdict'];
type Difference = CompareAnswer['differences'][number];

const VERDICTS: Readonly<Record<Verdict, readonly [label: string, tone: string]>> = {
  improved: ['better', 'good'],
  worse: ['worse', 'bad'],
  'no-evidence': ['no evidence of a change', ''],
  'insufficient-data': ['insufficient data', ''],
};

export function VerdictBadge({ verdict }: { readonly verdict: Verdict }) {
  const [label, tone] = VERDICTS[verdict];
  return <span class={`badge ${tone}`}>{label}</span>;
}

/** Metrics before and after, with change, 95 % interval and verdict; the interval as a picture beside no change. */
export function DifferenceTable({ rows }: { readonly rows: readonly Difference[] }) {
  const scales = { relative: scaleOf(rows, false), points: scaleOf(rows, true) };
  return (
    <DataTable
      label="Differences"
      columns={[
        { title: 'Metric' },
        { title: 'Before', number: true },
        { title: 'After', number: true },
        { title: 'Change', number: true },
        { title: '95 % interval' },
        { title: 'Verdict' },
      ]}
      rows={rows.map((row) => [
        COMPARED_NAMES[row.metric],
        comparedValue(row.before, row.unit),
        comparedValue(row.after, row.unit),
        <span class={row.verdict === 'improved' || row.verdict === 'worse' ? 'strong' : 'soft'}>
          {comparedChange(row.change, row.unit)}
        </span>,
        <>
          <IntervalPicture row={row} scale={row.unit === 'ratio' ? scales.points : scales.relative} />
          <span class="interval">
            {row.low === null
              ? 'no interval'
              : `${comparedChange(row.low, row.unit)} to ${comparedChange(row.high, row.unit)}`}
          </span>
        </>,
        <>
          <VerdictBadge verdict={row.verdict} />
          {row.reason !== null && <span class="interval reason">{row.reason}</span>}
        </>,
      ])}
    />
  );
}

/** Relative changes beyond this leave the picture: one of a thousand percent would hide the others. */
const MOST_RELATIVE = 2;
const PICTURE = { width: 160, height: 18, middle: 9, edge: 5 } as const;

/** The largest bound of the rows of a unit: all are drawn on one scale, points of a share on their own. */
export function scaleOf(rows: readonly Difference[], isPoints: boolean): number {
  const bounds = rows
    .filter(({ unit }) => (unit === 'ratio') === isPoints)
    .flatMap(({ change, low, high }) => [change, low, high])
    .map((value) => Math.abs(value ?? 0));
  const most = Math.max(0, ...bounds);
  return isPoints ? most : Math.min(most, MOST_RELATIVE);
}

/** Where a change lies in the picture, px from its left edge: no change is in the middle. */
export function placeOf(change: number, scale: number): number {
  const half = PICTURE.width / 2;
  const share = scale === 0 ? 0 : Math.max(-1, Math.min(1, change / scale));
  return half + share * (half - PICTURE.edge);
}

/** The interval as a line, the change as a dot, and no change as the line in the middle. Its numbers are beside it. */
function IntervalPicture({ row, scale }: { readonly row: Difference; readonly scale: number }) {
  const { change, low, high } = row;
  if (change === null || low === null || high === null) return null;
  const { width, height, middle } = PICTURE;
  return (
    <svg class={`interval-picture ${VERDICTS[row.verdict][1]}`} width={width} height={height} aria-hidden="true">
      <line class="none" x1={width / 2} x2={width / 2} y1={0} y2={height} />
      <line class="span" x1={placeOf(low, scale)} x2={placeOf(high, scale)} y1={middle} y2={middle} />
      <circle cx={placeOf(change, scale)} cy={middle} r={4} />
    </svg>
  );
}

/** What became better or worse in a sentence: `Duration p95 +23 %, cost per 1,000 −8.0 %; 5 metrics without a significant change`. */
export function differenceSentence(rows: readonly Difference[]): string {
  const changed = rows.filter(({ verdict }) => verdict === 'improved' || verdict === 'worse');
  const unchanged = rows.filter(({ verdict }) => verdict === 'no-evidence').length;
  const unknown = rows.filter(({ verdict }) => verdict === 'insufficient-data').length;
  const parts = [
    ...(changed.length === 0
      ? []
      : [
          changed
            .map(({ metric, change, unit }) => `${COMPARED_NAMES[metric]} ${comparedChange(change, unit)}`)
            .join(', '),
        ]),
    ...(unchanged === 0 ? [] : [`${plural(unchanged, 'metric')} without a significant change`]),
    ...(unknown === 0 ? [] : [`${plural(unknown, 'metric')} with too little data`]),
  ];
  return parts.join('; ');
}
