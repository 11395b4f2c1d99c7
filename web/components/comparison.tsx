/** Verdicts and differences of two periods. Labels carry the meaning; grey stands for inconclusive. */

import { duration, percent, usd } from '../../ingest/text/quantities.ts';
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

const METRICS: Readonly<Record<Difference['metric'], string>> = {
  p50: 'Duration p50',
  p95: 'Duration p95',
  p99: 'Duration p99',
  initP50: 'Init p50',
  errorRate: 'Error rate',
  coldStartRate: 'Cold-start rate',
  costPer1k: 'Cost per 1,000',
};

const format = (value: number | null, unit: Difference['unit']): string =>
  unit === 'ms' ? duration(value) : unit === 'USD' ? usd(value) : percent(value);

/** Formats a change: of a ratio in percentage points, otherwise in percent of the value before. */
function formatChange(value: number | null, unit: Difference['unit']): string {
  if (value === null) return '–';
  const sign = value > 0 ? '+' : value < 0 ? '−' : '';
  const size = percent(Math.abs(value));
  return `${sign}${unit === 'ratio' ? size.replace('%', 'points') : size}`;
}

/** Metrics before and after, with change, 95 % interval and verdict. */
export function DifferenceTable({ rows }: { readonly rows: readonly Difference[] }) {
  return (
    <DataTable
      label="Differences"
      columns={[
        { title: 'Metric' },
        { title: 'Before', number: true },
        { title: 'After', number: true },
        { title: 'Change, 95 % interval', number: true },
        { title: 'Verdict' },
      ]}
      rows={rows.map((row) => [
        METRICS[row.metric],
        format(row.before, row.unit),
        format(row.after, row.unit),
        <>
          {formatChange(row.change, row.unit)}
          <span class="interval">
            {row.low === null
              ? 'no interval'
              : `${formatChange(row.low, row.unit)} to ${formatChange(row.high, row.unit)}`}
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
