/**
 * The environments of a function while an hour is replayed. Answers what a new environment needs to know of the others in
 * O(log n) each, so that an hour with 100,000 environments takes seconds: a scan of all of them at each cold start would be
 * quadratic. Questions must be asked in order of time.
 */
import { Heap } from '../statistics/heap.ts';

/** State of one environment at this moment of the replay. */
export interface PooledEnvironment {
  /** End of its last invocation so far, epoch ms. */
  readonly lastEndMs: number;
  readonly failed: boolean;
  /** Already counted as terminated. */
  readonly counted: boolean;
  /** Suppressed inits in a row. */
  readonly loop: number;
  readonly configuration: string;
  readonly runtime: string;
  /** End of its last recorded invocation, which may be later in the replay, epoch ms. */
  readonly seenUntilMs: number;
}

/** The other environments of a configuration when one is needed. */
export interface OtherEnvironments {
  readonly busy: number;
  /** Free, and used again later. */
  readonly idle: number;
  /** The one used last among those that are never used again. */
  readonly latestGone: PooledEnvironment | null;
}

/**
 * More kinds than this at once cannot be deployments: published versions of a function are bounded by its code storage. Beyond
 * it, which environments a new one replaced is not known.
 */
const MOST_KINDS = 500;

type Phase = 'busy' | 'idle' | 'gone';

/** An entry of a heap; obsolete once its slot's own mark says otherwise. */
interface Entry {
  readonly slot: Slot;
  readonly atMs: number;
}

interface Slot {
  /** Rank by first appearance; breaks ties. */
  readonly rank: number;
  environment: PooledEnvironment;
  group: Group;
  kind: Kind;
  phase: Phase;
  /** Time of its entry in the heap of busy environments, epoch ms; null if it has none. */
  busyMs: number | null;
  /** Time of its entry in the heap of environments used again, epoch ms; null if it has none. */
  usedMs: number | null;
}

/** Environments of one configuration. */
interface Group {
  size: number;
  changes: number;
  readonly phases: Record<Phase, number>;
  /** By the end of the invocation under way, earliest first. */
  readonly busy: Heap<Entry>;
  /** Never used again, the one used last first. */
  readonly gone: Heap<Entry>;
  readonly uncounted: Set<Slot>;
}

/** Environments of one configuration and runtime version. */
interface Kind {
  readonly configuration: string;
  size: number;
  changes: number;
  /** Used again later, the one used longest first. */
  readonly used: Heap<Entry>;
  /** When the last of them is needed in this hour, epoch ms. */
  lastBirthMs: number;
}

const earliest = (a: Entry, b: Entry): boolean => a.atMs < b.atMs;
const latest = (a: Entry, b: Entry): boolean => a.atMs > b.atMs || (a.atMs === b.atMs && a.slot.rank < b.slot.rank);

export class EnvironmentPool {
  readonly #slots = new Map<number, Slot>();
  readonly #groups = new Map<string, Group>();
  readonly #kinds = new Map<string, Kind>();
  readonly #placementMs: number;
  /** Ends of older environments, latest first, with the number of changes they were read after. */
  readonly #ends = new Map<string, { readonly changes: number; readonly ends: readonly number[] }>();
  #changes = 0;

  /** An environment that ended within `placementMs` before another was needed counts as busy then. */
  constructor(placementMs: number) {
    this.#placementMs = placementMs;
  }

  get(id: number): PooledEnvironment | undefined {
    return this.#slots.get(id)?.environment;
  }

