/** Who is told of an alert, in which group, and when nobody is. Pure. */

import type { Matcher } from '../rules/matchers.ts';
import { matches } from '../rules/matchers.ts';
import type { Labels } from '../rules/rule.ts';
import type { GroupTiming } from './grouping.ts';

/** Hours in which nothing is told. Weekdays count from 1, Monday; `to` before `from` runs over midnight. */
export interface MuteTime {
  /** IANA name, such as Europe/Berlin. */
  readonly timeZone: string;
  readonly weekdays: readonly number[];
  readonly from: string;
  readonly to: string;
}

export interface Route {
  readonly matchers: readonly Matcher[];
  readonly receiverId: string;
  /** Labels that a group has in common; `...` makes each alert its own group. */
  readonly groupBy: readonly string[];
  readonly timing: GroupTiming;
  readonly muteTimes: readonly MuteTime[];
  /** Later routes are asked as well. */
  readonly continue: boolean;
}

export interface Silence {
  readonly matchers: readonly Matcher[];
  readonly startsMs: number;
  readonly endsMs: number;
}

/** While an alert of `source` fires, those of `target` with the same `equal` labels are not told. */
export interface Inhibition {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

/** The routes of an alert, in order: the first that matches, and those after it that it lets be asked. */
export function routesOf(labels: Labels, routes: readonly Route[]): readonly Route[] {
  const found: Route[] = [];
  for (const route of routes) {
    if (!matches(route.matchers, labels)) continue;
    found.push(route);
    if (!route.continue) break;
  }
  return found;
}

/** Alerts of one route and receiver with the same values share a group. */
export function groupKeyOf(labels: Labels, groupBy: readonly string[]): string {
  const names = groupBy.includes('...') ? Object.keys(labels) : groupBy;
  return JSON.stringify(names.toSorted().map((name) => [name, labels[name] ?? '']));
}

export function isSilenced(labels: Labels, silences: readonly Silence[], nowMs: number): boolean {
  return silences.some(
    ({ matchers, startsMs, endsMs }) => startsMs <= nowMs && nowMs < endsMs && matches(matchers, labels),
  );
}

/** Tells of each alert whether another one mutes it; `firing` are the labels of all that fire. None inhibits itself. */
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
  // Over midnight: the evening of the day it is named for, and the morning after.
  return (weekdays.includes(today) && time >= from) || (weekdays.includes(yesterday) && time < to);
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
