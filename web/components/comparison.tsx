/** Verdicts and differences of two periods. Labels carry the meaning; grey stands for inconclusive. */

import { comparedChange, comparedValue } from '../../ingest/text/compared-text.ts';
import type { CompareAnswer } from '../../server/http/contract/compare.ts';
import { duration } from '../format.ts';
import { clausesText, listText } from '../i18n/lists.ts';
import { reasonText } from '../i18n/reason.ts';
import { COMPARED_METRICS } from '../i18n/server-texts.ts';
import type { Message } from '../i18n/translate.ts';
import { message, t, translated, withUnits } from '../i18n/translate.ts';
import { DataTable } from './data-table.tsx';

type Verdict = CompareAnswer['verdict'];
type Difference = CompareAnswer['differences'][number];

export const VERDICTS: Readonly<Record<Verdict, readonly [label: Message, tone: string]>> = {
  improved: [message('better'), 'good'],
  worse: [message('worse'), 'bad'],
  'no-evidence': [message('no evidence of a change'), ''],
  'insufficient-data': [message('insufficient data'), ''],
};

export function VerdictBadge({ verdict }: { readonly verdict: Verdict }) {
  const [label, tone] = VERDICTS[verdict];
  return <span class={`badge ${tone}`}>{translated(label)}</span>;
}

/** What a better and a worse duration and cost are in a word. */
const EFFECTS = {
  ms: [message('faster'), message('slower')],
  USD: [message('cheaper'), message('dearer')],
} as const;

/** `faster, dearer` where some metrics became better and others worse; null where they agree. */
export function tradeOff(rows: readonly Difference[]): string | null {
  const changed = rows.filter(({ verdict }) => verdict === 'improved' || verdict === 'worse');
  if (new Set(changed.map(({ verdict }) => verdict)).size < 2) return null;
  const words = changed.map(({ metric, unit, verdict }) =>
    unit === 'ratio' || metric === 'initP50'
      ? `${translated(COMPARED_METRICS[metric])} ${translated(VERDICTS[verdict][0])}`
      : translated(EFFECTS[unit][verdict === 'improved' ? 0 : 1]),
  );
  return listText([...new Set(words)]);
}

/** Metrics before and after, with change, 95 % interval and verdict; the interval as a picture beside no change. */
export function DifferenceTable({
  rows,
  periods = [t('Before'), t('After')],
}: {
  readonly rows: readonly Difference[];
  /** Headings of the two values. */
  readonly periods?: readonly [before: string, after: string];
}) {
  const scales = { relative: scaleOf(rows, false), points: scaleOf(rows, true) };
  return (
    <DataTable
      label={t('Differences')}
      columns={[
        { title: t('Metric') },
        { title: periods[0], number: true },
        { title: periods[1], number: true },
        { title: t('Change'), number: true },
        { title: t('95 % interval') },
        { title: t('Verdict') },
      ]}
      rows={rows.map((row) => [
        translated(COMPARED_METRICS[row.metric]),
        valueText(row.before, row.unit),
        valueText(row.after, row.unit),
        <span class={row.verdict === 'improved' || row.verdict === 'worse' ? 'strong' : 'soft'}>
          {changeText(row.change, row.unit)}
        </span>,
        <>
          <IntervalPicture row={row} scale={row.unit === 'ratio' ? scales.points : scales.relative} />
          <span class="interval">
            {row.low === null
              ? t('no interval')
              : t('{low} to {high}', { low: changeText(row.low, row.unit), high: changeText(row.high, row.unit) })}
          </span>
        </>,
        <>
          <VerdictBadge verdict={row.verdict} />
          {row.reason !== null && <span class="interval reason">{reasonText(row.reason, row.reasonCode)}</span>}
        </>,
      ])}
    />
  );
}

function valueText(value: number | null, unit: Difference['unit']): string {
  return unit === 'ms' ? duration(value) : withUnits(comparedValue(value, unit));
}

/** With its sign: `+12 %`; of ratios `−3.4 points`. */
function changeText(change: number | null, unit: Difference['unit']): string {
  const text = withUnits(comparedChange(change, unit));
  return text.endsWith(' points') ? t('{n} points', { n: text.replace(' points', '') }) : text;
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
          listText(
            changed.map(
              ({ metric, change, unit }) => `${translated(COMPARED_METRICS[metric])} ${changeText(change, unit)}`,
            ),
          ),
        ]),
    ...(unchanged === 0
      ? []
      : [t('{n, plural, one {# metric} other {# metrics}} without a significant change', { n: unchanged })]),
    ...(unknown === 0 ? [] : [t('{n, plural, one {# metric} other {# metrics}} with too little data', { n: unknown })]),
  ];
  return clausesText(parts);
}
