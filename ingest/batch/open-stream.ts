/** What is open while the lines of one log stream of one request are read. */
import type { OpenStart } from './invocation-table.ts';

/** A row that waits for its START. */
export interface OpenReport {
  readonly row: number;
  readonly endMs: number;
  readonly durationMs: number;
}

export interface StreamState {
  readonly index: number;
  readonly starts: Map<string, OpenStart[]>;
  readonly reportsById: Map<string, OpenReport[]>;
  openRequestId: string | null;
  /** The newest START, before it is filed: nearly always its REPORT comes next. */
  newestStart: OpenStart | null;
}

/** A stream of the request, opened by its first platform line. */
export class OpenStream {
  readonly #make: () => StreamState;
  opened: StreamState | null = null;

  constructor(make: () => StreamState) {
    this.#make = make;
  }

  get state(): StreamState {
    this.opened ??= this.#make();
    return this.opened;
  }

  open(): void {
    this.opened ??= this.#make();
  }
}

/** The newest START waits with the others of its request id. */
export function fileStart(state: StreamState): void {
  if (state.newestStart === null) return;
  listOf(state.starts, state.newestStart.line.requestId).push(state.newestStart);
  state.newestStart = null;
}

/** The list of a key, made when there is none. */
export function listOf<T>(map: Map<string, T[]>, key: string): T[] {
  let list = map.get(key);
  if (list === undefined) {
    list = [];
    map.set(key, list);
  }
  return list;
}
