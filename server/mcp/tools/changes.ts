/** Tools that compare: two periods, and what changed. */
import * as z from 'zod';
import { COMPARED_NAMES, comparedChange, comparedValue } from '../../../ingest/text/compared-text.ts';
import { integer, plural } from '../../../ingest/text/quantities.ts';
import type { ChangesAnswer } from '../../http/contract/changes.ts';
import type { CompareAnswer } from '../../http/contract/compare.ts';
import { functionInput, limitInput, rangeInput } from '../inputs.ts';
import { minuteText, rangeText, restText } from '../phrases.ts';
import { link, tool } from '../tool.ts';
import { sentence, shown, unusual } from '../untrusted.ts';

const period = z
  .string()
  .min(1)
  .max(128)
  .describe('from/to, each ISO 8601, epoch milliseconds or relative: now-14d/now-7d');

type Difference = CompareAnswer['differences'][number];

/** `Duration p95: 412 ms before, 474 ms after, +15 % (95 % interval −6.0 % to +41 %, p = 0.19): no-evidence`. */
function differenceText({ metric, unit, before, after, change, low, high, p, verdict, reason }: Difference): string {
  const sides = `${COMPARED_NAMES[metric]}: ${comparedValue(before, unit)} before, ${comparedValue(after, unit)} after`;
  if (change === null) return `${sides}: ${verdict}${reason === null ? '' : ` (${sentence(reason)})`}`;
  const interval =
    low === null || high === null ? '' : `95 % interval ${comparedChange(low, unit)} to ${comparedChange(high, unit)}`;
  const evidence = [interval, p === null ? '' : `p = ${p < 0.001 ? '< 0.001' : String(Number(p.toPrecision(2)))}`];
  return `${sides}, ${comparedChange(change, unit)} (${evidence.filter((one) => one !== '').join(', ')}): ${verdict}`;
}

export const comparePeriods = tool({
  name: 'compare_periods',
  title: 'Compare two periods',
  description:
    'Compares two periods of a function: durations, failures, cold starts and cost, with intervals, adjusted p-values and a verdict. insufficient-data and no-evidence are not the same as equal.',
  input: z.strictObject({ function: functionInput, before: period, after: period }),
  run: async (ask, query) => {
    const { before, after, differences, verdict, warnings } = await ask.get<CompareAnswer>('/api/v1/compare', query);
    return {
      summary: [
        `Verdict: ${verdict}.`,
        `Before: ${rangeText(before.range)}, n = ${integer(before.n)}. After: ${rangeText(after.range)}, n = ${integer(after.n)}.`,
        ...differences.map((one) => `- ${differenceText(one)}.`),
        ...warnings.map((one) => `Warning: ${sentence(one)}`),
      ],
      links: [link('compare', {}, query)],
      data: { verdict, n: { before: before.n, after: after.n }, differences },
      untrusted: [],
    };
  },
});

export const whatChanged = tool({
  name: 'what_changed',
  title: 'What changed',
  description:
    'Deployments, configuration changes, runtime patches and shifts of a metric without a known change, each with what it did to durations, failures and cost.',
  input: z.strictObject({
    function: functionInput.optional(),
    ...rangeInput('now-7d'),
    order: z.enum(['newest', 'worst']).optional().describe('Default: newest'),
    limit: limitInput,
  }),
  run: async (ask, query) => {
    const { range, items, total, verdicts } = await ask.get<ChangesAnswer>('/api/v1/changes', query);
    return {
      summary: [
        `${plural(total, 'change')} from ${rangeText(range)}. Of those listed: ${integer(verdicts.worse)} worse, ${integer(verdicts.improved)} improved, ${integer(verdicts['no-evidence'])} without evidence, ${integer(verdicts['insufficient-data'])} with insufficient data.`,
        ...items.map(({ function: { id }, at, kinds, n, isJudged, summary, verdict }) => {
          const of = n === null ? '' : ` (n = ${integer(n.before)} before, ${integer(n.after)} after)`;
          return `- ${minuteText(at)} UTC, ${shown(id)}: ${kinds.map(shown).join(', ')}; ${isJudged ? `${verdict}: ${sentence(summary)}${of}` : 'not compared'}.`;
        }),
        ...restText(items.length, total),
      ],
      links: [link('changes', {}, { function: query.function, from: query.from, to: query.to })],
      data: {
        range,
        total,
        verdicts,
        changes: items.map(({ function: { id }, at, source, kinds, n, verdict, isJudged }) => ({
          function: shown(id),
          ...{ at, source, kinds: kinds.map(shown), n, verdict, isJudged },
        })),
      },
      // Labels name extensions, which log lines state, and what a pipeline reported.
      untrusted: [
        ...unusual(items.map(({ function: { id } }) => id)),
        ...items.map(({ at, label, deploy }) => ({ at, label, ...(deploy === null ? {} : { deploy }) })),
      ],
    };
  },
});
