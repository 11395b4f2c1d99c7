/**
 * Replays one hour of a function in order of time: which environments were busy, idle or terminated whenever a new one was
 * needed. Starts from the state of the previous hour and returns the state for the next: hours can be attributed one by one.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { PLACEMENT_MS, showsTermination } from '../keep-alive/termination.ts';
import type { CauseEvidence } from './cause.ts';
import { decodeConfiguration } from './configuration.ts';
import type { TerminatedEnvironment } from './environment-pool.ts';
import { configurationKey } from './environment-pool.ts';
import type {
  AttributedChange,
  AttributedColdStart,
  AttributedHour,
  CarriedState,
  ColdRun,
  ColdStartRun,
  EnvironmentConfiguration,
  EnvironmentInfo,
  EnvironmentInfos,
  Run,
} from './hour-state.ts';
import { idleBin } from './idle-window.ts';
import { TenantPools } from './tenant-pools.ts';

/** Environments idle for longer are dropped; sooner if they are never used again. */
export const FORGET_MS = 24 * HOUR_MS;
const FORGET_TERMINATED_MS = 2 * HOUR_MS;
/** INIT_START and the init computed from START describe the same init if they are closer than this. */
const SAME_INIT_MS = 60_000;

/**
 * Attributes one hour. `runs` start within the hour, ascending by start, and are iterated once, because a busy hour has
 * millions. `cold` are the cold starts among them, in any order. `infos` describes every environment of `runs`.
 */
export function attributeHour(
  hourMs: number,
  { cold, runs }: { readonly cold: readonly ColdStartRun[]; readonly runs: Iterable<Run> },
  infos: EnvironmentInfos,
  opening: CarriedState,
): AttributedHour {
  const hour = new Hour(hourMs, infos, opening);
  const births = cold
    .map((run) => ({ run, cold: run.cold, atMs: hour.demandOf(run, run.cold) }))
    .toSorted((a, b) => a.atMs - b.atMs || a.run.endMs - b.run.endMs || (a.cold.order < b.cold.order ? -1 : 1));
  hour.announce(births);
  let born = 0;
  for (const run of runs) {
    for (let birth = births[born]; birth !== undefined && birth.atMs <= run.startMs; birth = births[born]) {
      hour.birth(birth.run, birth.cold, birth.atMs);
      born += 1;
    }
    hour.start(run);
  }
  for (const birth of births.slice(born)) hour.birth(birth.run, birth.cold, birth.atMs);
  return hour.result();
}

class Hour {
  readonly #hourMs: number;
  readonly #infos: EnvironmentInfos;
  readonly #live = new TenantPools(PLACEMENT_MS);
  readonly #since: Map<string, number>;
  readonly #coldStarts: AttributedColdStart[] = [];
  readonly #changes: AttributedChange[] = [];
  /** Suppressed inits in a row of the function. */
  #streak: number;
  readonly #times = new Map<number, [number, number]>();
  #newest: CarriedState['newest'];

  constructor(hourMs: number, infos: EnvironmentInfos, opening: CarriedState) {
    this.#hourMs = hourMs;
    this.#infos = infos;
    this.#newest = opening.newest;
    this.#streak = opening.streak;
    this.#since = new Map(Object.entries(opening.since));
    for (const { id, ...snapshot } of opening.standing) {
      const info = infos.get(id);
      const seenUntilMs = info?.lastEndMs ?? snapshot.lastEndMs;
      if (isForgotten(snapshot.lastEndMs, seenUntilMs, hourMs)) continue;
      // A deploy can become known after the hour before was attributed.
      const configuration = info?.configuration ?? snapshot.configuration;
      this.#live.of(info?.tenant ?? null).put(id, { ...snapshot, waiting: false, configuration, seenUntilMs });
    }
  }

