/** From transitions to what is sent: into groups, and out of those whose time has come. Pure, given ids. */
import type { Alert } from '../evaluate/alert.ts';
import type { Labels } from '../rules/rule.ts';
import type { Told } from './bodies.ts';
import type { Group, Member } from './grouping.ts';
import { admit, flush, openGroup } from './grouping.ts';
import type { Route, Silence } from './routing.ts';
import { groupKeyOf, isMuteTime, isSilenced, routesOf } from './routing.ts';

/** What the group remembers of a member beside its state: labels to mute it by, and how it ended. */
export interface Keeping {
  readonly labels: Labels;
  /** Null while it fires: the instance itself says more. */
  readonly ended: Alert | null;
}

export interface OpenGroup {
  readonly id: string;
  readonly receiverId: string;
  readonly routeKey: string;
  readonly groupKey: string;
  readonly group: Group;
  /** Those of the group, to be changed in place. */
  readonly members: Map<string, Member>;
  readonly keeping: Map<string, Keeping>;
}

export interface Arrival {
  /** Rule and series. */
  readonly key: string;
  readonly status: 'firing' | 'resolved';
  readonly alert: Alert;
}

export interface ReceiverState {
  readonly sendResolved: boolean;
  readonly enabled: boolean;
}

export interface World {
  readonly routes: readonly Route[];
  /** Whether another alert that fires mutes one with these labels. */
  readonly isInhibited: (labels: Labels) => boolean;
  readonly silences: readonly Silence[];
  readonly receivers: ReadonlyMap<string, ReceiverState>;
  /** Alerts that fire, by rule and series. */
  readonly firing: ReadonlyMap<string, Alert>;
}

/** Alerts in one notice, at most; the others are counted. */
const MOST_TOLD = 100;

export function routeKeyOf({ matchers, groupBy }: Route): string {
  return JSON.stringify([matchers, groupBy]);
}

/** Files an arrival into the groups of its routes. `groups` are changed in place; answers the ids that were touched. */
export function file(
  groups: Map<string, OpenGroup>,
  arrival: Arrival,
  routes: readonly Route[],
  nowMs: number,
): readonly string[] {
  const { key, status, alert } = arrival;
  const touched: string[] = [];
  for (const route of routesOf(alert.labels, routes)) {
    const routeKey = routeKeyOf(route);
    const groupKey = groupKeyOf(alert.labels, route.groupBy);
    const id = JSON.stringify([route.receiverId, routeKey, groupKey]);
    const members = groups.get(id)?.members ?? new Map<string, Member>();
    const keeping = groups.get(id)?.keeping ?? new Map<string, Keeping>();
    if (!admit(members, key, status, alert.id)) continue;
    touched.push(id);
    if (members.has(key)) keeping.set(key, { labels: alert.labels, ended: status === 'resolved' ? alert : null });
    else keeping.delete(key);
    if (members.size === 0) groups.delete(id);
    else if (!groups.has(id)) {
      const group = openGroup(members, nowMs, route.timing);
      groups.set(id, { id, receiverId: route.receiverId, routeKey, groupKey, group, members, keeping });
    }
  }
  return touched;
}

export interface Flushed {
  /** Null where nothing is left of it. */
  readonly group: OpenGroup | null;
  /** Empty where nothing is to be told. */
  readonly told: readonly Told[];
  readonly total: number;
}

/** Looks at a group whose time has come. */
export function look(open: OpenGroup, world: World, nowMs: number): Flushed {
  const route = world.routes.find((one) => one.receiverId === open.receiverId && routeKeyOf(one) === open.routeKey);
  const receiver = world.receivers.get(open.receiverId);
  // Nobody is told by a route or a receiver that is gone.
  if (route === undefined || receiver === undefined) return { group: null, told: [], total: 0 };
  if (!receiver.enabled || route.muteTimes.some((time) => isMuteTime(time, nowMs))) {
    const later = { ...open.group, flushMs: nowMs + route.timing.groupIntervalMs };
    return { group: { ...open, group: later }, told: [], total: 0 };
  }
  const isMuted = (key: string): boolean => {
    const labels = open.keeping.get(key)?.labels ?? {};
    return isSilenced(labels, world.silences, nowMs) || world.isInhibited(labels);
  };
  const { tell, group } = flush(open.group, nowMs, route.timing, receiver.sendResolved, isMuted);
  const told = tell.slice(0, MOST_TOLD).flatMap((key) => toldOf(key, open.group.members.get(key), open, world));
  return { group: group === null ? null : regrouped(open, group), told, total: tell.length };
}

function toldOf(key: string, member: Member | undefined, open: OpenGroup, world: World): readonly Told[] {
  const alert = member?.status === 'firing' ? world.firing.get(key) : open.keeping.get(key)?.ended;
  return member === undefined || alert === undefined || alert === null ? [] : [{ status: member.status, alert }];
}

function regrouped(open: OpenGroup, group: Group): OpenGroup {
  const members = new Map(group.members);
  const keeping = new Map([...open.keeping].filter(([key]) => members.has(key)));
  return { ...open, group: { ...group, members }, members, keeping };
}

/** As it is stored, and back. */
export function groupToText({ routeKey, groupKey, group, keeping }: OpenGroup): string {
  const { flushMs, toldMs, members } = group;
  return JSON.stringify({ routeKey, groupKey, flushMs, toldMs, members: [...members], keeping: [...keeping] });
}

export function groupFromText(id: string, receiverId: string, text: string): OpenGroup {
  const { routeKey, groupKey, flushMs, toldMs, members, keeping } = JSON.parse(text) as {
    routeKey: string;
    groupKey: string;
    flushMs: number;
    toldMs: number | null;
    members: [string, Member][];
    keeping: [string, Keeping][];
  };
  const own = new Map(members);
  return {
    id,
    receiverId,
    routeKey,
    groupKey,
    group: { flushMs, toldMs, members: own },
    members: own,
    keeping: new Map(keeping),
  };
}
