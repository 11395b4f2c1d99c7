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
  /** When it was counted, epoch ms: it had been terminated by then. Null before, and where an earlier version counted it. */
  readonly countedMs: number | null;
  /** A newer environment took its place: it explains one cold start only. */
  readonly replaced: boolean;
  /** Initialised ahead of demand, and not used yet: other requests do not get it. */
  readonly waiting: boolean;
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
  /** Never used again, and not replaced yet. Without those of a runtime version that is no longer in use. */
  readonly terminated: number;
  /** Of these, the one used last. */
  readonly latestTerminated: TerminatedEnvironment | null;
}

/** A terminated environment whose place can be taken: {@link EnvironmentPool.replace}. */
export interface TerminatedEnvironment {
  readonly id: number;
  readonly environment: PooledEnvironment;
}

type ConfigurationAndRuntime = Pick<PooledEnvironment, 'configuration' | 'runtime'>;

/**
 * More configurations than this at once cannot be deployments: published versions of a function are bounded by its code storage. Beyond
 * it, which environments a new one replaced is not known.
 */
const MAX_CONFIGURATIONS = 500;

type Phase = 'busy' | 'waiting' | 'idle' | 'terminated';

/** An entry of a heap; obsolete once its slot's own mark says otherwise. */
interface Entry {
  readonly slot: Slot;
  readonly atMs: number;
}

interface Slot {
  readonly id: number;
  /** Rank by first appearance; breaks ties. */
  readonly rank: number;
  environment: PooledEnvironment;
  group: Group;
  runtimeGroup: RuntimeGroup;
  phase: Phase;
  /** Time of its entry in the heap of busy environments, epoch ms; null if it has none. */
  busyMs: number | null;
  /** Time of its entry in the heap of environments used again, epoch ms; null if it has none. */
  usedMs: number | null;
}

/** Environments of one configuration. */
interface Group {
  size: number;
  readonly phases: Record<Phase, number>;
  readonly runtimeGroups: RuntimeGroup[];
  /** By the end of the invocation under way, earliest first. */
  readonly busy: Heap<Entry>;
  readonly uncounted: Set<Slot>;
}

/** Environments of one configuration and runtime version. */
interface RuntimeGroup {
  readonly configuration: string;
  readonly runtime: string;
  size: number;
  /** Never used again, not replaced. */
  terminated: number;
  /** These, the one used last first. */
  readonly latestTerminated: Heap<Entry>;
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
  readonly #runtimeGroups = new Map<string, RuntimeGroup>();
  readonly #placementMs: number;

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
  hasConfigurationAndRuntime(one: ConfigurationAndRuntime): boolean {
    return (this.#runtimeGroups.get(configurationKey(one))?.size ?? 0) > 0;
  }

  /** Announces that an environment of this configuration and runtime is needed at `atMs`: until then its group is in use. */
  announce(one: ConfigurationAndRuntime, atMs: number): void {
    const runtimeGroup = this.#runtimeGroupOf(one);
    runtimeGroup.lastBirthMs = Math.max(runtimeGroup.lastBirthMs, atMs);
  }

  /** Adds an environment or replaces its state. */
  put(id: number, environment: PooledEnvironment): void {
    const known = this.#slots.get(id);
    // Most invocations change neither: then no key is made of the two.
    const isSame =
      known?.environment.configuration === environment.configuration &&
      known.environment.runtime === environment.runtime;
    const group = isSame ? known.group : this.#groupOf(environment);
    const runtimeGroup = isSame ? known.runtimeGroup : this.#runtimeGroupOf(environment);
    if (known !== undefined) this.#count(known, -1);
    if (known !== undefined && known.group !== group) known.busyMs = null;
    if (known !== undefined && known.runtimeGroup !== runtimeGroup) known.usedMs = null;
    const slot = known ?? {
      id,
      rank: this.#slots.size,
      environment,
      group,
      runtimeGroup,
      phase: 'busy',
      busyMs: null,
      usedMs: null,
    };
    slot.environment = environment;
    slot.group = group;
    slot.runtimeGroup = runtimeGroup;
    slot.phase = environment.waiting ? 'waiting' : 'busy';
    this.#slots.set(id, slot);
    this.#count(slot, 1);
    if (environment.waiting) slot.busyMs = null;
    else if (slot.busyMs === null || environment.lastEndMs < slot.busyMs) enqueueBusy(slot);
    if (isUsedAgain(environment) && slot.usedMs !== environment.seenUntilMs) {
      slot.usedMs = environment.seenUntilMs;
      runtimeGroup.used.push({ slot, atMs: environment.seenUntilMs });
    }
  }

  /** Returns the environments of a configuration other than `ownId` at `atMs`, which must not be before an earlier call's. */
  others(ownId: number, one: ConfigurationAndRuntime, atMs: number): OtherEnvironments {
    const group = this.#groups.get(one.configuration);
    if (group === undefined) return { busy: 0, idle: 0, terminated: 0, latestTerminated: null };
    this.#advance(group, atMs);
    const own = this.#slots.get(ownId);
    const isOwn = (phase: Phase): number => (own?.group === group && own.phase === phase ? 1 : 0);
    const runtimeGroups = group.runtimeGroups.filter((runtimeGroup) => !isAbandoned(runtimeGroup, one, atMs));
    const isOwnTerminated = own !== undefined && runtimeGroups.includes(own.runtimeGroup) && isOpen(own);
    return {
      busy: group.phases.busy - isOwn('busy'),
      idle: group.phases.idle - isOwn('idle'),
      terminated:
        runtimeGroups.reduce((sum, runtimeGroup) => sum + runtimeGroup.terminated, 0) - (isOwnTerminated ? 1 : 0),
      latestTerminated: latestOf(runtimeGroups, own),
    };
  }

  /** Marks a terminated environment as replaced: it explains one cold start only. */
  replace(id: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined || !isOpen(slot)) return;
    slot.environment = { ...slot.environment, replaced: true };
    slot.runtimeGroup.terminated -= 1;
  }

