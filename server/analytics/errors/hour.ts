/**
 * Failures of one hour of a function, each with what its lines say, and their counts by group. The rule of both stores: it depends on
 * the stored rows alone, so the order, repetition and division of deliveries change nothing.
 */
import type { Attempt, DetailedFault } from '../cold-starts/fault-match.ts';
import { ownFaults, wasOpen } from '../cold-starts/fault-match.ts';
import type { ErrorIdentity, Failure } from './fingerprint.ts';
import { errorIdentity, fingerprintOf, REST } from './fingerprint.ts';

/** An attempt that failed. An environment id that is not positive means that its log stream is unknown. */
export interface FailedAttempt extends Attempt {
  readonly requestId: string;
  readonly environmentId: number;
  readonly version: string | null;
  readonly status: Failure['status'];
  readonly errorType: string | null;
}

/** A fault line of the function. */
export interface FaultOfFunction extends DetailedFault {
  readonly environmentId: number;
  /** '' where the line carries none. */
  readonly requestId: string;
}

/** An init that ended with an error before any invocation. */
export interface FailedInit {
  readonly environmentId: number;
  readonly atMs: number;
  readonly errorType: string | null;
}

/** Rows of a function around an hour. */
export interface FailureRows {
  /** Attempts that ended in the hour, or so soon after it that lines of the hour may be theirs. */
  readonly attempts: readonly FailedAttempt[];
  readonly faults: readonly FaultOfFunction[];
  readonly inits: readonly FailedInit[];
  readonly environments: ReadonlyMap<
    number,
    {
      readonly version: string | null;
      /** Its invocations overlap: a line without a request id may be of any of them. */
      readonly overlaps: boolean;
    }
  >;
}

/** One failure with what its lines say. */
export interface ToldFailure extends Failure {
  /** END of the attempt; without an attempt, time of the line. Epoch ms. */
  readonly atMs: number;
  readonly environmentId: number;
  readonly version: string | null;
  /** Null if it belongs to no invocation: an init failed. */
  readonly requestId: string | null;
}

/** Returns the failures of [fromMs, toMs): attempts by their end, and one for each environment whose init failed. */
export function toldFailures(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  { attempts, faults, inits, environments }: FailureRows,
): readonly ToldFailure[] {
  const isOf = (environmentId: number): boolean => environments.get(environmentId)?.overlaps !== true;
  const named = groupedBy(
    faults.filter((fault) => fault.requestId !== ''),
    (fault) => fault.requestId,
  );
  // An error of network setup without a request id is of no attempt in particular.
  const bare = groupedBy(
    faults.filter(({ requestId, environmentId, kind }) => requestId === '' && environmentId > 0 && kind !== 'network'),
    (fault) => fault.environmentId,
  );
  const claimed = new Set<FaultOfFunction>();
  const told: ToldFailure[] = [];
  for (const attempt of attempts) {
    const { environmentId, endMs, requestId, version } = attempt;
    const mine = (named.get(requestId) ?? []).filter(
      (fault) => fault.environmentId === environmentId || fault.environmentId <= 0 || environmentId <= 0,
    );
    const open = isOf(environmentId)
      ? (bare.get(environmentId) ?? []).filter((fault) => wasOpen(fault.atMs, attempt))
      : [];
    for (const fault of open) claimed.add(fault);
    if (endMs < fromMs || endMs >= toMs) continue;
    const failure = failureOf(attempt, ownFaults(attempt, [...mine, ...open]));
    told.push({ ...failure, atMs: endMs, environmentId, version, requestId });
  }
  const others = withoutAttempt({ fromMs, toMs }, { bare, claimed, inits, environments });
  return [...told, ...others.map((init) => toldAgain(init, told))];
}

/** An init that failed is tried again by the invocation that waits for it: its report has the type alone, the lines of that attempt the rest. */
function toldAgain(init: ToldFailure, attempts: readonly ToldFailure[]): ToldFailure {
  if (init.message !== null || init.stack.length > 0 || init.errorType === null) return init;
  const typeOf = (failure: Failure): string | null => errorIdentity(failure).errorType;
  const next = attempts
    .filter((one) => one.environmentId === init.environmentId && one.atMs >= init.atMs)
    .toSorted((a, b) => a.atMs - b.atMs || compare(a.requestId ?? '', b.requestId ?? ''))[0];
  if (next === undefined || typeOf(next) !== typeOf(init)) return init;
  return { ...init, status: next.status, errorType: next.errorType, message: next.message, stack: next.stack };
}

function failureOf(
  { status, errorType }: Pick<FailedAttempt, 'status' | 'errorType'>,
  faults: readonly FaultOfFunction[],
): Failure {
  // What the code threw says more than that the runtime exited after it.
  const inOrder = faults.toSorted(
    (a, b) => a.atMs - b.atMs || compare(a.kind, b.kind) || compare(textOf(a), textOf(b)),
  );
  const thrown = inOrder.find(({ kind, message, stack }) => kind === 'error' && (message !== null || stack !== null));
  const best =
    thrown ??
    inOrder.find((fault) => fault.kind === status && fault.message !== null) ??
    inOrder.find((fault) => fault.message !== null) ??
    inOrder.find((fault) => fault.errorType !== null);
  return {
    status,
    errorType: best?.errorType ?? errorType,
    message: best?.message ?? null,
    stack: best?.stack == null ? [] : best.stack.split('\n'),
  };
}

