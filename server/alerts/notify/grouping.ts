/**
 * When a group of alerts is told, and of what: Alertmanager's groupWait, groupInterval and repeatInterval. Pure: the group
 * before and the time give the group after.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';

export interface GroupTiming {
  /** Before a new group is told for the first time. ms, as all here. */
  readonly groupWaitMs: number;
  /** Between two looks at a group. */
  readonly groupIntervalMs: number;
  /** After which a group that still fires is told again; checked at each look, so rounded up to whole intervals. */
  readonly repeatIntervalMs: number;
}

export const USUAL_TIMING: GroupTiming = {
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * HOUR_MS,
};

/** An alert of the group: how it is, and what the receiver was told last. */
export interface Member {
  readonly status: 'firing' | 'resolved';
  /** Of this firing; the next firing of the same series has another. */
  readonly alertId: string;
  readonly told: { readonly status: 'firing' | 'resolved'; readonly alertId: string } | null;
}

export interface Group {
  readonly flushMs: number;
  readonly toldMs: number | null;
  readonly members: ReadonlyMap<string, Member>;
}

export interface Flush {
  /** Members to speak of now, in the order they came; empty to stay silent. */
  readonly tell: readonly string[];
  /** Null where nothing is left to wait for. */
  readonly group: Group | null;
}

/** A transition arrives: into its group, or as the first of a new one. */
export function arrive(
  group: Group | null,
  key: string,
  status: 'firing' | 'resolved',
  alertId: string,
  nowMs: number,
  timing: GroupTiming,
): Group | null {
  const members = new Map(group?.members);
  if (!admit(members, key, status, alertId)) return group;
  return group === null ? openGroup(members, nowMs, timing) : { ...group, members };
}

/** {@link arrive} into members that are changed in place: thousands may come at once. False where nothing changes. */
export function admit(
  members: Map<string, Member>,
  key: string,
  status: 'firing' | 'resolved',
  alertId: string,
): boolean {
  const known = members.get(key);
  // Nobody was told that it fired, so nobody needs to be told that it ended.
  if (status === 'resolved' && known?.told?.status !== 'firing') return members.delete(key);
  members.set(key, { status, alertId, told: known?.told ?? null });
  return true;
}

export function openGroup(members: ReadonlyMap<string, Member>, nowMs: number, timing: GroupTiming): Group {
  return { flushMs: nowMs + timing.groupWaitMs, toldMs: null, members };
}

/** The look at a group whose time has come. `isMuted`: silenced, inhibited, or outside of its hours. */
export function flush(
  group: Group,
  nowMs: number,
  timing: GroupTiming,
  sendResolved: boolean,
  isMuted: (key: string) => boolean,
): Flush {
  const heard = [...group.members].filter(([key]) => !isMuted(key));
  const firing = heard.filter(([, member]) => member.status === 'firing');
  const over = heard.filter(([, member]) => member.status === 'resolved');
  const isNews = firing.some(([, { told, alertId }]) => told?.status !== 'firing' || told.alertId !== alertId);
  const repeats = firing.length > 0 && group.toldMs !== null && nowMs - group.toldMs >= timing.repeatIntervalMs;
  const ends = sendResolved && over.length > 0;
  const tells = isNews || repeats || ends;
  const spoken = tells ? [...firing, ...(sendResolved ? over : [])] : [];
  const members = new Map(group.members);
  for (const [key] of over) members.delete(key);
  if (tells) for (const [key, member] of firing) members.set(key, { ...member, told: member });
  const next = { flushMs: nowMs + timing.groupIntervalMs, toldMs: tells ? nowMs : group.toldMs, members };
  return { tell: spoken.map(([key]) => key), group: members.size === 0 ? null : next };
}