  /** Returns when the environment was requested, epoch ms: its INIT_START, or START minus the init time. */
  demandOf(run: Run, cold: ColdRun): number {
    const { initStartMs = null } = this.#infos.get(run.environmentId) ?? {};
    const hidden = cold.initMs === null;
    const reckoned = hidden ? run.endMs - Math.ceil(cold.durationMs) : run.startMs - Math.ceil(cold.initMs);
    // The environment's first INIT_START does not describe a later init of the same environment.
    const isItsInit = initStartMs !== null && initStartMs <= run.startMs && reckoned - initStartMs < SAME_INIT_MS;
    const atMs = !hidden && initStartMs !== null && (isItsInit || !cold.userFelt) ? initStartMs : reckoned;
    return Math.max(this.#hourMs, Math.min(atMs, run.startMs));
  }

  /** Announces when environments are needed, so that a kind of environment counts as in use until its last. */
  announce(births: readonly { readonly run: Run; readonly atMs: number }[]): void {
    for (const { run, atMs } of births) {
      const info = this.#infos.get(run.environmentId);
      if (info !== undefined) this.#live.of(info.tenant).announce(info, atMs);
    }
  }

  birth(run: Run, cold: ColdRun, atMs: number): void {
    const info = this.#infos.get(run.environmentId);
    if (info === undefined) throw new RangeError(`environment ${run.environmentId} is not known`);
    const pool = this.#live.of(info.tenant);
    const own = pool.get(run.environmentId);
    const hidden = cold.kind === 'suppressed';
    const others = pool.others(run.environmentId, info, atMs);
    const latest = others.latestTerminated;
    const isRecent = latest !== null && latest.environment.lastEndMs >= atMs - FORGET_TERMINATED_MS;
    const terminated = isRecent ? latest.environment : null;
    const { change, replaced } =
      own === undefined ? this.#change(info, atMs, terminated?.lastEndMs ?? null) : NOTHING_CHANGED;
    const loop = hidden ? (own?.loop ?? 0) + 1 : 0;
    const sinceInitMs =
      own !== undefined || cold.initMs === null || info.initStartMs === null || info.initStartMs > run.startMs
        ? null
        : run.startMs - (info.initStartMs + cold.initMs);
    const proactive = cold.kind === 'on-demand' && !cold.userFelt;
    const evidence: CauseEvidence = {
      kind: cold.kind,
      ...change,
      initTimedOut: cold.initTimedOut,
      previousFailed: own?.failed ?? false,
      proactiveGapMs: proactive ? sinceInitMs : null,
      busy: others.busy,
      idle: others.idle,
      gone: terminated === null ? 0 : others.terminated,
      goneIdleMs: terminated === null ? null : (terminated.countedMs ?? atMs) - terminated.lastEndMs,
      goneFailed: terminated?.failed ?? false,
      newTenant: own === undefined && info.isFirstOfTenant,
      firstOnRecord: own === undefined && this.#newest === null,
    };
    if (own === undefined && takesPlace(cold)) {
      // Without an idle environment, the terminated ones are known to be so. A proactive init may happen beside idle ones.
      const request = { waited: cold.kind === 'on-demand' && !proactive, idle: others.idle };
      if (change.change === null && showsTermination(request)) this.#countTerminated(run.environmentId, info, atMs);
      if (change.change !== null) pool.replace(replaced?.id ?? Number.NaN);
      else if (latest !== null && (others.idle === 0 || proactive)) pool.replace(latest.id);
    }
    // In a row within this environment, or across consecutive invocations of the function.
    const inARow = hidden ? Math.max(loop, this.#streak + 1) : 0;
    this.#coldStarts.push({ run, cold, atMs, evidence, platformMs: sinceInitMs, loop: inARow });
    const { configuration, runtime } = info;
    if (own === undefined) this.#newest = configurationOf(info);
    pool.put(run.environmentId, {
      // An on-demand environment is busy from its creation; a proactive one waits for its first invocation once its init ends.
      lastEndMs: cold.userFelt ? run.endMs : Math.min(run.startMs, atMs + Math.ceil(cold.initMs ?? 0)),
      failed: run.failed,
      counted: false,
      countedMs: null,
      replaced: false,
      waiting: proactive,
      loop,
      configuration,
      runtime,
      seenUntilMs: info.lastEndMs,
    });
  }

  start(run: Run): void {
    this.#streak = run.cold?.kind === 'suppressed' ? this.#streak + 1 : 0;
    const info = this.#infos.get(run.environmentId);
    const pool = this.#live.of(info?.tenant ?? null);
    const own = pool.get(run.environmentId);
    if (own === undefined) {
      // The environment is older than the first line received from it.
      pool.put(run.environmentId, {
        lastEndMs: run.endMs,
        failed: run.failed,
        counted: false,
        countedMs: null,
        replaced: false,
        waiting: false,
        loop: 0,
        configuration: info?.configuration ?? '',
        runtime: info?.runtime ?? '',
        seenUntilMs: info?.lastEndMs ?? run.endMs,
      });
      if (info !== undefined) this.#newest ??= configurationOf(info);
      return;
    }
    if (run.cold === null) {
      const idleMs = run.startMs - own.lastEndMs;
      if (idleMs > 0) this.#note(idleMs, 0);
    }
    // Written out: for most invocations this is the whole work, and a spread of the object takes three times as long.
    pool.put(run.environmentId, {
      lastEndMs: Math.max(own.lastEndMs, run.endMs),
      failed: run.failed,
      counted: false,
      countedMs: null,
      replaced: false,
      waiting: false,
      loop: run.cold === null ? 0 : own.loop,
      configuration: own.configuration,
      runtime: own.runtime,
      seenUntilMs: own.seenUntilMs,
    });
  }

  result(): AttributedHour {
    const endMs = this.#hourMs + HOUR_MS;
    const environments = [...this.#live.entries()]
      .filter(([, live]) => !isForgotten(live.lastEndMs, live.seenUntilMs, endMs))
      .map(([id, { seenUntilMs: _seen, waiting: _waiting, ...live }]) => ({ id, ...live }))
      .toSorted((a, b) => a.id - b.id);
    const used = new Set(environments.flatMap((one) => [one.configuration, configurationKey(one)]));
    return {
      changes: this.#changes,
      coldStarts: this.#coldStarts,
      idleTimes: this.#times,
      closing: {
        standing: environments,
        streak: this.#streak,
        newest: this.#newest,
        since: Object.fromEntries([...this.#since].filter(([key]) => used.has(key)).toSorted()),
      },
    };
  }

  #note(idleMs: number, terminated: 0 | 1): void {
    const bin = idleBin(idleMs);
    const counts = this.#times.get(bin) ?? [0, 0];
    counts[terminated] += 1;
    this.#times.set(bin, counts);
  }

  /**
   * Returns whether the environment has a new configuration or runtime, and the environment that it replaces. `goneEndMs` is
   * when the latest terminated environment of its own kind ended: the one used last is replaced first.
   */
  #change(info: EnvironmentInfo, atMs: number, terminatedEndMs: number | null): Change {
    const newest = this.#newest;
    if (newest === null) return NOTHING_CHANGED;
    const { configuration } = info;
    const full = configurationKey(info);
    const pool = this.#live.of(info.tenant);
    const isNewConfiguration = newest.configuration !== configuration && !this.#live.hasConfiguration(configuration);
    if (isNewConfiguration) {
      this.#since.set(configuration, atMs).set(full, atMs);
      this.#changes.push({ atMs, kind: 'deploy', before: newest, after: configurationOf(info) });
      return { change: FIRST_DEPLOYED, replaced: pool.replacedConfiguration(info, atMs) };
    }
    const isNewRuntime =
      newest.runtime !== info.runtime && info.runtime !== '' && !this.#live.hasConfigurationAndRuntime(info);
    if (isNewRuntime) {
      this.#since.set(full, atMs);
      this.#changes.push({ atMs, kind: 'runtime-patch', before: newest, after: configurationOf(info) });
      return { change: FIRST_PATCHED, replaced: pool.replacedRuntime(info, atMs) };
    }
    // Environments of an older configuration or runtime are replaced one by one after a change on record.
    const deployed = this.#since.has(configuration) ? pool.replacedConfiguration(info, atMs) : null;
    const patched = this.#since.has(full) ? pool.replacedRuntime(info, atMs) : null;
    const [deployedEndMs, patchedEndMs] = [endOf(deployed), endOf(patched)];
    // If several were replaced, picks the one whose environment was used last.
    if (Math.max(deployedEndMs, patchedEndMs) < (terminatedEndMs ?? 0)) return NOTHING_CHANGED;
    if (patched !== null && patchedEndMs > deployedEndMs) {
      return {
        change: { ...FIRST_PATCHED, firstOfChange: false, replacedIdleMs: atMs - patchedEndMs },
        replaced: patched,
      };
    }
    if (deployed === null) return NOTHING_CHANGED;
    const knownMs = decodeConfiguration(configuration)?.deployedAtMs ?? null;
    const replacedIdleMs = Math.max(0, Math.min(atMs, knownMs ?? atMs) - deployedEndMs);
    const change = { ...FIRST_DEPLOYED, firstOfChange: false, replacedIdleMs, changeKnown: knownMs !== null };
    return { change, replaced: deployed };
  }

  /** Counts each terminated environment of the tenant and configuration once. */
  #countTerminated(ownId: number, { configuration, tenant }: EnvironmentInfo, atMs: number): void {
    for (const one of this.#live.of(tenant).countTerminated(ownId, configuration, atMs)) {
      if (!one.failed) this.#note(atMs - one.lastEndMs, 1);
    }
  }
}

/** Whether the new environment takes the place of a terminated one: not of provisioned concurrency, nor after a failure. */
function takesPlace({ kind }: ColdRun): boolean {
  return kind === 'on-demand' || kind === 'snap-start';
}

interface Change {
  readonly change: Pick<CauseEvidence, 'change' | 'firstOfChange' | 'replacedIdleMs' | 'changeKnown'>;
  readonly replaced: TerminatedEnvironment | null;
}

const NO_CHANGE = { change: null, firstOfChange: false, replacedIdleMs: null, changeKnown: false } as const;
const FIRST_DEPLOYED = { ...NO_CHANGE, change: 'deploy', firstOfChange: true } as const;
const FIRST_PATCHED = { ...NO_CHANGE, change: 'runtime-patch', firstOfChange: true } as const;
const NOTHING_CHANGED: Change = { change: NO_CHANGE, replaced: null };

function endOf(terminated: TerminatedEnvironment | null): number {
  return terminated?.environment.lastEndMs ?? Number.NEGATIVE_INFINITY;
}

function configurationOf({ configuration, runtime }: EnvironmentConfiguration): EnvironmentConfiguration {
  return { configuration, runtime };
}

function isForgotten(lastEndMs: number, seenUntilMs: number, atMs: number): boolean {
  return lastEndMs < atMs - (seenUntilMs > lastEndMs ? FORGET_MS : FORGET_TERMINATED_MS);
}
