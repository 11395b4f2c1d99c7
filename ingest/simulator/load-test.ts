/** Writes the summary that the load generator `hey` prints of a simulated run. */
import type { Random } from '../records/random.ts';
import { fixed } from '../text/quantities.ts';

const BARS = 10;
const QUANTILES = [10, 25, 50, 75, 90, 95, 99] as const;

export interface PlannedLoadTest {
  readonly requests: number;
  /** Concurrent clients. */
  readonly clients: number;
  readonly medianMs: number;
  readonly sigma: number;
  /** Share of requests that wait for a cold start, and for how long. */
  readonly cold: { readonly share: number; readonly ms: number };
}

export function heySummary({ requests, clients, medianMs, sigma, cold }: PlannedLoadTest, random: Random): string {
  const seconds = Array.from({ length: requests }, () => {
    const waited = random.next() < cold.share ? random.logNormal(cold.ms, 0.2) : 0;
    return (random.logNormal(medianMs, sigma) + waited) / 1000;
  }).toSorted((a, b) => a - b);
  const [fastest = 0, slowest = 0] = [seconds[0], seconds.at(-1)];
  const sum = seconds.reduce((total, one) => total + one, 0);
  const bounds = Array.from({ length: BARS + 1 }, (_, at) => fastest + ((slowest - fastest) * at) / BARS);
  const bars = bounds.map((bound, at) => {
    const above = at === 0 ? -1 : (bounds[at - 1] ?? 0);
    const n = seconds.filter((one) => one > above && (one <= bound || at === BARS)).length;
    return `  ${fixed(bound, 3)} [${n}]\t|`;
  });
  const quantiles = QUANTILES.map((q) => {
    const value = seconds[Math.min(requests - 1, Math.floor((q / 100) * requests))] ?? 0;
    return `  ${q}% in ${fixed(value, 4)} secs`;
  });
  return [
    ...['', 'Summary:', `  Total:\t${fixed(sum / clients, 4)} secs`],
    ...[`  Slowest:\t${fixed(slowest, 4)} secs`, `  Fastest:\t${fixed(fastest, 4)} secs`],
    ...[`  Average:\t${fixed(sum / requests, 4)} secs`, `  Requests/sec:\t${fixed((requests * clients) / sum, 4)}`],
    ...['', 'Response time histogram:', ...bars, '', 'Latency distribution:', ...quantiles],
    ...['', 'Status code distribution:', `  [200]\t${requests} responses`, ''],
  ].join('\n');
}
