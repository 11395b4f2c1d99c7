/** Tools about one function: cold starts, memory size, network. */
import * as z from 'zod';
import { duration, fixed, integer, mb, percent, plural, signedPercent, usd } from '../../../ingest/text/quantities.ts';
import type { ColdStartsAnswer } from '../../http/contract/functions.ts';
import type { MemoryAnswer } from '../../http/contract/memory.ts';
import type { FleetNetworkAnswer, NetworkAnswer } from '../../http/contract/network.ts';
import { functionInput, rangeInput } from '../inputs.ts';
import { countsText, quantilesText, rangeText, rateText } from '../phrases.ts';
import { link, MOST_ROWS, tool } from '../tool.ts';
import { sentence } from '../untrusted.ts';

const pathOf = (id: string, question: string): string => `/api/v1/functions/${encodeURIComponent(id)}/${question}`;

export const explainColdStarts = tool({
  name: 'explain_cold_starts',
  title: 'Explain cold starts',
  description:
    'Cold starts of a function: how often callers waited, how long they take by kind, what caused them, and what would spare callers most of them.',
  input: z.strictObject({ function: functionInput, ...rangeInput() }),
  run: async (ask, { function: id, ...range }) => {
    const answer = await ask.get<ColdStartsAnswer>(pathOf(id, 'cold-starts'), range);
    const { rate, userFeltRate, byKind, byCause, judged, advice, adviceReason, taxMsPerDay, taxUsd } = answer;
    const why = advice ?? adviceReason;
    return {
      summary: [
        `Cold starts from ${rangeText(answer.range)}: ${rateText(rate)} of invocations.`,
        `Callers waited for one in ${rateText(userFeltRate)}, ${duration(taxMsPerDay)} a day in total; billed ${usd(taxUsd)}.`,
        ...byKind.map(
          ({ kind, n, share, initMs, totalMs }) =>
            `- ${kind}: ${integer(n)} (${percent(share)} of cold starts); init ${quantilesText(initMs, initMs.intervals)}; init and invocation ${quantilesText(totalMs, totalMs.intervals)}.`,
        ),
        judged === 0
          ? 'No cause is determined yet.'
          : `Causes (n = ${integer(judged)}): ${countsText(byCause.map(({ cause, n }) => ({ name: cause, n })))}.`,
        ...(why === null ? [] : [`${advice === null ? 'No advice' : 'Advice'}: ${sentence(why.sentence)}`]),
        ...(answer.doomLoops.length === 0
          ? []
          : [`${plural(answer.doomLoops.length, 'environment')} initialised three or more times in a row.`]),
        ...(answer.withoutStream === null
          ? []
          : [
              `${plural(answer.withoutStream.invocations, 'invocation')} without a known log stream are not part of causes and of what callers waited for.`,
            ]),
      ],
      links: [link('function', { id }, { tab: 'cold-starts', ...range })],
      data: {
        ...{ range: answer.range, rate, userFeltRate, byCause, judged, taxMsPerDay, taxUsd },
        byKind: byKind.map(({ kind, n, share, initMs }) => ({ kind, n, share, initMs })),
        advice: advice === null ? null : { code: advice.code, parameters: advice.parameters },
      },
      untrusted: answer.byExtensions.filter(({ extensions }) => extensions.length > 0).slice(0, MOST_ROWS),
    };
  },
});

export const rightSize = tool({
  name: 'right_size',
  title: 'Right memory size',
  description:
    'Recommends a memory size for a function from its own invocations, with the saving, the change of duration and their intervals, or says why it cannot.',
  input: z.strictObject({
    function: functionInput,
    ...rangeInput('now-14d'),
    strategy: z.enum(['cheapest', 'fastest', 'balanced']).optional().describe('Default: cheapest'),
    maxSlower: z.number().min(0).max(100).optional().describe('Largest slowdown allowed: 0.1 is 10 %. Default: 0.1'),
  }),
  run: async (ask, { function: id, ...query }) => {
    const answer = await ask.get<MemoryAnswer>(pathOf(id, 'memory'), query);
    const { currentMb, finding, reasons, observed, floorMb, recommendation: best, leak, candidates } = answer;
    return {
      summary: [
        `Memory size ${mb(currentMb)}, ${rangeText(answer.range)}: ${finding}.`,
        ...reasons.map(sentence),
        ...(best === null ? ['No size is recommended.'] : [recommended(best)]),
        ...observed.map(
          ({ memorySizeMb, n, environments, meanBilledMs, costPerMillionUsd, interval, maxMemoryUsedMb }) =>
            `- Observed ${mb(memorySizeMb)}: n = ${integer(n)} in ${plural(environments, 'environment')}; mean billed ${duration(meanBilledMs)}; ${usd(costPerMillionUsd)} per million${interval === null ? '' : ` (95 % interval ${usd(interval.low)} to ${usd(interval.high)})`}; at most ${mb(maxMemoryUsedMb)} used.`,
        ),
        `Minimum safe size: ${mb(floorMb)}.${answer.floorReason === null ? '' : ` ${sentence(answer.floorReason)}`}`,
        ...(leak?.leaking === true
          ? [
              `Memory use grows by ${fixed(leak.mbPer1k, 1)} MB per 1,000 invocations in ${plural(leak.environments, 'environment')}: a leak.`,
            ]
          : []),
      ],
      links: [link('function', { id }, { tab: 'memory', from: query.from, to: query.to })],
      data: {
        ...{ range: answer.range, currentMb, finding, floorMb, recommendation: best },
        candidates: candidates.slice(0, MOST_ROWS),
      },
      untrusted: [],
    };
  },
});

