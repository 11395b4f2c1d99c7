/** English sentences of findings. Each needs nothing but its parameters, so that clients can write it in another language. */

import { integer, percent, plural, seconds, usd } from '../../../ingest/text/quantities.ts';
import type { Rate } from '../../analytics/statistics/rate.ts';
import type { FindingCode, FindingGroup } from '../contract/findings.ts';
import type { PlatformFindingText } from './platform-finding-text.ts';
import { platformSentence } from './platform-finding-text.ts';

type FailureParameters = { readonly name: string; readonly failed: number; readonly invocations: number };
type RateParameters = {
  readonly name: string;
  readonly rate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  /** Null if the interval assumes independent invocations. */
  readonly blocks: number | null;
};
type RuntimeParameters = {
  readonly name: string;
  readonly runtime: string | null;
  readonly deprecation: string;
  readonly blockUpdate: string | null;
};
type MemoryParameters = {
  readonly name: string;
  readonly currentMb: number;
  readonly memoryMb: number;
  /** Relative to the current cost: -0.2 is 20 % cheaper. Null if the size was not observed. */
  readonly costChange: number | null;
  readonly costChangeLow: number | null;
  readonly costChangeHigh: number | null;
  /** Relative to the current duration. */
  readonly latencyChange: number | null;
  /** Why the size is recommended without a cost, in English; null with one. */
  readonly reason: string | null;
  /** Code of the reason, whose parameters are among these. */
  readonly reasonCode?: string | null;
};
export type RuntimeCode = Extract<FindingCode, `runtime-${string}`>;
type MemoryCode = Extract<FindingCode, `memory-${string}`>;

export type FindingText =
  | { readonly code: 'out-of-memory' | 'timeouts'; readonly parameters: FailureParameters }
  | { readonly code: 'errors'; readonly parameters: RateParameters & { readonly isLowerBound: boolean } }
  | { readonly code: 'cold-starts'; readonly parameters: RateParameters & { readonly waitedSeconds: number } }
  | { readonly code: RuntimeCode; readonly parameters: RuntimeParameters }
  | { readonly code: MemoryCode; readonly parameters: MemoryParameters }
  | PlatformFindingText;

export function rateParameters(name: string, { value, low, high, n, blocks }: Rate): RateParameters {
  return { name, rate: value, low, high, n, blocks: blocks ?? null };
}

/** The sentence of one function, with the interval of its estimate. */
export function findingSentence(text: FindingText): string {
  const { code, parameters } = text;
  switch (code) {
    case 'out-of-memory':
      return `${parameters.name}: ${plural(parameters.failed, 'invocation')} ran out of memory, of ${integer(parameters.invocations)}`;
    case 'timeouts':
      return `${parameters.name}: ${plural(parameters.failed, 'timeout')} in ${plural(parameters.invocations, 'invocation')}`;
    case 'errors':
      return `${parameters.name}: ${parameters.isLowerBound ? 'at least ' : ''}${percent(parameters.rate)} of invocations failed (${interval(parameters)})`;
    case 'cold-starts':
      return `${parameters.name}: ${percent(parameters.rate)} of callers waited for a cold start (${interval(parameters)}), ${seconds(parameters.waitedSeconds)} of init in total`;
    case 'runtime-ending':
    case 'runtime-deprecated':
    case 'runtime-update-blocked':
      return `${parameters.name}: ${runtimeState(code, parameters)}`;
    case 'memory-too-small':
    case 'memory-saving':
      return memorySentence(parameters);
    default:
      return platformSentence(text);
  }
}

function interval({ low, high, n, blocks }: RateParameters): string {
  const basis = blocks === null ? 'if invocations are independent ' : '';
  const source = blocks === null ? '' : `, from ${blocks} blocks of time`;
  return `95 % CI ${basis}${percent(low)}–${percent(high)}, n=${integer(n)}${source}`;
}

function runtimeState(code: RuntimeCode, { runtime, deprecation, blockUpdate }: RuntimeParameters): string {
  const state =
    code === 'runtime-ending'
      ? `${runtime} is deprecated on ${deprecation}: no security updates after that day`
      : `${runtime} has been deprecated since ${deprecation}: it gets no security updates`;
  if (blockUpdate === null) return state;
  const can = code === 'runtime-update-blocked' ? 'cannot be updated since' : 'can be updated until';
  return `${state}; its code ${can} ${blockUpdate}`;
}

/** Relative changes of the duration below this are called equal. */
const SAME_SPEED = 0.005;

function memorySentence(parameters: MemoryParameters): string {
  const { name, currentMb, memoryMb, costChange, latencyChange, costChangeLow, costChangeHigh, reason } = parameters;
  const sizes = `${name}: ${memoryMb} MB instead of ${currentMb}`;
  if (costChange === null || latencyChange === null) return `${sizes}. ${reason ?? ''}`;
  const bounds = `95 % CI ${percent(-(costChangeHigh ?? costChange))}–${percent(-(costChangeLow ?? costChange))}`;
  return `${sizes} would be ${percent(-costChange)} cheaper (${bounds}) and ${faster(latencyChange)}`;
}

function faster(change: number): string {
  if (Math.abs(change) < SAME_SPEED) return 'as fast';
  return `${percent(Math.abs(change))} ${change < 0 ? 'faster' : 'slower'}`;
}

