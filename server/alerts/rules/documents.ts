/** Converts rules and routing between API documents (durations such as `5m`) and the engine's form (ms), and validates them. */

import { DAY_MS, durationMs, durationText, MINUTE_MS } from '../../../ingest/records/time.ts';
import { unsupportedAggregation, unsupportedMessage } from '../../analytics/metrics/catalogue.ts';
import type { RuleDocument } from '../../http/contract/alert-rules.ts';
import type { RoutingDocument } from '../../http/contract/routing.ts';
import type { Routing } from '../notify/routing.ts';
import { isTimeZone } from '../notify/routing.ts';
import { matcherError } from './matchers.ts';
import type { Rule, Signal } from './rule.ts';

/** A validation error. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

const MAX_WINDOW_MS = 31 * DAY_MS;
const MIN_INTERVAL_MS = 1000;

/** Validation errors beyond the schema; empty if the rule is valid. */
export function ruleErrors(document: RuleDocument): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { signal } = document;
  if ('metric' in signal) {
    const { metric, aggregation } = signal;
    if (unsupportedAggregation(metric, [aggregation]) !== null) {
      errors.push({ field: 'signal.aggregation', message: unsupportedMessage(metric, aggregation) });
    }
  }
  const windowMs = durationMs(document.window);
  if (windowMs < MINUTE_MS || windowMs > MAX_WINDOW_MS) {
    errors.push({ field: 'window', message: 'expected between 1m and 31d' });
  }
  if (signal.kind === 'burnRate' && durationMs(signal.shortWindow) >= windowMs) {
    errors.push({ field: 'signal.shortWindow', message: 'must be shorter than window' });
  }
  if (durationMs(document.evaluationInterval) < MIN_INTERVAL_MS) {
    errors.push({ field: 'evaluationInterval', message: 'expected at least 1s' });
  }
  return errors;
}

/** Converts an API document into a rule. */
export function ruleOf(document: RuleDocument): Rule {
  const {
    window,
    settle,
    allowedLateness,
    evaluationInterval,
    for: forDuration,
    keepFiringFor,
    signal,
    ...rest
  } = document;
  return {
    ...rest,
    signal: signalOf(signal),
    windowMs: durationMs(window),
    settleMs: durationMs(settle),
    allowedLatenessMs: durationMs(allowedLateness),
    evaluationIntervalMs: durationMs(evaluationInterval),
    forMs: durationMs(forDuration),
    keepFiringForMs: durationMs(keepFiringFor),
  };
}

function signalOf(signal: RuleDocument['signal']): Signal {
  if (signal.kind !== 'burnRate') return signal;
  const { shortWindow, ...rest } = signal;
  return { ...rest, shortWindowMs: durationMs(shortWindow) };
}

/** Converts a rule into its API document. */
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

/** Validation errors of routing; `receivers` are the ids of existing receivers. */
export function routingErrors(document: RoutingDocument, receivers: ReadonlySet<string>): readonly FieldError[] {
  const errors: FieldError[] = [];
  const matchers = (list: RoutingDocument['routes'][number]['matchers'], field: string): void => {
    for (const [at, matcher] of list.entries()) {
      const error = matcherError(matcher);
      if (error !== null) errors.push({ field: `${field}.${at}.value`, message: error });
    }
  };
  for (const [at, route] of document.routes.entries()) {
    const field = `routes.${at}`;
    matchers(route.matchers, `${field}.matchers`);
    if (!receivers.has(route.receiver)) {
      errors.push({ field: `${field}.receiver`, message: `unknown receiver ${route.receiver}` });
    }
    for (const [index, { timeZone }] of route.muteTimes.entries()) {
      if (!isTimeZone(timeZone)) {
        errors.push({ field: `${field}.muteTimes.${index}.timeZone`, message: `unknown time zone ${timeZone}` });
      }
    }
  }
  for (const [at, inhibition] of document.inhibitions.entries()) {
    matchers(inhibition.source, `inhibitions.${at}.source`);
    matchers(inhibition.target, `inhibitions.${at}.target`);
  }
  return errors;
}

/** Converts an API document into routing. */
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

/** Converts routing into its API document. */
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
