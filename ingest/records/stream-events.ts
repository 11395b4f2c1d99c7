/** Rows of a batch that belong to a log stream, other than invocations. */
import type { FaultKind } from './fault-line.ts';

/** A START whose REPORT is not in the same batch. */
export interface PendingStart {
  readonly stream: number;
  readonly requestId: string;
  readonly startMs: number;
  readonly version: string | null;
  readonly tenant: string | null;
}

export type InitEventKind =
  | 'init-start'
  | 'init-report'
  | 'init-runtime-done'
  | 'restore-start'
  | 'restore-report'
  | 'restore-runtime-done';

export interface InitEvent {
  readonly stream: number;
  readonly kind: InitEventKind;
  readonly atMs: number;
  readonly durationMs: number | null;
  readonly phase: string | null;
  readonly status: string | null;
  readonly errorType: string | null;
  readonly initializationType: string | null;
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
}

export interface FaultEvent {
  readonly stream: number;
  readonly kind: FaultKind;
  readonly atMs: number;
  readonly requestId: string | null;
  readonly errorType: string | null;
  readonly message: string | null;
  /** Frames as the runtime printed them, one per line, innermost first; null if there are none. */
  readonly stack: string | null;
}

export interface ExtensionEvent {
  readonly stream: number;
  readonly kind: 'extension' | 'telemetry' | 'logs';
  readonly name: string;
  readonly state: string;
  readonly detail: string;
  readonly atMs: number;
}

/** The runtime responded. Duration in REPORT beyond `runtimeMs` is the time of extensions. */
export interface RuntimeDone {
  readonly stream: number;
  readonly requestId: string;
  readonly atMs: number;
  readonly runtimeMs: number;
}