  /** Marks all terminated environments of a configuration other than `ownId` as counted at `atMs`; returns those that were not. */
  countTerminated(ownId: number, configuration: string, atMs: number): readonly PooledEnvironment[] {
    const own = this.#slots.get(ownId);
    const group = this.#groups.get(configuration);
    const found: PooledEnvironment[] = [];
    for (const slot of group?.uncounted ?? []) {
      if (slot === own) continue;
      found.push(slot.environment);
      slot.environment = { ...slot.environment, counted: true, countedMs: atMs };
      group?.uncounted.delete(slot);
    }
    return found;
  }

  /**
   * Returns the environment of another configuration that a new one of this configuration replaces: the one used last that none
   * replaced yet. Null if none is left, or one of them is used again or needed later, because then nothing was replaced.
   */
  replacedConfiguration({ configuration }: ConfigurationAndRuntime, atMs: number): TerminatedEnvironment | null {
    if (this.#runtimeGroups.size > MAX_CONFIGURATIONS) return null;
    const old = [...this.#runtimeGroups.values()].filter(
      (runtimeGroup) => runtimeGroup.configuration !== configuration && runtimeGroup.size > 0,
    );
    if (old.some((runtimeGroup) => usedUntil(runtimeGroup) > atMs)) return null;
    for (const name of new Set(old.map((runtimeGroup) => runtimeGroup.configuration))) {
      const group = this.#groups.get(name);
      if (group !== undefined) this.#advance(group, atMs);
    }
    return latestOf(old, undefined);
  }

  /** The same for environments of the same configuration on other runtime versions. */
  replacedRuntime(one: ConfigurationAndRuntime, atMs: number): TerminatedEnvironment | null {
    const group = this.#groups.get(one.configuration);
    const old =
      group?.runtimeGroups.filter((runtimeGroup) => runtimeGroup.runtime !== one.runtime && runtimeGroup.size > 0) ??
      [];
    if (group === undefined || old.some((runtimeGroup) => usedUntil(runtimeGroup) > atMs)) return null;
    this.#advance(group, atMs);
    return latestOf(old, undefined);
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
      this.#enter(slot, isUsedAgain(slot.environment) ? 'idle' : 'terminated');
    }
  }

