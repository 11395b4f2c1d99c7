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
  readonly gone: number;
  /** Of these, the one used last. */
  readonly latestGone: GoneEnvironment | null;
}

/** A terminated environment whose place can be taken: {@link EnvironmentPool.replace}. */
export interface GoneEnvironment {
  readonly id: number;
  readonly environment: PooledEnvironment;
}

type KindName = Pick<PooledEnvironment, 'configuration' | 'runtime'>;

/**
 * More kinds than this at once cannot be deployments: published versions of a function are bounded by its code storage. Beyond
 * it, which environments a new one replaced is not known.
 */
const MOST_KINDS = 500;

type Phase = 'busy' | 'waiting' | 'idle' | 'gone';

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
  readonly phases: Record<Phase, number>;
  readonly kinds: Kind[];
  /** By the end of the invocation under way, earliest first. */
  readonly busy: Heap<Entry>;
  readonly uncounted: Set<Slot>;
}

/** Environments of one configuration and runtime version. */
interface Kind {
  readonly configuration: string;
  readonly runtime: string;
  size: number;
  /** Never used again, not replaced. */
  gone: number;
  /** These, the one used last first. */
  readonly latestGone: Heap<Entry>;
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
  hasKind(one: KindName): boolean {
    return (this.#kinds.get(kindKey(one))?.size ?? 0) > 0;
  }

  /** Announces that an environment of this kind is needed at `atMs`: until then the kind is in use. */
  announce(one: KindName, atMs: number): void {
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
      id,
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
    slot.phase = environment.waiting ? 'waiting' : 'busy';
    this.#slots.set(id, slot);
    this.#count(slot, 1);
    if (environment.waiting) slot.busyMs = null;
    else if (slot.busyMs === null || environment.lastEndMs < slot.busyMs) enqueueBusy(slot);
    if (isUsedAgain(environment) && slot.usedMs !== environment.seenUntilMs) {
      slot.usedMs = environment.seenUntilMs;
      kind.used.push({ slot, atMs: environment.seenUntilMs });
    }
  }

  /** Returns the environments of a configuration other than `ownId` at `atMs`, which must not be before an earlier call's. */
  others(ownId: number, one: KindName, atMs: number): OtherEnvironments {
    const group = this.#groups.get(one.configuration);
    if (group === undefined) return { busy: 0, idle: 0, gone: 0, latestGone: null };
    this.#advance(group, atMs);
    const own = this.#slots.get(ownId);
    const isOwn = (phase: Phase): number => (own?.group === group && own.phase === phase ? 1 : 0);
    const kinds = group.kinds.filter((kind) => !isAbandoned(kind, one, atMs));
    const isOwnGone = own !== undefined && kinds.includes(own.kind) && isOpen(own);
    return {
      busy: group.phases.busy - isOwn('busy'),
      idle: group.phases.idle - isOwn('idle'),
      gone: kinds.reduce((sum, kind) => sum + kind.gone, 0) - (isOwnGone ? 1 : 0),
      latestGone: latestOf(kinds, own),
    };
  }

  /** Marks a terminated environment as replaced: it explains one cold start only. */
  replace(id: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined || !isOpen(slot)) return;
    slot.environment = { ...slot.environment, replaced: true };
    slot.kind.gone -= 1;
  }