/** Lines and reports of inits that no attempt explains: one failure for each environment. */
function withoutAttempt(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  {
    bare,
    claimed,
    inits,
    environments,
  }: Pick<FailureRows, 'inits' | 'environments'> & {
    readonly bare: ReadonlyMap<number, readonly FaultOfFunction[]>;
    readonly claimed: ReadonlySet<FaultOfFunction>;
  },
): readonly ToldFailure[] {
  const isWithin = ({ atMs }: { readonly atMs: number }): boolean => atMs >= fromMs && atMs < toMs;
  const failed = groupedBy(inits.filter(isWithin), (init) => init.environmentId);
  const ids = new Set([...bare.keys(), ...failed.keys()]);
  return [...ids]
    .toSorted((a, b) => a - b)
    .flatMap((environmentId) => {
      const lines = (bare.get(environmentId) ?? []).filter((fault) => isWithin(fault) && !claimed.has(fault));
      const reports = failed.get(environmentId) ?? [];
      const times = [...lines, ...reports].map(({ atMs }) => atMs);
      if (times.length === 0) return [];
      const reported = reports.find(({ errorType }) => errorType !== null)?.errorType ?? null;
      return [
        {
          ...failureOf({ status: statusOf(lines), errorType: reported }, lines),
          atMs: Math.min(...times),
          environmentId,
          version: environments.get(environmentId)?.version ?? null,
          requestId: null,
        },
      ];
    });
}

function statusOf(lines: readonly FaultOfFunction[]): Failure['status'] {
  const kinds = new Set(lines.map(({ kind }) => kind));
  if (kinds.has('oom')) return 'oom';
  return kinds.has('timeout') ? 'timeout' : kinds.has('exit') ? 'exit' : 'error';
}

function textOf({ errorType, message }: FaultOfFunction): string {
  return `${errorType}/${message}`;
}

/** Counts of one group, version and hour. */
export interface ErrorCount {
  readonly fingerprint: string;
  readonly version: string | null;
  /** Failed attempts. */
  readonly attempts: number;
  /** Different requests among them. */
  readonly invocations: number;
  /** Failures of inits that no invocation is known for. */
  readonly initFailures: number;
  /** Of its first and last failure, epoch ms. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface HourErrors {
  readonly groups: readonly (ErrorIdentity & { readonly fingerprint: string })[];
  readonly counts: readonly ErrorCount[];
}

/** Groups stored for each hour of a function; the failures of the rarest others are counted together. */
export const MOST_GROUPS = 500;

/** Counts failures by group and version. The result does not depend on their order. */
export function countErrors(failures: readonly ToldFailure[], mostGroups = MOST_GROUPS): HourErrors {
  const identities = new Identities();
  const byGroup = groupedBy(failures, (failure) => identities.of(failure));
  const inOrder = [...byGroup].toSorted(([a, one], [b, other]) => other.length - one.length || compare(a, b));
  const kept = inOrder.slice(0, mostGroups);
  const rest = inOrder.slice(mostGroups).flatMap(([, some]) => some);
  if (rest.length > 0) kept.push([fingerprintOf(REST), rest]);
  return {
    groups: kept.map(([fingerprint]) => ({ ...identities.get(fingerprint), fingerprint })),
    counts: kept.flatMap(([fingerprint, some]) =>
      [...groupedBy(some, ({ version }) => version ?? '')].map(([, ofVersion]) => countOf(fingerprint, ofVersion)),
    ),
  };
}

function countOf(fingerprint: string, failures: readonly ToldFailure[]): ErrorCount {
  const ids = failures.flatMap(({ requestId }) => requestId ?? []);
  const times = failures.map(({ atMs }) => atMs);
  return {
    fingerprint,
    version: failures[0]?.version ?? null,
    attempts: ids.length,
    invocations: new Set(ids).size,
    initFailures: failures.length - ids.length,
    firstMs: times.reduce((a, b) => Math.min(a, b)),
    lastMs: times.reduce((a, b) => Math.max(a, b)),
  };
}

/** Fingerprints of failures: equal texts, which most are, are read once. */
class Identities {
  readonly #fingerprints = new Map<string, string>();
  readonly #identities = new Map<string, ErrorIdentity>([[fingerprintOf(REST), REST]]);

  of({ status, errorType, message, stack }: Failure): string {
    const key = [status, errorType, message, ...stack].join('\u0000');
    const known = this.#fingerprints.get(key);
    if (known !== undefined) return known;
    const identity = errorIdentity({ status, errorType, message, stack });
    const fingerprint = fingerprintOf(identity);
    this.#fingerprints.set(key, fingerprint);
    this.#identities.set(fingerprint, identity);
    return fingerprint;
  }

  get(fingerprint: string): ErrorIdentity {
    return this.#identities.get(fingerprint) ?? REST;
  }
}

function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const found = new Map<K, T[]>();
  for (const item of items) {
    const mine = found.get(keyOf(item));
    if (mine === undefined) found.set(keyOf(item), [item]);
    else mine.push(item);
  }
  return found;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
