/** Routes an alert to receivers and groups; decides when silences, inhibitions and mute times suppress it. Pure. */

import type { Matcher } from '../rules/matchers.ts';
import { matches } from '../rules/matchers.ts';
import type { Labels } from '../rules/rule.ts';
import type { GroupTiming } from './grouping.ts';

/** Hours without notifications. Weekdays count from 1 = Monday; if `to` is before `from`, the time runs over midnight. */
export interface MuteTime {
  /** IANA name such as Europe/Berlin. */
  readonly timeZone: string;
  readonly weekdays: readonly number[];
  /** HH:MM, included. */
  readonly from: string;
  /** HH:MM, excluded. */
  readonly to: string;
}

export interface Route {
  readonly matchers: readonly Matcher[];
  readonly receiverId: string;
  /** Labels that the alerts of a group share; `...` puts each alert into its own group. */
  readonly groupBy: readonly string[];
  readonly timing: GroupTiming;
  readonly muteTimes: readonly MuteTime[];
  /** Also evaluate the routes after this one. */
  readonly continue: boolean;
}

export interface Silence {
  readonly matchers: readonly Matcher[];
  readonly startsMs: number;
  readonly endsMs: number;
}

/** While an alert that matches `source` fires, suppress those that match `target` and have the same `equal` labels. */
export interface Inhibition {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

/** The whole routing configuration. */
export interface Routing {
  readonly routes: readonly Route[];
  readonly inhibitions: readonly Inhibition[];
}

/** A silence with its author and reason. */
export interface NamedSilence extends Silence {
  readonly id: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** Routes of an alert in order: the first match, and further matches while `continue` is set. */
export function routesOf(labels: Labels, routes: readonly Route[]): readonly Route[] {
  const found: Route[] = [];
  for (const route of routes) {
    if (!matches(route.matchers, labels)) continue;
    found.push(route);
    if (!route.continue) break;
  }
  return found;
}

/** Alerts of one route with the same key share a group. The key is JSON: `[[name, value], …]`, sorted by name. */
export function groupKeyOf(labels: Labels, groupBy: readonly string[]): string {
  const names = groupBy.includes('...') ? Object.keys(labels) : groupBy;
  return JSON.stringify(names.toSorted().map((name) => [name, labels[name] ?? '']));
}

/** The labels of a key that {@link groupKeyOf} made; null if it is not such a key. */
export function labelsOfGroupKey(key: string): Labels | null {
  let value: unknown;
  try {
    value = JSON.parse(key);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const labels: Record<string, string> = {};
  for (const entry of value) {
    if (!Array.isArray(entry)) return null;
    const [name, text]: readonly unknown[] = entry;
    if (typeof name !== 'string' || typeof text !== 'string') return null;
    labels[name] = text;
  }
  return labels;
}

/** True if an active silence matches the labels. */
export function isSilenced(labels: Labels, silences: readonly Silence[], nowMs: number): boolean {
  return silences.some(
    ({ matchers, startsMs, endsMs }) => startsMs <= nowMs && nowMs < endsMs && matches(matchers, labels),
  );
}

/** Builds a test for inhibition; `firing` are the labels of all firing alerts. An alert never inhibits itself. */
export function inhibitor(inhibitions: readonly Inhibition[], firing: readonly Labels[]): (labels: Labels) => boolean {
  const commonOf = (labels: Labels, equal: readonly string[]): string =>
    JSON.stringify(equal.map((name) => labels[name] ?? ''));
  const active = inhibitions.map((inhibition) => {
    const sources = firing.filter((labels) => matches(inhibition.source, labels));
    return { ...inhibition, common: new Set(sources.map((labels) => commonOf(labels, inhibition.equal))) };
  });
  return (labels) =>
    active.some(
      ({ source, target, equal, common }) =>
        common.has(commonOf(labels, equal)) && matches(target, labels) && !matches(source, labels),
    );
}

/** True if `nowMs` lies within the mute time, in its time zone. */
export function isMuteTime({ timeZone, weekdays, from, to }: MuteTime, nowMs: number): boolean {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(nowMs);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const today = DAYS.indexOf(part('weekday')) + 1;
  const yesterday = today === 1 ? 7 : today - 1;
  const time = `${part('hour')}:${part('minute')}`;
  if (from <= to) return weekdays.includes(today) && from <= time && time < to;
  // Over midnight: the evening of the weekday itself, and the morning after it.
  return (weekdays.includes(today) && time >= from) || (weekdays.includes(yesterday) && time < to);
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
