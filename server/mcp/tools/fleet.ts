/** Tools about all functions. */
import * as z from 'zod';
import { integer, plural, seconds, usd } from '../../../ingest/text/quantities.ts';
import type { FunctionsAnswer } from '../../http/contract/functions.ts';
import type { MonthCostAnswer } from '../../http/contract/month-cost.ts';
import type { OverviewAnswer } from '../../http/contract/overview.ts';
import { limitInput, rangeInput } from '../inputs.ts';
import { errorRateText, minuteText, quantilesText, rangeText, rateText, restText } from '../phrases.ts';
import { link, MOST_ROWS, tool } from '../tool.ts';
import { sentence, shown, unusual } from '../untrusted.ts';

const SORTS = {
  invocations: (one) => one.invocations,
  errors: (one) => one.errors,
  cost: (one) => one.costUsd ?? 0,
  coldStartSeconds: (one) => one.coldStartSeconds ?? 0,
  p95: (one) => one.durationMs.p95 ?? 0,
} as const satisfies Readonly<Record<string, (one: FunctionsAnswer['items'][number]) => number>>;

const filters = {
  account: z.string().max(64).optional().describe('Only this AWS account'),
  region: z.string().max(64).optional().describe('Only this region, such as eu-west-1'),
};

export const listFunctions = tool({
  name: 'list_functions',
  title: 'List functions',
  description:
    'Lists Lambda functions with invocations, failures, cold starts, durations and cost. Use it first to find the id of a function.',
  input: z.strictObject({
    ...rangeInput(),
    ...filters,
    name: z.string().max(256).optional().describe('Part of the name, in any case'),
    sort: z.enum(['invocations', 'errors', 'cost', 'coldStartSeconds', 'p95']).default('invocations'),
    limit: limitInput,
  }),
  run: async (ask, { name, sort, limit, ...query }) => {
    const answer = await ask.get<FunctionsAnswer>('/api/v1/functions', query);
    const wanted = name?.toLowerCase() ?? '';
    const found = answer.items.filter((one) => one.name.toLowerCase().includes(wanted));
    const rows = found.toSorted((a, b) => SORTS[sort](b) - SORTS[sort](a)).slice(0, limit);
    return {
      summary: [
        `${plural(found.length + (wanted === '' ? answer.omitted : 0), 'function')} with invocations from ${rangeText(answer.range)}, by ${sort}.`,
        ...rows.map(
          (one) =>
            `- ${shown(one.id)}: ${plural(one.invocations, 'invocation')}; ${errorRateText(one.errorRate)}; callers waited for a cold start in ${rateText(one.userFeltColdStartRate)}; duration ${quantilesText(one.durationMs)}; cost ${usd(one.costUsd)}.`,
        ),
        ...restText(rows.length, found.length),
      ],
      links: [link('functions', {}, { from: query.from, to: query.to })],
      data: {
        range: answer.range,
        functions: rows.map(
          ({ id, memoryMb, runtime, invocations, errors, costUsd, coldStartSeconds, durationMs }) => ({
            id: shown(id),
            runtime: runtime === null ? null : shown(runtime),
            ...{ memoryMb, invocations, errors, costUsd, coldStartSeconds, durationMs },
          }),
        ),
        total: found.length,
      },
      untrusted: unusual(rows.map(({ id }) => id)),
    };
  },
});

export const getOverview = tool({
  name: 'get_overview',
  title: 'Overview and findings',
  description:
    'Totals of all functions and what is wrong with them, most urgent first: out of memory, timeouts, errors, cold starts, runtimes without support, throttles, undelivered events.',
  input: z.strictObject({ ...rangeInput(), ...filters }),
  run: async (ask, query) => {
    const answer = await ask.get<OverviewAnswer>('/api/v1/overview', query);
    const groups = answer.findingGroups.slice(0, MOST_GROUPS);
    return {
      summary: [
        `${plural(answer.functions, 'function')}, ${plural(answer.invocations, 'invocation')} from ${rangeText(answer.range)}.`,
        `Failures: ${errorRateText(answer.errorRate)}.`,
        `Callers waited for a cold start in ${rateText(answer.userFeltColdStartRate)}, ${seconds(answer.coldStartSeconds)} in total.`,
        `Cost ${usd(answer.costUsd)} at list price, of which failed attempts ${usd(answer.wastedUsd)}.`,
        ...(answer.costReason === null ? [] : [sentence(answer.costReason)]),
        groups.length === 0 ? 'No findings.' : 'Findings, most urgent first:',
        // Not the API's sentences: these hold names.
        ...groups.map(({ code, severity, functions, affected, affectedIsLowerBound, next }) => {
          const hit =
            affected === null ? '' : `, ${affectedIsLowerBound ? 'at least ' : ''}${integer(affected)} affected`;
          return `- ${severity}: ${code} in ${plural(functions.total, 'function')}${hit}; worst: ${shown(next.functionId)}.`;
        }),
        ...restText(groups.length, answer.findingGroups.length),
      ],
      links: [
        link('overview', {}, { from: query.from, to: query.to }),
        ...groups.slice(0, 3).map(({ next }) => link('function', { id: next.functionId }, { tab: next.code })),
      ],
      data: {
        range: answer.range,
        invocations: answer.invocations,
        errorRate: answer.errorRate,
        userFeltColdStartRate: answer.userFeltColdStartRate,
        costUsd: answer.costUsd,
        findings: groups.map(({ code, severity, affected, functions, next }) => ({
          ...{ code, severity, affected, functions: functions.total, worst: shown(next.functionId) },
        })),
      },
      untrusted: unusual(groups.map(({ next }) => next.functionId)),
    };
  },
});

const MOST_GROUPS = 12;

export const getCosts = tool({
  name: 'get_costs',
  title: 'Cost of this month',
  description: 'Cost of the current calendar month at list price, with a forecast of the whole month.',
  input: z.strictObject({
    ...filters,
    function: z.string().max(256).optional().describe('Only this function: its id, or its name if it is unambiguous'),
    timeZone: z.string().max(64).optional().describe('IANA zone whose calendar month it is. Default: UTC'),
  }),
  run: async (ask, query) => {
    const { month, timeZone, costUsd, costReason, forecast, forecastReason, range, days } =
      await ask.get<MonthCostAnswer>('/api/v1/cost/month', query);
    return {
      summary: [
        `Cost of ${month} (${timeZone}) until ${minuteText(range.to)} UTC: ${usd(costUsd)} at list price.`,
        ...(costReason === null ? [] : [sentence(costReason)]),
        forecast === null
          ? `No forecast of the month. ${sentence(forecastReason ?? '')}`
          : `Forecast of the month: ${usd(forecast.value)} (95 % interval ${usd(forecast.low)} to ${usd(forecast.high)}, from ${plural(forecast.weeks, 'week')}).`,
      ],
      links: [query.function === undefined ? link('overview', {}) : link('function', { id: query.function })],
      data: { month, timeZone, costUsd, forecast, days: days.slice(-MOST_ROWS) },
      untrusted: [],
    };
  },
});