  #enter(slot: Slot, phase: Phase): void {
    const { group, runtimeGroup, environment } = slot;
    group.phases[slot.phase] -= 1;
    group.phases[phase] += 1;
    slot.phase = phase;
    if (phase !== 'terminated') return;
    if (!environment.replaced) {
      runtimeGroup.terminated += 1;
      runtimeGroup.latestTerminated.push({ slot, atMs: environment.lastEndMs });
    }
    if (!environment.counted) group.uncounted.add(slot);
  }

  #count(slot: Slot, by: 1 | -1): void {
    const { group, runtimeGroup } = slot;
    group.size += by;
    runtimeGroup.size += by;
    group.phases[slot.phase] += by;
    if (by === 1) return;
    group.uncounted.delete(slot);
    if (isOpen(slot)) runtimeGroup.terminated -= 1;
  }

  #groupOf({ configuration }: ConfigurationAndRuntime): Group {
    const known = this.#groups.get(configuration);
    if (known !== undefined) return known;
    const group: Group = {
      size: 0,
      phases: { busy: 0, waiting: 0, idle: 0, terminated: 0 },
      runtimeGroups: [],
      busy: new Heap(earliest),
      uncounted: new Set(),
    };
    this.#groups.set(configuration, group);
    return group;
  }

  #runtimeGroupOf(environment: ConfigurationAndRuntime): RuntimeGroup {
    const key = configurationKey(environment);
    const known = this.#runtimeGroups.get(key);
    if (known !== undefined) return known;
    const runtimeGroup: RuntimeGroup = {
      configuration: environment.configuration,
      runtime: environment.runtime,
      size: 0,
      terminated: 0,
      latestTerminated: new Heap(latest),
      used: new Heap(latest),
      lastBirthMs: Number.NEGATIVE_INFINITY,
    };
    this.#runtimeGroups.set(key, runtimeGroup);
    this.#groupOf(environment).runtimeGroups.push(runtimeGroup);
    return runtimeGroup;
  }
}

/** Identifies a configuration with a runtime version. */
export function configurationKey(one: ConfigurationAndRuntime): string {
  return `${one.configuration}\n${one.runtime}`;
}

function isUsedAgain({ seenUntilMs, lastEndMs }: PooledEnvironment): boolean {
  return seenUntilMs > lastEndMs;
}

function enqueueBusy(slot: Slot): void {
  slot.busyMs = slot.environment.lastEndMs;
  slot.group.busy.push({ slot, atMs: slot.busyMs });
}

/** Until when the group is in use: an environment of it is used again or needed, epoch ms; -Infinity if none is. */
function usedUntil(runtimeGroup: RuntimeGroup): number {
  for (let entry = runtimeGroup.used.first; entry !== undefined; entry = runtimeGroup.used.first) {
    const { slot, atMs } = entry;
    if (slot.runtimeGroup === runtimeGroup && slot.usedMs === atMs && isUsedAgain(slot.environment))
      return Math.max(atMs, runtimeGroup.lastBirthMs);
    if (slot.runtimeGroup === runtimeGroup && slot.usedMs === atMs) slot.usedMs = null;
    runtimeGroup.used.pop();
  }
  return runtimeGroup.lastBirthMs;
}

/** Whether the group is another runtime version that is never used again. Where one of the two is unknown, they may be the same. */
function isAbandoned(runtimeGroup: RuntimeGroup, { runtime }: ConfigurationAndRuntime, atMs: number): boolean {
  return (
    runtimeGroup.runtime !== runtime && runtimeGroup.runtime !== '' && runtime !== '' && usedUntil(runtimeGroup) <= atMs
  );
}

/** Whether the environment is terminated and none has replaced it. */
function isOpen({ phase, environment }: Slot): boolean {
  return phase === 'terminated' && !environment.replaced;
}

/** The environment used last among those of the groups, other than `own`, that are terminated and not replaced. */
function latestOf(runtimeGroups: readonly RuntimeGroup[], own: Slot | undefined): TerminatedEnvironment | null {
  let found: Entry | null = null;
  for (const runtimeGroup of runtimeGroups) {
    const entry = latestTerminated(runtimeGroup, own);
    if (entry !== null && (found === null || latest(entry, found))) found = entry;
  }
  return found === null ? null : { id: found.slot.id, environment: found.slot.environment };
}

function latestTerminated(runtimeGroup: RuntimeGroup, own: Slot | undefined): Entry | null {
  const heap = runtimeGroup.latestTerminated;
  for (let entry = heap.first; entry !== undefined; entry = heap.first) {
    const { slot, atMs } = entry;
    if (slot.runtimeGroup !== runtimeGroup || !isOpen(slot) || slot.environment.lastEndMs !== atMs) {
      heap.pop();
      continue;
    }
    if (slot !== own) return entry;
    heap.pop();
    const next = latestTerminated(runtimeGroup, undefined);
    heap.push(entry);
    return next;
  }
  return null;
}
