/** State while the lines of one log stream of a request are read. */

import type { ErrorDelivery, FilterDay } from '../records/batch.ts';
import type { StreamIdentity } from '../records/log-event.ts';
import { UNKNOWN_STREAM } from '../records/log-event.ts';
import { DAY_MS } from '../records/time.ts';
import type { OpenStart } from './invocation-table.ts';

/** A row without its START so far. */
export interface OpenReport {
  readonly requestId: string;
  readonly row: number;
  readonly endMs: number;
  readonly durationMs: number;
}

/** Maps of most streams stay empty, and a body may have a stream for each line: they are made when they are needed. */
export interface StreamState {
  readonly index: number;
  /** Those whose REPORT did not follow. */
  starts: OpenStart[] | null;
  reports: OpenReport[] | null;
  openRequestId: string | null;
  /** Requests that are open, if the log stream is unknown: its lines may be of several environments. Else null. */
  readonly openRequests: Set<string> | null;
  /** The last START, kept apart because its REPORT nearly always comes next. */
  newestStart: OpenStart | null;
}

/** A stream of the request; its first platform line opens it. */
export class OpenStream {
  readonly #make: () => StreamState;
  readonly #errors: ErrorDelivery;
  opened: StreamState | null = null;
  /** The day of most streams; others are in the set. */
  #errorDay = Number.NaN;
  #errorDays: Set<number> | null = null;
  #days: Set<number> | null = null;

  constructor(errors: ErrorDelivery, make: () => StreamState) {
    this.#errors = errors;
    this.#make = make;
  }

  get state(): StreamState {
    this.opened ??= this.#make();
    return this.opened;
  }

  open(): void {
    this.opened ??= this.#make();
  }

  /** Notes that an error which the runtime reports at this time would have been received. */
  seesErrors(atMs: number): void {
    const day = Math.floor(atMs / DAY_MS);
    if (day === this.#errorDay) return;
    if (Number.isNaN(this.#errorDay)) this.#errorDay = day;
    else {
      this.#errorDays ??= new Set([this.#errorDay]);
      this.#errorDays.add(day);
    }
  }

  /** Notes the time of an event: whether an error would have arrived then is decided by the delivery. */
  sees(atMs: number): void {
    if (this.#errors === true) this.seesErrors(atMs);
    else if (this.#errors.length > 0) {
      this.#days ??= new Set();
      this.#days.add(Math.floor(atMs / DAY_MS));
    }
  }

  /** Adds the days on which errors would have been received, and those of which the patterns of the filters decide. */
  addDays(stream: number, errorDays: [stream: number, day: number][], filterDays: FilterDay[]): void {
    if (this.#errorDays !== null) for (const day of this.#errorDays) errorDays.push([stream, day]);
    else if (!Number.isNaN(this.#errorDay)) errorDays.push([stream, this.#errorDay]);
    if (this.#errors === true || this.#days === null) return;
    for (const day of this.#days)
      if (day !== this.#errorDay && this.#errorDays?.has(day) !== true) filterDays.push([stream, day, this.#errors]);
  }
}

/** State of a stream of which nothing was read yet. */
export function newState(index: number, identity: Pick<StreamIdentity, 'logStream'>): StreamState {
  return {
    index,
    starts: null,
    reports: null,
    openRequestId: null,
    openRequests: identity.logStream === UNKNOWN_STREAM ? new Set() : null,
    newestStart: null,
  };
}

/** Notes that a request began. A fault without a request id is of the open one, if only one is open. */
export function beginRequest(state: StreamState, requestId: string): void {
  state.openRequests?.add(requestId);
  state.openRequestId = onlyOpen(state, requestId);
}

/** Notes that a request ended. */
export function endRequest(state: StreamState, requestId: string): void {
  state.openRequests?.delete(requestId);
  if (state.openRequests !== null) state.openRequestId = onlyOpen(state, null);
  else if (state.openRequestId === requestId) state.openRequestId = null;
}

function onlyOpen({ openRequests }: StreamState, newest: string | null): string | null {
  if (openRequests === null) return newest;
  if (openRequests.size !== 1) return null;
  const [only = null] = openRequests;
  return only;
}

/** Moves the last START to the list of those before. */
export function fileStart(state: StreamState): void {
  if (state.newestStart === null) return;
  state.starts ??= [];
  state.starts.push(state.newestStart);
  state.newestStart = null;
}

/** Keeps a REPORT that did not follow its START. */
export function fileReport(state: StreamState, report: OpenReport): void {
  state.reports ??= [];
  state.reports.push(report);
}

/** Adds to the list of a key. Most have one item: a list that `push` begins has room for 17. */
export function addTo<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
