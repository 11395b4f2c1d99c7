/** The tool for questions that no other tool answers. */
import * as z from 'zod';
import { integer, percent, plural, quantity } from '../../../ingest/text/quantities.ts';
import type { StructuredAnswer } from '../../http/contract/query.ts';
import { customMetric, METRICS, queryFilter, structuredQuery } from '../../http/contract/query.ts';
import { limitInput, rangeInput } from '../inputs.ts';
import { rangeText, restText } from '../phrases.ts';
import { link, tool } from '../tool.ts';
import { sentence, shown, unusual } from '../untrusted.ts';

const { groupBy, aggregations } = structuredQuery.shape;

type Group = StructuredAnswer['groups'][number];

const namesOf = (group: Group['group']): readonly string[] =>
  Object.values(group).filter((value) => typeof value === 'string');

export const queryMetric = tool({
  name: 'query_metric',
  title: 'Query a metric',
  description:
    'Aggregates a metric over a range, in groups: counts, rates with intervals, quantiles of durations, costs, metrics of CloudWatch and custom ones.',
  input: z.strictObject({
    metric: z.enum(METRICS),
    // Without the names of the schemas, to which the JSON schema would refer: some clients resolve no references.
    custom: z.strictObject(customMetric.shape).optional(),
    ...rangeInput(),
    aggregations,
    filters: z.array(z.strictObject(queryFilter.shape)).max(20).optional(),
    groupBy,
    limit: limitInput,
  }),
  run: async (ask, body) => {
    const answer = await ask.post<StructuredAnswer>('/api/v1/query', body);
    const { range, metric, unit, groups, total } = answer;
    return {
      summary: [
        `${metric} from ${rangeText(range)}: ${plural(total, 'group')}.`,
        ...groups.map((group) => `- ${groupText(group, unit)}`),
        ...restText(groups.length, total),
      ],
      links: [link('overview', {}, { from: body.from, to: body.to })],
      data: {
        ...{ range, metric, unit, total },
        groups: groups.map(({ group, n, values, interval }) => ({
          group: Object.fromEntries(
            Object.entries(group).map(([name, value]) => [
              shown(name),
              typeof value === 'string' ? shown(value) : value,
            ]),
          ),
          ...{ n, values, interval },
        })),
      },
      untrusted: unusual(groups.flatMap(({ group }) => [...Object.keys(group), ...namesOf(group)])),
    };
  },
});

function groupText({ group, n, values, interval, unknown, costReason }: Group, unit: string): string {
  const of = Object.entries(group).map(
    ([name, value]) => `${shown(name)} ${typeof value === 'string' ? shown(value) : (value ?? 'not known')}`,
  );
  const measured = Object.entries(values).map(
    ([name, value]) => `${name} ${value === null ? 'not known' : quantity(value, unit)}`,
  );
  const bounds = interval === null ? '' : `, 95 % interval ${percent(interval.low)} to ${percent(interval.high)}`;
  const reasons = [unknown?.reason, costReason].flatMap((one) => (one == null ? [] : [` ${sentence(one)}`]));
  return `${of.length === 0 ? 'All' : of.join(', ')}: ${measured.join(', ')}${bounds} (n = ${integer(n)}).${reasons.join('')}`;
}