/** Values of the sentence of a group. `name` is that of the worst function, which is the only one if `functions` is 1. */
export type GroupParameters = {
  readonly functions: number;
  readonly name: string;
  readonly affected: number | null;
  readonly isLowerBound: boolean;
  /** Invocations of these functions. */
  readonly invocations: number | null;
  readonly waitedSeconds: number | null;
  /** At most three runtimes, in alphabetical order. */
  readonly runtimes: string | null;
  /** The day of deprecation, `YYYY-MM-DD`; null if the runtimes have different ones, which are in `runtimes`. */
  readonly deprecation: string | null;
  readonly monthlySavingUsd: number | null;
  /** Of the worst function. */
  readonly currentMb: number | null;
  readonly memoryMb: number | null;
  readonly latencyChange: number | null;
};

/** The sentence of all functions with the same finding, without intervals. */
export function groupSentence(code: FindingCode, values: GroupParameters): string {
  const { functions, name, runtimes, deprecation } = values;
  const isOne = functions === 1;
  const who = isOne ? name : plural(functions, 'function');
  const affected = values.affected ?? 0;
  const failed = `${values.isLowerBound ? 'at least ' : ''}${integer(affected)} of ${plural(values.invocations ?? 0, 'invocation')}`;
  switch (code) {
    case 'out-of-memory':
      return `${who} ran out of memory: ${failed}`;
    case 'timeouts':
      return `${who} timed out: ${failed}`;
    case 'errors':
      return `${who} ${isOne ? 'throws' : 'throw'} errors or ${isOne ? 'exits' : 'exit'}: ${failed}`;
    case 'cold-starts':
      return `Callers of ${who} waited ${integer(affected)} ${affected === 1 ? 'time' : 'times'} for a cold start, ${seconds(values.waitedSeconds)} in total`;
    case 'runtime-update-blocked':
      return `${who} ${isOne ? 'runs' : 'run'} on ${runtimes}: AWS accepts no updates of ${isOne ? 'its' : 'their'} code any more`;
    case 'runtime-deprecated':
      return `${who} ${isOne ? 'runs' : 'run'} on ${runtimes}, without security updates since ${deprecation ?? 'these days'}`;
    case 'runtime-ending':
      return `${who} ${isOne ? 'runs' : 'run'} on ${runtimes}, which ${isOne ? 'gets' : 'get'} no security updates after ${deprecation ?? 'these days'}`;
    case 'memory-too-small':
      return isOne ? `${name} needs ${values.memoryMb} MB instead of ${values.currentMb}` : `${who} need more memory`;
    case 'memory-saving': {
      const saving = `${usd(values.monthlySavingUsd)} a month less`;
      if (!isOne) return `${who} would cost ${saving} with other memory sizes`;
      return `${name} would cost ${saving} with ${values.memoryMb} MB instead of ${values.currentMb}, and be ${faster(values.latencyChange ?? 0)}`;
    }
    case 'throttles':
      return `Requests to ${who} were throttled: ${integer(affected)}${share(values)}`;
    case 'provisioned-concurrency':
      return `Invocations of ${who} found all provisioned concurrency in use: ${integer(affected)}${share(values)}`;
    case 'dropped-events':
      return `Asynchronous events of ${who} were dropped without a successful invocation: ${integer(affected)}`;
    case 'dead-letters':
      return `Events of ${who} could not be sent to a dead-letter queue: ${integer(affected)}`;
    case 'destinations':
      return `Events of ${who} could not be sent to a destination: ${integer(affected)}`;
    case 'iterator-age':
      return `Records of a stream wait longer and longer for ${who}`;
    case 'async-event-age':
      return `Asynchronous events wait longer and longer for ${who}`;
  }
}

function share({ affected, invocations }: GroupParameters): string {
  return invocations === null ? '' : ` of ${integer(Math.max(invocations, affected ?? 0))}`;
}

/** What to do about a finding, beginning with the worst function. */
export const NEXT_STEPS: Readonly<
  Record<FindingCode, { readonly tab: FindingGroup['next']['code']; readonly sentence: (name: string) => string }>
> = {
  'out-of-memory': {
    tab: 'memory',
    sentence: (name) => `Raise the memory of ${name}: its Memory tab shows the minimum safe size`,
  },
  timeouts: { tab: 'failures', sentence: (name) => `See how long ${name} ran, and which timeout would do` },
  errors: { tab: 'failures', sentence: (name) => `See the errors of ${name} by cause, with their lines` },
  'cold-starts': { tab: 'cold-starts', sentence: (name) => `See why ${name} starts cold, and what helps` },
  'runtime-update-blocked': { tab: 'changes', sentence: (name) => `Move ${name} to a supported runtime first` },
  'runtime-deprecated': { tab: 'changes', sentence: (name) => `Move ${name} to a supported runtime first` },
  'runtime-ending': { tab: 'changes', sentence: (name) => `Plan a newer runtime for ${name}` },
  'memory-too-small': { tab: 'memory', sentence: (name) => `See why ${name} needs more memory` },
  'memory-saving': { tab: 'memory', sentence: (name) => `Compare cost and duration of ${name} by memory size` },
  throttles: { tab: 'metrics', sentence: (name) => `Compare the concurrency of ${name} with its limits` },
  'provisioned-concurrency': {
    tab: 'metrics',
    sentence: (name) => `See when ${name} needs more provisioned concurrency`,
  },
  'dropped-events': { tab: 'metrics', sentence: (name) => `See when events of ${name} were dropped` },
  'dead-letters': {
    tab: 'metrics',
    sentence: (name) => `Check the dead-letter queue of ${name} and the permission to send to it`,
  },
  destinations: {
    tab: 'metrics',
    sentence: (name) => `Check the destination of ${name} and the permission to send to it`,
  },
  'iterator-age': { tab: 'metrics', sentence: (name) => `See since when ${name} falls behind its stream` },
  'async-event-age': { tab: 'metrics', sentence: (name) => `See since when events of ${name} wait` },
};