  /** Yields all environments with their ids. */
  *entries(): Iterable<readonly [id: number, environment: PooledEnvironment]> {
    for (const [id, { environment }] of this.#slots) yield [id, environment];
  }

  hasConfiguration(configuration: string): boolean {
    return (this.#groups.get(configuration)?.size ?? 0) > 0;
  }

  /** Returns whether any environment has this configuration and runtime version. */
  hasKind(one: Pick<PooledEnvironment, 'configuration' | 'runtime'>): boolean {
    return (this.#kinds.get(kindKey(one))?.size ?? 0) > 0;
  }

  /** Announces that an environment of this kind is needed at `atMs`: until then the kind is in use. */
  announce(one: Pick<PooledEnvironment, 'configuration' | 'runtime'>, atMs: number): void {
    const kind = this.#kindOf(one);
    kind.lastBirthMs = Math.max(kind.lastBirthMs, atMs);
  }

  /** Adds an environment or replaces its state. */
  put(id: number, environment: PooledEnvironment): void {
    const known = this.#slots.get(id);
    // Most invocations change neither: then no key is made of the two.
    const isSame =
      known?.environment.configuration === environment.configuration &&
      known.environment.runtime === environment.runtime;
    const group = isSame ? known.group : this.#groupOf(environment);
    const kind = isSame ? known.kind : this.#kindOf(environment);
    if (known !== undefined) this.#count(known, -1);
    if (known !== undefined && known.group !== group) known.busyMs = null;
    if (known !== undefined && known.kind !== kind) known.usedMs = null;
    const slot = known ?? {
      rank: this.#slots.size,
      environment,
      group,
      kind,
      phase: 'busy',
      busyMs: null,
      usedMs: null,
    };
    slot.environment = environment;
    slot.group = group;
    slot.kind = kind;
    slot.phase = 'busy';
    this.#slots.set(id, slot);
    this.#count(slot, 1);
    if (slot.busyMs === null || environment.lastEndMs < slot.busyMs) enqueueBusy(slot);
    if (isUsedAgain(environment) && slot.usedMs !== environment.seenUntilMs) {
      slot.usedMs = environment.seenUntilMs;
      kind.used.push({ slot, atMs: environment.seenUntilMs });
    }
  }

  /** Returns the environments of a configuration other than `ownId` at `atMs`, which must not be before an earlier call's. */
  others(ownId: number, configuration: string, atMs: number): OtherEnvironments {
    const group = this.#groups.get(configuration);
    if (group === undefined) return { busy: 0, idle: 0, latestGone: null };
    this.#advance(group, atMs);
    const own = this.#slots.get(ownId);
    const isOwn = (phase: Phase): number => (own?.group === group && own.phase === phase ? 1 : 0);
    return {
      busy: group.phases.busy - isOwn('busy'),
      idle: group.phases.idle - isOwn('idle'),
      latestGone: latestGone(group, own),
    };
  }

  /** Marks all terminated environments of a configuration other than `ownId` as counted; returns those that were not. */
  countGone(ownId: number, configuration: string): readonly PooledEnvironment[] {
    const own = this.#slots.get(ownId);
    const group = this.#groups.get(configuration);
    const found: PooledEnvironment[] = [];
    for (const slot of group?.uncounted ?? []) {
      if (slot === own) continue;
      found.push(slot.environment);
      slot.environment = { ...slot.environment, counted: true };
      group?.uncounted.delete(slot);
    }
    return found;
  }

  /**
   * Returns for how long, in ms, the environment had been idle that a new one of this configuration replaces: environments of
   * other configurations are replaced in order, the one used last first. Null if none is left, or
   * one of them is used again or needed later, because then nothing was replaced.
   */
  replacedConfigurationIdleMs(configuration: string, atMs: number): number | null {
    const group = this.#groups.get(configuration);
    return this.#replaced(
      `c${configuration}`,
      (kind) => kind.configuration !== configuration,
      { size: group?.size ?? 0, changes: this.#changes - (group?.changes ?? 0) },
      atMs,
    );
  }

  /** The same for environments of the same configuration on other runtime versions. */
  replacedRuntimeIdleMs(one: Pick<PooledEnvironment, 'configuration' | 'runtime'>, atMs: number): number | null {
    const mine = this.#kinds.get(kindKey(one));
    const group = this.#groups.get(one.configuration);
    return this.#replaced(
      `r${kindKey(one)}`,
      (kind) => kind.configuration === one.configuration && kind !== mine,
      { size: mine?.size ?? 0, changes: (group?.changes ?? 0) - (mine?.changes ?? 0) },
      atMs,
    );
  }

  /** `size`: environments that replaced others so far. `changes`: changes of the old ones so far. */
  #replaced(
    key: string,
    isOld: (kind: Kind) => boolean,
    { size, changes }: { readonly size: number; readonly changes: number },
    atMs: number,
  ): number | null {
    if (this.#kinds.size > MOST_KINDS) return null;
    for (const kind of this.#kinds.values()) if (isOld(kind) && usedUntil(kind) > atMs) return null;
    let known = this.#ends.get(key);
    if (known?.changes !== changes) {
      const old = [...this.#slots.values()].filter((slot) => isOld(slot.kind));
      known = { changes, ends: old.map((slot) => slot.environment.lastEndMs).toSorted((a, b) => b - a) };
      this.#ends.set(key, known);
    }
    const endMs = known.ends[firstAtMost(known.ends, atMs) + size];
    return endMs === undefined ? null : atMs - endMs;
  }

  #advance(group: Group, atMs: number): void {
    const freeMs = atMs - this.#placementMs;
    for (let next = group.busy.first; next !== undefined && next.atMs <= freeMs; next = group.busy.first) {
      group.busy.pop();
      const { slot } = next;
      if (slot.group !== group || slot.busyMs !== next.atMs) continue;
      if (slot.environment.lastEndMs > freeMs) {
        enqueueBusy(slot);
        continue;
      }
      slot.busyMs = null;
      this.#enter(slot, isUsedAgain(slot.environment) ? 'idle' : 'gone');
    }
  }

  #enter(slot: Slot, phase: Phase): void {
    const { group, environment } = slot;
    group.phases[slot.phase] -= 1;
    group.phases[phase] += 1;
    slot.phase = phase;
    if (phase !== 'gone') return;
    group.gone.push({ slot, atMs: environment.lastEndMs });
    if (!environment.counted) group.uncounted.add(slot);
  }

  #count(slot: Slot, by: 1 | -1): void {
    const { group, kind } = slot;
    group.size += by;
    kind.size += by;
    group.phases[slot.phase] += by;
    if (by === -1) group.uncounted.delete(slot);
    group.changes += 1;
    kind.changes += 1;
    this.#changes += 1;
  }

  #groupOf({ configuration }: PooledEnvironment): Group {
    const known = this.#groups.get(configuration);
    if (known !== undefined) return known;
    const group: Group = {
      size: 0,
      changes: 0,
      phases: { busy: 0, idle: 0, gone: 0 },
      busy: new Heap(earliest),
      gone: new Heap(latest),
      uncounted: new Set(),
    };
    this.#groups.set(configuration, group);
    return group;
  }

