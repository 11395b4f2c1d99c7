/** Converts rules and routing between API documents (durations such as `5m`) and the engine's form (ms), and validates them. */

import { durationMs, durationText, MINUTE_MS } from '../../../ingest/records/time.ts';
import { isTimeZone } from '../../../ingest/records/time-zone.ts';
import { aggregationProblem, isStored, metricProblems } from '../../analytics/metrics/stored-metrics.ts';
import type { RuleDocument } from '../../http/contract/alert-rules.ts';
import type { RoutingDocument } from '../../http/contract/routing.ts';
import type { Routing } from '../notify/routing.ts';
import { matcherError } from './matchers.ts';
import type { Rule, Signal } from './rule.ts';

/** A validation error. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** Shortest and longest duration that a field takes. A longer one is a typing error: the rule would never fire, or a route never send. */
type DurationRange = readonly [least: string, most: string];

/** Lines arrive minutes late, and hours after an outage; the answer to a window is not worth waiting for longer. */
const RULE_RANGES = {
  window: ['1m', '31d'],
  settle: ['0s', '1d'],
  allowedLateness: ['0s', '7d'],
  evaluationInterval: ['1s', '1d'],
  for: ['0s', '31d'],
  keepFiringFor: ['0s', '31d'],
} as const satisfies Partial<Record<keyof RuleDocument, DurationRange>>;

const RULE_FIELDS = Object.keys(RULE_RANGES) as (keyof typeof RULE_RANGES)[];

const SHORT_WINDOW_RANGE: DurationRange = ['1m', '31d'];

/** As in Alertmanager, an interval of nothing is refused: a group would be flushed, or sent again, at each evaluation. */
const ROUTE_RANGES = {
  groupWait: ['0s', '1d'],
  groupInterval: ['1s', '7d'],
  repeatInterval: ['1s', '31d'],
} as const satisfies Partial<Record<keyof RoutingDocument['routes'][number], DurationRange>>;

const ROUTE_FIELDS = Object.keys(ROUTE_RANGES) as (keyof typeof ROUTE_RANGES)[];

/** Validation error of a duration out of its range, with field and range; none if it is within. */
function rangeError(field: string, text: string, [least, most]: DurationRange): readonly FieldError[] {
  const ms = durationMs(text);
  return ms >= durationMs(least) && ms <= durationMs(most)
    ? []
    : [{ field, message: `expected between ${least} and ${most}` }];
}

/** Signals of the whole installation; `connectionUse` names its functions itself. */
const WITHOUT_FUNCTION: ReadonlySet<string> = new Set(['ingestSilence', 'unparsed', 'networkErrors', 'connectionUse']);

/** Groups of failures are derived by the hour, minutes after their lines. */
const LEAST_ERRORS_MS = 30 * MINUTE_MS;

/** Validation errors beyond the schema; empty if the rule is valid. */
export function ruleErrors(document: RuleDocument): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { signal } = document;
  if ('metric' in signal) {
    const { metric, aggregation } = signal;
    const unsupported = aggregationProblem(metric, [aggregation]);
    if (unsupported !== null) errors.push({ field: 'signal.aggregation', message: unsupported });
    for (const { field, message } of metricProblems({ ...signal, groupBy: document.groupBy }))
      errors.push({ field: field.startsWith('groupBy') ? field : `signal.${field}`, message });
  }
  if (document.functions.length > 0 && WITHOUT_FUNCTION.has(signal.kind))
    errors.push({ field: 'functions', message: `${signal.kind} is not measured by function` });
  if (document.tags.length > 0) {
    if (WITHOUT_FUNCTION.has(signal.kind))
      errors.push({ field: 'tags', message: `${signal.kind} is not measured by function` });
    else if ('metric' in signal && isStored(signal.metric) && !document.groupBy.includes('function'))
      errors.push({
        field: 'tags',
        message: `expected groupBy with function, since ${signal.metric} has no tags of its own`,
      });
  }
  for (const field of RULE_FIELDS) errors.push(...rangeError(field, document[field], RULE_RANGES[field]));
  if (signal.kind === 'burnRate') {
    const field = 'signal.shortWindow';
    errors.push(...rangeError(field, signal.shortWindow, SHORT_WINDOW_RANGE));
    if (durationMs(signal.shortWindow) >= durationMs(document.window)) {
      errors.push({ field, message: 'must be shorter than window' });
    }
  }
  if (
    (signal.kind === 'newErrors' || signal.kind === 'regressedErrors' || signal.kind === 'errorGroups') &&
    durationMs(document.window) < LEAST_ERRORS_MS
  ) {
    errors.push({ field: 'window', message: 'expected at least 30m: failures are grouped up to ten minutes later' });
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
    functions: [...rest.functions],
    tags: [...(rest.tags ?? [])],
    groupBy: [...rest.groupBy],
    receivers: [...rest.receivers],
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

/** Validation errors of the times of routes; empty if they are valid. */
export function routeTimeErrors(routes: RoutingDocument['routes']): readonly FieldError[] {
  return routes.flatMap((route, at) => [
    ...ROUTE_FIELDS.flatMap((field) => rangeError(`routes.${at}.${field}`, route[field], ROUTE_RANGES[field])),
    ...route.muteTimes.flatMap((time, index) => muteTimeErrors(`routes.${at}.muteTimes.${index}`, time)),
  ]);
}

/** A mute time without days or without length never holds, though its author expects quiet. */
function muteTimeErrors(
  field: string,
  { weekdays, from, to }: RoutingDocument['routes'][number]['muteTimes'][number],
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (weekdays.length === 0) errors.push({ field: `${field}.weekdays`, message: 'expected at least one day' });
  if (from === to)
    errors.push({ field: `${field}.to`, message: 'must differ from from; a whole day is 00:00 to 24:00' });
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
