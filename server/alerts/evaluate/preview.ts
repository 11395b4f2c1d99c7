/** What a rule would do, before it is saved: which functions it evaluates, what it would have measured, and when it would have fired. */
import { DAY_MS, durationText, HOUR_MS } from '../../../ingest/records/time.ts';
import { plural } from '../../../ingest/text/quantities.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { isStored } from '../../analytics/metrics/stored-metrics.ts';
import type { DimensionFilter, TelemetryReader, TimeRange } from '../../storage/ports.ts';
import type { Rule } from '../rules/rule.ts';
import type { DryRun } from './dry-run.ts';
import { dryRun, hasHistory } from './dry-run.ts';
import { filtersOf } from './metric-source.ts';
import type { SignalReader } from './signals.ts';
import { tagFilters } from './tag-filters.ts';

/** What a reader of the preview has to know to trust it. */
export interface PreviewNotice {
  readonly code: 'no-history' | 'short-history' | 'coarse-steps' | 'no-function';
  readonly text: string;
  /** Values of the text, as it shows them. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface RulePreview extends DryRun {
  /** Ids of the functions with invocations in the range that the rule evaluates; null if its signal is not about functions. */
  readonly functions: readonly string[] | null;
  /** Epoch ms; null without data. */
  readonly dataFromMs: number | null;
  readonly notices: readonly PreviewNotice[];
}

const NO_HISTORY: DryRun = { unit: '', points: [], fired: [], stepMs: 0, evaluations: 0 };

export async function previewRule(
  rule: Rule,
  read: SignalReader & Pick<TelemetryReader, 'aggregate' | 'metricPoints'>,
  terms: PriceTerms,
  range: TimeRange,
): Promise<RulePreview> {
  const functions = await functionsOf(rule, read, range);
  const { firstEventMs } = await read.ingestStatus({});
  const run = hasHistory(rule) ? await dryRun(rule, read, terms, range) : NO_HISTORY;
  return {
    ...run,
    functions,
    dataFromMs: firstEventMs,
    notices: noticesOf(rule, run, functions, firstEventMs, range),
  };
}

/** The functions that a rule evaluates, by the invocations in the range. */
async function functionsOf(
  { signal, functions, tags = [] }: Rule,
  read: Pick<TelemetryReader, 'aggregate'>,
  range: TimeRange,
): Promise<readonly string[] | null> {
  const named = functionFilters(signal.kind === 'connectionUse' ? signal.functions : functions);
  switch (signal.kind) {
    case 'ingestSilence':
    case 'unparsed':
    case 'networkErrors':
      return null;
    default: {
      // A stored metric takes filters by account and region only, as invocations do too.
      const own = 'filters' in signal ? filtersOf(signal.filters) : [];
      const filters = [
        ...own,
        ...named,
        ...filtersOf(tagFilters(tags)),
        ...(signal.kind === 'platformLatency' ? [IN_VPC] : []),
      ];
      const query = { ...range, filters, groupBy: ['function'] as const, widthMs: null, sketch: null, quantiles: [] };
      const { groups } = await read.aggregate(query);
      return groups.map(({ group: [id] }) => String(id ?? '')).toSorted();
    }
  }
}

const IN_VPC: DimensionFilter = { field: 'vpc', values: [true], not: false };

function functionFilters(patterns: readonly string[]): readonly DimensionFilter[] {
  return patterns.length === 0 ? [] : [{ field: 'function', values: patterns, not: false, isGlob: true }];
}

function noticesOf(
  rule: Rule,
  { stepMs }: DryRun,
  functions: readonly string[] | null,
  firstEventMs: number | null,
  { fromMs, toMs }: TimeRange,
): readonly PreviewNotice[] {
  if (!hasHistory(rule))
    return [{ code: 'no-history', text: 'What this signal measures is not kept, so there is no preview of the past.' }];
  const notices: PreviewNotice[] = [];
  if (functions?.length === 0 && !isOfStoredMetric(rule))
    notices.push({ code: 'no-function', text: 'No function with invocations in this time matches.' });
  const asked = spanText(toMs - fromMs);
  if (firstEventMs === null)
    notices.push({ code: 'short-history', text: `No data is stored yet: ${asked} are empty.`, parameters: { asked } });
  else if (firstEventMs > fromMs) {
    const covered = spanText(Math.max(0, toMs - firstEventMs));
    notices.push({
      code: 'short-history',
      text: `Data covers ${covered} of ${asked}: the count is that of the covered part.`,
      parameters: { covered, asked },
    });
  }
  if (stepMs > rule.windowMs) {
    const [step, window] = [durationText(stepMs), durationText(rule.windowMs)];
    notices.push({
      code: 'coarse-steps',
      text: `Evaluated every ${step} with a window of ${window}: shorter episodes in between are not counted.`,
      parameters: { step, window },
    });
  }
  return notices;
}

function isOfStoredMetric({ signal }: Rule): boolean {
  return 'metric' in signal && isStored(signal.metric);
}

/** `7 days`, `1 day`, `20 hours`. */
function spanText(ms: number): string {
  return ms >= DAY_MS ? plural(Math.floor(ms / DAY_MS), 'day') : plural(Math.floor(ms / HOUR_MS), 'hour');
}