  /** Marks all terminated environments of a configuration other than `ownId` as counted at `atMs`; returns those that were not. */
  countGone(ownId: number, configuration: string, atMs: number): readonly PooledEnvironment[] {
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
  replacedConfiguration({ configuration }: KindName, atMs: number): GoneEnvironment | null {
    if (this.#kinds.size > MOST_KINDS) return null;
    const old = [...this.#kinds.values()].filter((kind) => kind.configuration !== configuration && kind.size > 0);
    if (old.some((kind) => usedUntil(kind) > atMs)) return null;
    for (const name of new Set(old.map((kind) => kind.configuration))) {
      const group = this.#groups.get(name);
      if (group !== undefined) this.#advance(group, atMs);
    }
    return latestOf(old, undefined);
  }

  /** The same for environments of the same configuration on other runtime versions. */
  replacedRuntime(one: KindName, atMs: number): GoneEnvironment | null {
    const group = this.#groups.get(one.configuration);
    const old = group?.kinds.filter((kind) => kind.runtime !== one.runtime && kind.size > 0) ?? [];
    if (group === undefined || old.some((kind) => usedUntil(kind) > atMs)) return null;
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
      this.#enter(slot, isUsedAgain(slot.environment) ? 'idle' : 'gone');
    }
  }

  #enter(slot: Slot, phase: Phase): void {
    const { group, kind, environment } = slot;
    group.phases[slot.phase] -= 1;
    group.phases[phase] += 1;
    slot.phase = phase;
    if (phase !== 'gone') return;
    if (!environment.replaced) {
      kind.gone += 1;
      kind.latestGone.push({ slot, atMs: environment.lastEndMs });
    }
    if (!environment.counted) group.uncounted.add(slot);
  }

  #count(slot: Slot, by: 1 | -1): void {
    const { group, kind } = slot;
    group.size += by;
    kind.size += by;
    group.phases[slot.phase] += by;
    if (by === 1) return;
    group.uncounted.delete(slot);
    if (isOpen(slot)) kind.gone -= 1;
  }

  #groupOf({ configuration }: KindName): Group {
    const known = this.#groups.get(configuration);
    if (known !== undefined) return known;
    const group: Group = {
      size: 0,
      phases: { busy: 0, waiting: 0, idle: 0, gone: 0 },
      kinds: [],
      busy: new Heap(earliest),
      uncounted: new Set(),
    };
    this.#groups.set(configuration, group);
    return group;
  }

  #kindOf(environment: KindName): Kind {
    const key = kindKey(environment);
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const kind: Kind = {
      configuration: environment.configuration,
      runtime: environment.runtime,
      size: 0,
      gone: 0,
      latestGone: new Heap(latest),
      used: new Heap(latest),
      lastBirthMs: Number.NEGATIVE_INFINITY,
    };
    this.#kinds.set(key, kind);
    this.#groupOf(environment).kinds.push(kind);
    return kind;
  }
}

/** Identifies a configuration with a runtime version. */
export function kindKey(one: KindName): string {
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

/** Whether the kind is another runtime version that is never used again. Where one of the two is unknown, they may be the same. */
function isAbandoned(kind: Kind, { runtime }: KindName, atMs: number): boolean {
  return kind.runtime !== runtime && kind.runtime !== '' && runtime !== '' && usedUntil(kind) <= atMs;
}

/** Whether the environment is gone and none has replaced it. */
function isOpen({ phase, environment }: Slot): boolean {
  return phase === 'gone' && !environment.replaced;
}

/** The environment used last among those of the kinds, other than `own`, that are gone and not replaced. */
function latestOf(kinds: readonly Kind[], own: Slot | undefined): GoneEnvironment | null {
  let found: Entry | null = null;
  for (const kind of kinds) {
    const entry = latestGone(kind, own);
    if (entry !== null && (found === null || latest(entry, found))) found = entry;
  }
  return found === null ? null : { id: found.slot.id, environment: found.slot.environment };
}

function latestGone(kind: Kind, own: Slot | undefined): Entry | null {
  const heap = kind.latestGone;
  for (let entry = heap.first; entry !== undefined; entry = heap.first) {
    const { slot, atMs } = entry;
    if (slot.kind !== kind || !isOpen(slot) || slot.environment.lastEndMs !== atMs) {
      heap.pop();
      continue;
    }
    if (slot !== own) return entry;
    heap.pop();
    const next = latestGone(kind, undefined);
    heap.push(entry);
    return next;
  }
  return null;
}
