/** Platform lines about initialisation and SnapStart restores. */
import type { Spans } from './invocation-line.ts';

export interface InitStartLine {
  readonly kind: 'init-start';
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
  readonly initializationType: string | null;
  readonly phase: string | null;
  readonly functionName: string | null;
  readonly functionVersion: string | null;
  readonly instanceId: string | null;
  /** As printed: bytes in real records, MB in AWS's documentation. */
  readonly instanceMaxMemory: number | null;
}

export interface InitReportLine {
  readonly kind: 'init-report';
  readonly initDurationMs: number | null;
  readonly billedDurationMs: number | null;
  readonly initializationType: string | null;
  readonly phase: string | null;
  readonly status: string | null;
  readonly errorType: string | null;
}

export interface InitRuntimeDoneLine {
  readonly kind: 'init-runtime-done';
  readonly initializationType: string | null;
  readonly phase: string | null;
  readonly status: string | null;
  readonly errorType: string | null;
}

export interface RestoreStartLine {
  readonly kind: 'restore-start';
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
  readonly functionName: string | null;
  readonly functionVersion: string | null;
  readonly instanceId: string | null;
}

export interface RestoreReportLine {
  readonly kind: 'restore-report';
  readonly restoreDurationMs: number | null;
  readonly status: string | null;
  readonly errorType: string | null;
  readonly spans: Spans | null;
}

export interface RestoreRuntimeDoneLine {
  readonly kind: 'restore-runtime-done';
  readonly status: string | null;
  readonly errorType: string | null;
  readonly spans: Spans | null;
}
