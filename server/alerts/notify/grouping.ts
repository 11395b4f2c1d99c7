/**
 * Decides when to notify about a group of alerts, and about which ones: Alertmanager's group_wait, group_interval and
 * repeat_interval. Pure: the group before and the time give the group after.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';

export interface GroupTiming {
  /** Delay before the first notification of a new group, ms. */
  readonly groupWaitMs: number;
  /** Interval between two flushes of a group, ms. */
  readonly groupIntervalMs: number;
  /** Interval after which a group that still fires is notified again, ms. Checked at each flush, so rounded up to it. */
  readonly repeatIntervalMs: number;
}

/** Alertmanager's defaults. */
export const DEFAULT_TIMING: GroupTiming = {
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * HOUR_MS,
};

/** An alert in a group: its current status and the last one the receiver was notified of. */
export interface Member {
  readonly status: 'firing' | 'resolved';
  /** Id of this firing. A later firing of the same series has another id. */
  readonly alertId: string;
  readonly notified: { readonly status: 'firing' | 'resolved'; readonly alertId: string } | null;
}

export interface Group {
  /** When the group is flushed next, epoch ms. */
  readonly flushMs: number;
  /** Epoch ms; null before the first notification. */
  readonly lastNotifiedMs: number | null;
  /** By fingerprint of the alert. */
  readonly members: ReadonlyMap<string, Member>;
}

export interface Flush {
  /** Members to notify about, in order of insertion; empty to send nothing. */
  readonly notify: readonly string[];
  /** Null if the group is empty and can be deleted. */
  readonly group: Group | null;
}

/** Adds or updates a member in place. Returns false if nothing changes. */
export function upsertMember(
  members: Map<string, Member>,
  key: string,
  status: 'firing' | 'resolved',
  alertId: string,
): boolean {
  const known = members.get(key);
  // The firing was never sent, so its end is not sent either.
  if (status === 'resolved' && known?.notified?.status !== 'firing') return members.delete(key);
  members.set(key, { status, alertId, notified: known?.notified ?? null });
  return true;
}

/** Creates a group whose first flush is due after `groupWaitMs`. */
export function openGroup(members: ReadonlyMap<string, Member>, nowMs: number, timing: GroupTiming): Group {
  return { flushMs: nowMs + timing.groupWaitMs, lastNotifiedMs: null, members };
}

/**
 * Flushes a group that is due. `isMuted` is true for members that are silenced, inhibited or within a mute time; they stay
 * in the group and are notified once they are no longer muted.
 */
export function flush(
  group: Group,
  nowMs: number,
  timing: GroupTiming,
  sendResolved: boolean,
  isMuted: (key: string) => boolean,
): Flush {
  const unmuted = [...group.members].filter(([key]) => !isMuted(key));
  const firing = unmuted.filter(([, member]) => member.status === 'firing');
  const resolved = unmuted.filter(([, member]) => member.status === 'resolved');
  const hasNew = firing.some(
    ([, { notified, alertId }]) => notified?.status !== 'firing' || notified.alertId !== alertId,
  );
  const isRepeat =
    firing.length > 0 && group.lastNotifiedMs !== null && nowMs - group.lastNotifiedMs >= timing.repeatIntervalMs;
  const hasResolved = sendResolved && resolved.length > 0;
  const notifies = hasNew || isRepeat || hasResolved;
  const included = notifies ? [...firing, ...(sendResolved ? resolved : [])] : [];
  const members = new Map(group.members);
  for (const [key] of resolved) members.delete(key);
  // Status and id alone: a member that held the one before it would grow with each repetition.
  if (notifies)
    for (const [key, { status, alertId }] of firing)
      members.set(key, { status, alertId, notified: { status, alertId } });
  const next = {
    flushMs: nowMs + timing.groupIntervalMs,
    lastNotifiedMs: notifies ? nowMs : group.lastNotifiedMs,
    members,
  };
  return { notify: included.map(([key]) => key), group: members.size === 0 ? null : next };
}
