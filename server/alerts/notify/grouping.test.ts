/** Groups of alerts: waiting, repeating, resolving. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { Group, Member } from './grouping.ts';
import { DEFAULT_TIMING, flush, openGroup, upsertMember } from './grouping.ts';

describe('groups', () => {
  test('what was notified of a member is its status and id, however often it repeats', () => {
    const told = { status: 'firing' as const, alertId: 'a1' };
    let group: Group | null = openGroup(new Map([['a', { ...told, notified: null }]]), 0, DEFAULT_TIMING);
    for (const hours of [1, 6, 12]) {
      group = flush(group as Group, hours * HOUR_MS, DEFAULT_TIMING, true, () => false).group;
      expect(group?.members.get('a')).toEqual({ ...told, notified: told });
    }
  });

  const timing = DEFAULT_TIMING;
  const none = (): boolean => false;
  /** Inserts a transition into a group, or as the first of a new one. */
  const insert = (group: Group | null, key: string, status: Member['status'], alertId: string, ms: number) => {
    const members = new Map(group?.members);
    if (!upsertMember(members, key, status, alertId)) return group;
    return group === null ? openGroup(members, ms, timing) : { ...group, members };
  };
  const must = (group: Group | null): Group => {
    if (group === null) throw new Error('no group');
    return group;
  };
  const fire = (group: Group | null, key: string, id: string, ms: number) => must(insert(group, key, 'firing', id, ms));

  test('30 s, 5 m, 4 h: notifies once, then repeats at whole intervals', () => {
    let group = fire(null, 'a', 'a1', 0);
    expect(group.flushMs).toBe(30_000);
    const notified: number[] = [];
    for (let ms = 30_000; ms <= 9 * HOUR_MS; ms = group.flushMs) {
      const flushed = flush(group, ms, timing, true, none);
      if (flushed.notify.length > 0) notified.push(ms);
      group = must(flushed.group);
    }
    expect(notified).toEqual([30_000, 30_000 + 4 * HOUR_MS, 30_000 + 8 * HOUR_MS]);
  });

  test('a second alert waits for the next flush, which includes both', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, true, none).group);
    const flushed = flush(fire(first, 'b', 'b1', 40_000), first.flushMs, timing, true, none);
    expect(flushed.notify).toEqual(['a', 'b']);
  });

  test('resolved before groupWait: nothing is sent', () => {
    const group = must(insert(fire(null, 'a', 'a1', 0), 'a', 'resolved', 'a1', 10_000));
    expect(group.members.size).toBe(0);
    expect(insert(null, 'a', 'resolved', 'a1', 0)).toBeNull();
  });

  test('resolved is sent once, then the group is deleted', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, true, none).group);
    const over = must(insert(first, 'a', 'resolved', 'a1', 60_000));
    expect(flush(over, first.flushMs, timing, true, none)).toEqual({ notify: ['a'], group: null });
  });

  test('without sendResolved, only the next firing is sent', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, false, none).group);
    const both = fire(must(insert(first, 'a', 'resolved', 'a1', 60_000)), 'a', 'a2', 90_000);
    expect(flush(both, first.flushMs, timing, false, none).notify).toEqual(['a']);
    const over = must(insert(first, 'a', 'resolved', 'a1', 60_000));
    expect(flush(over, first.flushMs, timing, false, none)).toEqual({ notify: [], group: null });
  });

  test('an alert that resolves while muted is sent once it is no longer muted', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, true, none).group);
    const over = must(insert(first, 'a', 'resolved', 'a1', 60_000));
    const muted = flush(over, first.flushMs, timing, true, () => true);
    expect(muted.notify).toEqual([]);
    expect(flush(must(muted.group), must(muted.group).flushMs, timing, true, none).notify).toEqual(['a']);
  });
});
