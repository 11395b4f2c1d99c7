/** Adds transitions to notification groups and flushes groups that are due. Pure, given ids. */
import type { Alert } from '../evaluate/alert.ts';
import type { Labels } from '../rules/rule.ts';
import type { Group, Member } from './grouping.ts';
import { DEFAULT_TIMING, flush, openGroup, upsertMember } from './grouping.ts';
import type { AlertStatus } from './marks.ts';
import type { NotifiedAlert } from './notification.ts';
import type { Route, Silence } from './routing.ts';
import { groupKeyOf, isMuteTime, isSilenced, routesOf } from './routing.ts';

/** What a group keeps of a member besides its status: labels to mute it by, and the alert after it resolved. */
export interface GroupMemberMeta {
  readonly labels: Labels;
  /** The resolved alert; null while it fires, when the instance itself has newer values. */
  readonly resolved: Alert | null;
}

/** A notification group of one receiver. */
export interface OpenGroup {
  readonly id: string;
  readonly receiverId: string;
  readonly routeKey: string;
  readonly groupKey: string;
  readonly group: Group;
  /** Members of `group`, mutable: thousands of transitions may arrive at once. */
  readonly members: Map<string, Member>;
  readonly memberMeta: Map<string, GroupMemberMeta>;
}

/** An alert that began to fire or resolved. */
export interface AlertTransition {
  /** Fingerprint across rules. */
  readonly key: string;
  readonly status: AlertStatus;
  readonly alert: Alert;
}

export interface ReceiverState {
  readonly sendResolved: boolean;
  readonly enabled: boolean;
}

/** Everything that flushing a group depends on, at one moment. */
export interface DispatchSnapshot {
  readonly routes: readonly Route[];
  /** True if another firing alert inhibits one with these labels. */
  readonly isInhibited: (labels: Labels) => boolean;
  readonly silences: readonly Silence[];
  readonly receivers: ReadonlyMap<string, ReceiverState>;
  /** Firing alerts by fingerprint. */
  readonly firing: ReadonlyMap<string, Alert>;
}

/** Alerts listed in one notification; more are only counted. */
const MAX_LISTED_ALERTS = 100;

/** Identifies a route across configuration changes that keep its matchers and grouping. */
export function routeKeyOf({ matchers, groupBy }: Route): string {
  return JSON.stringify([matchers, groupBy]);
}

/** Key of the route that a rule with receivers of its own has to each of them. */
const OWN_ROUTE_KEY = 'rule';

/** With the times that a route has by default. One notification for each rule. */
function ownRoute(receiverId: string): Route {
  return {
    matchers: [],
    receiverId,
    groupBy: ['alertname'],
    timing: DEFAULT_TIMING,
    muteTimes: [],
    continue: true,
  };
}

/** Routes of an alert with their keys: to the receivers of its rule, or those that match. */
export function routesFor(
  { labels, receivers }: Pick<Alert, 'labels' | 'receivers'>,
  routes: readonly Route[],
): readonly (readonly [key: string, route: Route])[] {
  return receivers === undefined
    ? routesOf(labels, routes).map((route) => [routeKeyOf(route), route])
    : receivers.map((id) => [OWN_ROUTE_KEY, ownRoute(id)]);
}

/** Inserts a transition into the groups of its routes. Changes `groups` in place; returns the ids of changed groups. */
export function insertIntoGroups(
  groups: Map<string, OpenGroup>,
  transition: AlertTransition,
  routes: readonly Route[],
  nowMs: number,
): readonly string[] {
  const { key, status, alert } = transition;
  const changed: string[] = [];
  for (const [routeKey, route] of routesFor(alert, routes)) {
    const groupKey = groupKeyOf(alert.labels, route.groupBy);
    const id = JSON.stringify([route.receiverId, routeKey, groupKey]);
    const members = groups.get(id)?.members ?? new Map<string, Member>();
    const memberMeta = groups.get(id)?.memberMeta ?? new Map<string, GroupMemberMeta>();
    if (!upsertMember(members, key, status, alert.id)) continue;
    changed.push(id);
    if (members.has(key)) memberMeta.set(key, { labels: alert.labels, resolved: status === 'resolved' ? alert : null });
    else memberMeta.delete(key);
    if (members.size === 0) groups.delete(id);
    else if (!groups.has(id)) {
      const group = openGroup(members, nowMs, route.timing);
      groups.set(id, { id, receiverId: route.receiverId, routeKey, groupKey, group, members, memberMeta });
    }
  }
  return changed;
}

export interface FlushedGroup {
  /** Null if the group is to be deleted. */
  readonly group: OpenGroup | null;
  /** Alerts to notify about, at most {@link MAX_LISTED_ALERTS}; empty to send nothing. */
  readonly alerts: readonly NotifiedAlert[];
  /** Alerts to notify about, including those not listed. */
  readonly total: number;
}

/** Flushes a group that is due. Deletes it if its route or receiver no longer exists; postpones it during mute times. */
export function flushGroup(open: OpenGroup, snapshot: DispatchSnapshot, nowMs: number): FlushedGroup {
  const route =
    open.routeKey === OWN_ROUTE_KEY
      ? ownRoute(open.receiverId)
      : snapshot.routes.find((one) => one.receiverId === open.receiverId && routeKeyOf(one) === open.routeKey);
  const receiver = snapshot.receivers.get(open.receiverId);
  if (route === undefined || receiver === undefined) return { group: null, alerts: [], total: 0 };
  if (!receiver.enabled || route.muteTimes.some((time) => isMuteTime(time, nowMs))) {
    const later = { ...open.group, flushMs: nowMs + route.timing.groupIntervalMs };
    return { group: { ...open, group: later }, alerts: [], total: 0 };
  }
  const isMuted = (key: string): boolean => {
    const labels = open.memberMeta.get(key)?.labels ?? {};
    return isSilenced(labels, snapshot.silences, nowMs) || snapshot.isInhibited(labels);
  };
  const { notify, group } = flush(open.group, nowMs, route.timing, receiver.sendResolved, isMuted);
  const alerts = notify.slice(0, MAX_LISTED_ALERTS).flatMap((key) => notifiedAlert(key, open, snapshot));
  return { group: group === null ? null : withGroup(open, group), alerts, total: notify.length };
}

/** Nothing if the alert fires no more, and its end is not in the group yet. */
function notifiedAlert(key: string, { memberMeta }: OpenGroup, { firing }: DispatchSnapshot): readonly NotifiedAlert[] {
  const resolved = memberMeta.get(key)?.resolved ?? null;
  if (resolved !== null) return [{ status: 'resolved', alert: resolved }];
  const alert = firing.get(key);
  return alert === undefined ? [] : [{ status: 'firing', alert }];
}

function withGroup(open: OpenGroup, group: Group): OpenGroup {
  const members = new Map(group.members);
  const memberMeta = new Map([...open.memberMeta].filter(([key]) => members.has(key)));
  return { ...open, group: { ...group, members }, members, memberMeta };
}
