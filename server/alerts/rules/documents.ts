/** Rules and routes as people write them, and as alerts take them: durations in words become milliseconds. */

import { DAY_MS, durationMs, durationText, MINUTE_MS } from '../../../ingest/records/time.ts';
import { unsupportedAggregation, unsupportedMessage } from '../../analytics/metrics/catalogue.ts';
import type { RuleDocument } from '../../http/contract/alert-rules.ts';
import type { RoutingDocument } from '../../http/contract/routing.ts';
import type { Routing } from '../alert-state.ts';
import { faultOf } from './matchers.ts';
import type { Rule, Signal } from './rule.ts';

export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

const LONGEST_WINDOW_MS = 31 * DAY_MS;
const SHORTEST_INTERVAL_MS = 1000;

/** What a schema cannot see; empty where the rule can be used. */
export function faultsOfRule(document: RuleDocument): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const { signal } = document;
  if ('metric' in signal) {
    const { metric, aggregation } = signal;
    if (unsupportedAggregation(metric, [aggregation]) !== null) {
      faults.push({ field: 'signal.aggregation', message: unsupportedMessage(metric, aggregation) });
    }
  }
  const windowMs = durationMs(document.window);
  if (windowMs < MINUTE_MS || windowMs > LONGEST_WINDOW_MS) {
    faults.push({ field: 'window', message: 'expected between 1m and 31d' });
  }
  if (signal.kind === 'burnRate' && durationMs(signal.shortWindow) >= windowMs) {
    faults.push({ field: 'signal.shortWindow', message: 'expected to be shorter than window' });
  }
  if (durationMs(document.evaluationInterval) < SHORTEST_INTERVAL_MS) {
    faults.push({ field: 'evaluationInterval', message: 'expected at least 1s' });
  }
  return faults;
}

export function ruleOf(document: RuleDocument): Rule {
  const { window, settle, allowedLateness, evaluationInterval, for: held, keepFiringFor, signal, ...rest } = document;
  return {
    ...rest,
    signal: signalOf(signal),
    windowMs: durationMs(window),
    settleMs: durationMs(settle),
    allowedLatenessMs: durationMs(allowedLateness),
    evaluationIntervalMs: durationMs(evaluationInterval),
    forMs: durationMs(held),
    keepFiringForMs: durationMs(keepFiringFor),
  };
}

function signalOf(signal: RuleDocument['signal']): Signal {
  if (signal.kind !== 'burnRate') return signal;
  const { shortWindow, ...rest } = signal;
  return { ...rest, shortWindowMs: durationMs(shortWindow) };
}

export function documentOf(rule: Rule): RuleDocument {
  const { windowMs, settleMs, allowedLatenessMs, evaluationIntervalMs, forMs, keepFiringForMs, signal, ...rest } = rule;
  return {
    ...rest,
    groupBy: [...rest.groupBy],
    labels: { ...rest.labels },
    annotations: { ...rest.annotations },
    signal: documentOfSignal(signal),
    window: durationText(windowMs),
    settle: durationText(settleMs),
    allowedLateness: durationText(allowedLatenessMs),
    evaluationInterval: durationText(evaluationIntervalMs),
    for: durationText(forMs),
    keepFiringFor: durationText(keepFiringForMs),
  };
}

function documentOfSignal(signal: Signal): RuleDocument['signal'] {
  if (signal.kind !== 'burnRate') return signal as RuleDocument['signal'];
  const { shortWindowMs, ...rest } = signal;
  return { ...rest, shortWindow: durationText(shortWindowMs) } as RuleDocument['signal'];
}

/** What is wrong with routes; `receivers` are the ids there are. */
export function faultsOfRouting(document: RoutingDocument, receivers: ReadonlySet<string>): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const matchers = (list: RoutingDocument['routes'][number]['matchers'], field: string): void => {
    for (const [at, matcher] of list.entries()) {
      const fault = faultOf(matcher);
      if (fault !== null) faults.push({ field: `${field}.${at}.value`, message: fault });
    }
  };
  for (const [at, route] of document.routes.entries()) {
    const field = `routes.${at}`;
    matchers(route.matchers, `${field}.matchers`);
    if (!receivers.has(route.receiver)) {
      faults.push({ field: `${field}.receiver`, message: `no receiver ${route.receiver}` });
    }
    for (const [index, { timeZone }] of route.muteTimes.entries()) {
      if (!isTimeZone(timeZone)) {
        faults.push({ field: `${field}.muteTimes.${index}.timeZone`, message: `no time zone ${timeZone}` });
      }
    }
  }
  for (const [at, inhibition] of document.inhibitions.entries()) {
    matchers(inhibition.source, `inhibitions.${at}.source`);
    matchers(inhibition.target, `inhibitions.${at}.target`);
  }
  return faults;
}

export function routingOf({ routes, inhibitions }: RoutingDocument): Routing {
  return {
    inhibitions,
    routes: routes.map(({ receiver, groupWait, groupInterval, repeatInterval, ...route }) => ({
      ...route,
      receiverId: receiver,
      timing: {
        groupWaitMs: durationMs(groupWait),
        groupIntervalMs: durationMs(groupInterval),
        repeatIntervalMs: durationMs(repeatInterval),
      },
    })),
  };
}

export function documentOfRouting({ routes, inhibitions }: Routing): RoutingDocument {
  return {
    inhibitions: structuredClone(inhibitions) as RoutingDocument['inhibitions'],
    routes: routes.map(({ receiverId, timing, ...route }) => ({
      ...(structuredClone(route) as Omit<RoutingDocument['routes'][number], 'receiver'>),
      receiver: receiverId,
      groupWait: durationText(timing.groupWaitMs),
      groupInterval: durationText(timing.groupIntervalMs),
      repeatInterval: durationText(timing.repeatIntervalMs),
    })),
  };
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}
