/** Polls log groups continuously: discovers them and scans each. A failure of one group does not affect the others. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import pLimit from 'p-limit';
import type { PullState } from '../records/pull-checkpoint.ts';
import { DAY_MS, MINUTE_MS } from '../records/time.ts';
import { explainAws } from './aws-errors.ts';
import { logClassProblem } from './log-class.ts';
import type { FoundGroup, GroupSelection } from './log-groups.ts';
import { findGroups } from './log-groups.ts';
import { checkPlatformFilter, filterFor } from './platform-filter.ts';
import type { GroupKey, PullSink } from './pull.ts';
import { freshCheckpoint, runScan } from './pull.ts';
import type { PullTiming } from './pull-window.ts';
import { nextScan, watermarkAfter } from './pull-window.ts';
import { SeenEvents } from './seen-events.ts';

export interface PollerOptions {
  readonly client: CloudWatchLogsClient;
  readonly region: string;
  readonly selection: GroupSelection;
  readonly platformLinesOnly: boolean;
  readonly timing: PullTiming;
  readonly sink: PullSink;
  /** Whether this process reads the group, rather than another one. */
  readonly isOurs: (group: Pick<FoundGroup, 'account' | 'region' | 'name'>) => boolean;
  readonly now: () => number;
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void };
}

export interface CycleResult {
  readonly groups: number;
  readonly failed: number;
  readonly events: number;
}

const GROUPS_AT_ONCE = 3;
const DISCOVER_EVERY_MS = 10 * MINUTE_MS;
/** A group that cannot be read because of its log class is tried again after this time. */
const UNSUPPORTED_MS = DAY_MS;

export class Poller {
  readonly #options: PollerOptions;
  readonly #seen = new Map<string, SeenEvents>();
  #groups: readonly FoundGroup[] = [];
  #discoveredMs = Number.NEGATIVE_INFINITY;
  #pattern: string | null | undefined;
  /** Groups that cannot be read, and when to try them again, epoch ms. */
  readonly #unsupported = new Map<string, number>();
  /** Last reported problem of each group: it is logged once, not in every cycle. */
  readonly #reported = new Map<string, string>();

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** Scans every group once. Rejects only if log groups cannot be listed and none is known. */
  async cycle(signal?: AbortSignal): Promise<CycleResult> {
    const pattern = await this.#filter();
    await this.#discover();
    const limit = pLimit(GROUPS_AT_ONCE);
    const ours = this.#groups.filter(this.#options.isOurs);
    const nowMs = this.#options.now();
    const readable = ours.filter(({ name }) => (this.#unsupported.get(name) ?? 0) <= nowMs);
    const results = await Promise.all(readable.map((group) => limit(() => this.#group(group, pattern, signal))));
    return {
      groups: results.length,
      failed: results.filter((result) => !result.ok).length,
      events: results.reduce((sum, result) => sum + result.events, 0),
    };
  }

  async #filter(): Promise<string | null> {
    if (this.#pattern !== undefined) return this.#pattern;
    if (!this.#options.platformLinesOnly) {
      this.#pattern = null;
      return null;
    }
    const { pattern, warning } = await checkPlatformFilter(this.#options.client);
    if (warning !== null) this.#options.log.warn({}, warning);
    this.#pattern = pattern;
    return pattern;
  }

  async #discover(): Promise<void> {
    const { client, selection, region, now, log } = this.#options;
    if (now() - this.#discoveredMs < DISCOVER_EVERY_MS) return;
    try {
      this.#groups = await findGroups(client, selection, region);
      this.#discoveredMs = now();
      log.info({ groups: this.#groups.length, region }, 'log groups to poll');
    } catch (error) {
      if (this.#groups.length === 0) throw error;
      log.warn({ err: error }, explainAws(error, 'logs:DescribeLogGroups'));
    }
  }

  async #group(
    group: FoundGroup,
    pattern: string | null,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly ok: boolean; readonly events: number }> {
    const { client, sink, now, timing, log } = this.#options;
    const key: GroupKey = { account: group.account, region: group.region, logGroup: group.name };
    let events = 0;
    try {
      const stored = await sink.checkpoint(key, 'poll');
      const checkpoint = stored ?? freshCheckpoint(key, 'poll', now());
      const classProblem = logClassProblem(group.logClass);
      if (classProblem !== null) {
        await sink.store([], { ...checkpoint, state: 'unsupported', message: classProblem, updatedMs: now() });
        this.#setUnsupported(group.name);
        this.#report(group.name, 'unsupported', classProblem);
        return { ok: false, events };
      }
      const {
        checkpoint: after,
        complete,
        warning,
      } = await runScan({
        client,
        key,
        checkpoint,
        scan: nextScan(stored, now(), timing),
        filterPattern: filterFor(group.name, pattern),
        sink,
        seen: this.#seenOf(group.name),
        now,
        complete: (scan) => ({
          watermarkMs: watermarkAfter(checkpoint.watermarkMs, scan, now(), timing),
          wideMs: scan.wide ? now() : checkpoint.wideMs,
        }),
        onPage: (page) => {
          events += page.events;
        },
        signal,
      });
      if (warning !== null) log.warn({ logGroup: group.name }, warning);
      if (after.state === 'unsupported') this.#setUnsupported(group.name);
      if (!complete && after.message !== null) this.#report(group.name, after.state, after.message);
      if (complete) this.#reported.delete(group.name);
      return { ok: complete, events };
    } catch (error) {
      // The page was not stored, so the position of this group is unchanged. Continue with the others.
      log.warn({ err: error, logGroup: group.name }, 'a page could not be stored');
      return { ok: false, events };
    }
  }

  #setUnsupported(logGroup: string): void {
    this.#unsupported.set(logGroup, this.#options.now() + UNSUPPORTED_MS);
  }

  #report(logGroup: string, state: PullState, message: string): void {
    if (this.#reported.get(logGroup) === message) return;
    this.#reported.set(logGroup, message);
    this.#options.log.warn({ logGroup, state }, message);
  }

  #seenOf(logGroup: string): SeenEvents {
    let seen = this.#seen.get(logGroup);
    if (seen === undefined) {
      seen = new SeenEvents();
      this.#seen.set(logGroup, seen);
    }
    return seen;
  }
}