function recommended({
  memoryMb,
  pSaving,
  monthlySavingUsd: saving,
  latencyChange: latency,
}: NonNullable<MemoryAnswer['recommendation']>): string {
  const parts = [
    `Recommended: ${mb(memoryMb)}`,
    ...(saving === null
      ? []
      : [`saves ${usd(saving.value)} a month (95 % interval ${usd(saving.low)} to ${usd(saving.high)})`]),
    ...(latency === null
      ? []
      : [
          `mean duration ${signedPercent(latency.value)} (95 % interval ${signedPercent(latency.low)} to ${signedPercent(latency.high)})`,
        ]),
    ...(pSaving === null ? [] : [`probability of a saving ${percent(pSaving)}`]),
  ];
  return `${parts.join('; ')}.`;
}

export const getNetwork = tool({
  name: 'get_network',
  title: 'VPC network',
  description:
    'What the VPC adds to cold starts of a function, its network interfaces and database connections; without a function, all functions inside and outside VPCs.',
  input: z.strictObject({ function: functionInput.optional(), ...rangeInput('now-30d') }),
  run: async (ask, { function: id, ...range }) => {
    if (id === undefined) {
      const { vpc, other, unknown, subnets, eniEvents, ...fleet } = await ask.get<FleetNetworkAnswer>(
        '/api/v1/network',
        range,
      );
      const sides = Object.entries({ 'In a VPC': vpc, 'Outside a VPC': other, 'Not known': unknown });
      return {
        summary: [
          `Network from ${rangeText(fleet.range)}.`,
          ...sides.map(
            ([name, { functions, invocations, coldStartRate, initMs }]) =>
              `- ${name}: ${plural(functions, 'function')}, ${plural(invocations, 'invocation')}; cold starts ${rateText(coldStartRate)}; init ${quantilesText(initMs)}.`,
          ),
          ...interfaces(eniEvents),
          ...(fleet.reason === null ? [] : [sentence(fleet.reason)]),
        ],
        links: [link('network', {}, range)],
        data: { range: fleet.range, vpc, other, unknown, subnets: subnets.length },
        untrusted: eniEvents.failures.slice(0, MOST_ROWS),
      };
    }
    const answer = await ask.get<NetworkAnswer>(pathOf(id, 'network'), range);
    const { vpc, eniLatencyMs: added, preInitMs, capacity, missingRoute, firstConnectionMs } = answer;
    return {
      summary: [
        `${vpc === null ? 'It is not known whether the function is in a VPC.' : vpc ? 'The function is in a VPC.' : 'The function is not in a VPC.'} ${rangeText(answer.range)}.`,
        sentence(answer.summary),
        ...(added === null
          ? []
          : [
              `Difference to functions outside of a VPC: ${duration(added.value)} (95 % interval ${duration(added.low)} to ${duration(added.high)}, n = ${integer(added.nVpc)} and ${integer(added.nOther)} cold starts).`,
            ]),
        ...(preInitMs === null ? [] : [`Before init: ${quantilesText(preInitMs, preInitMs.intervals)}.`]),
        ...(firstConnectionMs.excess === null
          ? []
          : [
              `The first invocation of an environment takes ${duration(firstConnectionMs.excess)} longer (n = ${integer(firstConnectionMs.n)}).`,
            ]),
        ...(capacity === null
          ? []
          : [`Peak concurrency ${integer(capacity.peakConcurrency)} in ${plural(capacity.subnets, 'subnet')}.`]),
        ...(missingRoute.suspected ? [`A route may be missing: ${plural(missingRoute.timeouts, 'timeout')}.`] : []),
        ...interfaces(answer.eniEvents),
        ...(answer.reason === null ? [] : [sentence(answer.reason)]),
      ],
      links: [link('function', { id }, { tab: 'network', ...range })],
      data: {
        range: answer.range,
        vpc,
        eniLatencyMs: added,
        preInitMs,
        capacity,
        missingRoute: missingRoute.suspected,
      },
      untrusted: [...answer.eniEvents.failures, ...answer.eniEvents.inLogs].slice(0, MOST_ROWS),
    };
  },
});

function interfaces({ byName }: NetworkAnswer['eniEvents']): readonly string[] {
  const total = byName.reduce((sum, { n }) => sum + n, 0);
  const failed = byName.reduce((sum, one) => sum + one.failed, 0);
  return total === 0 ? [] : [`${plural(total, 'event')} of network interfaces, ${integer(failed)} failed.`];
}
