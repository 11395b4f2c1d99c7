/** Verdicts in words; colour only helps, and grey is for what is not known. */
import type { CompareAnswer } from '../../server/http/contract/compare.ts';
import { ms, percent, usd } from '../format.ts';
import { DataTable } from './data-table.tsx';

type Verdict = CompareAnswer['verdict'];
type Difference = CompareAnswer['differences'][number];

const VERDICTS: Readonly<Record<Verdict, readonly [words: string, tone: string]>> = {
  improved: ['better', 'good'],
  worse: ['worse', 'bad'],
  'no-evidence': ['no evidence of a change', ''],
  'insufficient-data': ['too little data', ''],
};

export function VerdictBadge({ verdict }: { readonly verdict: Verdict }) {
  const [words, tone] = VERDICTS[verdict];
  return <span class={`badge ${tone}`}>{words}</span>;
}

const METRICS: Readonly<Record<Difference['metric'], string>> = {
  p50: 'Duration p50',
  p95: 'Duration p95',
  p99: 'Duration p99',
  initP50: 'Init p50',
  errorRate: 'Error rate',
  coldStartRate: 'Cold-start rate',
  costPer1k: 'Cost of 1,000',
};

const shown = (value: number | null, unit: Difference['unit']): string =>
  unit === 'ms' ? ms(value) : unit === 'USD' ? usd(value) : percent(value);

/** Shares change in percentage points. */
function changed(value: number | null, unit: Difference['unit']): string {
  if (value === null) return '–';
  const sign = value > 0 ? '+' : value < 0 ? '−' : '';
  const size = percent(Math.abs(value));
  return `${sign}${unit === 'ratio' ? size.replace('%', 'points') : size}`;
}

/** The change with its 95 % interval: relative for times and money, in points for shares. */
export function DifferenceTable({ rows }: { readonly rows: readonly Difference[] }) {
  return (
    <DataTable
      label="DifferenceTable"
      columns={[
        { title: 'Figure' },
        { title: 'Before', number: true },
        { title: 'After', number: true },
        { title: 'Change, 95 % interval', number: true },
        { title: 'Verdict' },
      ]}
      rows={rows.map((row) => [
        METRICS[row.metric],
        shown(row.before, row.unit),
        shown(row.after, row.unit),
        <>
          {changed(row.change, row.unit)}
          <span class="interval">
            {row.low === null ? 'no interval' : `${changed(row.low, row.unit)} to ${changed(row.high, row.unit)}`}
          </span>
        </>,
        <VerdictBadge verdict={row.verdict} />,
      ])}
    />
  );
}