  #kindOf(environment: Pick<PooledEnvironment, 'configuration' | 'runtime'>): Kind {
    const key = kindKey(environment);
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const kind: Kind = {
      configuration: environment.configuration,
      size: 0,
      changes: 0,
      used: new Heap(latest),
      lastBirthMs: Number.NEGATIVE_INFINITY,
    };
    this.#kinds.set(key, kind);
    return kind;
  }
}

/** Identifies a configuration with a runtime version. */
export function kindKey(one: Pick<PooledEnvironment, 'configuration' | 'runtime'>): string {
  return `${one.configuration}\n${one.runtime}`;
}

function isUsedAgain({ seenUntilMs, lastEndMs }: PooledEnvironment): boolean {
  return seenUntilMs > lastEndMs;
}

function enqueueBusy(slot: Slot): void {
  slot.busyMs = slot.environment.lastEndMs;
  slot.group.busy.push({ slot, atMs: slot.busyMs });
}

/** Until when the kind is in use: an environment of it is used again or needed, epoch ms; -Infinity if none is. */
function usedUntil(kind: Kind): number {
  for (let entry = kind.used.first; entry !== undefined; entry = kind.used.first) {
    const { slot, atMs } = entry;
    if (slot.kind === kind && slot.usedMs === atMs && isUsedAgain(slot.environment))
      return Math.max(atMs, kind.lastBirthMs);
    if (slot.kind === kind && slot.usedMs === atMs) slot.usedMs = null;
    kind.used.pop();
  }
  return kind.lastBirthMs;
}

function latestGone(group: Group, own: Slot | undefined): PooledEnvironment | null {
  const isCurrent = ({ slot, atMs }: Entry): boolean =>
    slot.group === group && slot.phase === 'gone' && slot.environment.lastEndMs === atMs;
  for (let entry = group.gone.first; entry !== undefined; entry = group.gone.first) {
    if (!isCurrent(entry)) {
      group.gone.pop();
      continue;
    }
    if (entry.slot !== own) return entry.slot.environment;
    group.gone.pop();
    const next = latestGone(group, undefined);
    group.gone.push(entry);
    return next;
  }
  return null;
}

/** Index of the first value that is at most `limit`; the values descend. */
function firstAtMost(values: readonly number[], limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) > limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
