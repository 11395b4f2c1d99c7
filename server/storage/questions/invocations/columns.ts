/** A page of invocations by column. Moving it to another thread costs a tenth of an object per row. */
import type { InvocationColumns, InvocationDetails, InvocationPlace, StoredInvocation } from './types.ts';

/** Details of a warm success. */
export const WARM_SUCCESS: InvocationDetails = {
  attempt: 1,
  initDurationMs: null,
  restoreDurationMs: null,
  hiddenInitDurationMs: null,
  status: 'success',
  errorType: null,
  errorMessage: null,
  errorStack: [],
  coldStart: null,
};

export function columnsOf(items: readonly StoredInvocation[]): InvocationColumns {
  const n = items.length;
  const numbers = () => new Float64Array(n);
  const columns = {
    startMs: numbers(),
    endMs: numbers(),
    durationMs: numbers(),
    billedDurationMs: numbers(),
    maxMemoryUsedMb: numbers(),
  };
  const places = new Places();
  const placeOf = new Uint32Array(n);
  const details = new Map<number, InvocationDetails>();
  items.forEach((item, at) => {
    placeOf[at] = places.indexOf(item);
    columns.startMs[at] = item.startMs ?? Number.NaN;
    columns.endMs[at] = item.endMs;
    columns.durationMs[at] = item.durationMs;
    columns.billedDurationMs[at] = item.billedDurationMs ?? Number.NaN;
    columns.maxMemoryUsedMb[at] = item.maxMemoryUsedMb ?? Number.NaN;
    if (!isWarmSuccess(item)) details.set(at, detailsOf(item));
  });
  return {
    requestIds: items.map((item) => item.requestId),
    traceIds: items.map((item) => item.traceId),
    places: places.all,
    placeOf,
    ...columns,
    details,
  };
}

/** Distinct places, in the order of their first row. */
class Places {
  readonly all: InvocationPlace[] = [];
  /** Indexes by environment: most have one. */
  readonly #byEnvironment = new Map<number, number[]>();

  indexOf(item: StoredInvocation): number {
    const known = this.#byEnvironment.get(item.environmentId) ?? [];
    for (const at of known) {
      const place = this.all[at];
      if (place !== undefined && isAt(item, place)) return at;
    }
    const at = this.all.push(placeOf(item)) - 1;
    known.push(at);
    this.#byEnvironment.set(item.environmentId, known);
    return at;
  }
}

function placeOf(item: StoredInvocation): InvocationPlace {
  const { functionName, account, region, version, logGroup, logStream, memorySizeMb, architecture, tenantId } = item;
  return { functionName, account, region, version, logGroup, logStream, memorySizeMb, architecture, tenantId };
}

/** An id of an environment is one of its function. */
function isAt(item: StoredInvocation, place: InvocationPlace): boolean {
  return (
    item.functionName === place.functionName &&
    item.account === place.account &&
    item.region === place.region &&
    item.version === place.version &&
    item.logGroup === place.logGroup &&
    item.logStream === place.logStream &&
    item.memorySizeMb === place.memorySizeMb &&
    item.architecture === place.architecture &&
    item.tenantId === place.tenantId
  );
}

function isWarmSuccess(item: StoredInvocation): boolean {
  return (
    item.status === 'success' &&
    item.coldStart === null &&
    item.attempt === 1 &&
    item.initDurationMs === null &&
    item.restoreDurationMs === null &&
    item.hiddenInitDurationMs === null &&
    item.errorType === null &&
    item.errorMessage === null &&
    item.errorStack.length === 0
  );
}

function detailsOf(item: StoredInvocation): InvocationDetails {
  const { attempt, initDurationMs, restoreDurationMs, hiddenInitDurationMs, status, coldStart } = item;
  const { errorType, errorMessage, errorStack } = item;
  return {
    attempt,
    initDurationMs,
    restoreDurationMs,
    hiddenInitDurationMs,
    status,
    errorType,
    errorMessage,
    errorStack,
    coldStart,
  };
}
