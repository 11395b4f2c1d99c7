/** Polls log groups continuously: discovers them and scans each. A failure of one group does not affect the others. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import pLimit from 'p-limit';
import { explainAws } from './aws-errors.ts';
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
const DISCOVER_EVERY_MS = 10 * 60_000;

export class Poller {
  readonly #options: PollerOptions;
  readonly #seen = new Map<string, SeenEvents>();
  #groups: readonly FoundGroup[] = [];
  #discoveredMs = Number.NEGATIVE_INFINITY;
  #pattern: string | null | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** Scans every group once. Rejects only if log groups cannot be listed and none is known. */
  async cycle(signal?: AbortSignal): Promise<CycleResult> {
    const pattern = await this.#filter();
    await this.#discover();
    const limit = pLimit(GROUPS_AT_ONCE);
    const ours = this.#groups.filter(this.#options.isOurs);
    const results = await Promise.all(ours.map((group) => limit(() => this.#group(group, pattern, signal))));
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
      if (!complete && after.message !== null) log.warn({ logGroup: group.name, state: after.state }, after.message);
      return { ok: complete, events };
    } catch (error) {
      // The page was not stored, so the position of this group is unchanged. Continue with the others.
      log.warn({ err: error, logGroup: group.name }, 'a page could not be stored');
      return { ok: false, events };
    }
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
