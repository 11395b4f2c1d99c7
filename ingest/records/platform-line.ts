/** The result of reading one log line. */
import type { ExtensionLine, SubscriptionLine } from './extension-line.ts';
import type { FaultLine, LambdaWarningLine, LogsDroppedLine } from './fault-line.ts';
import type {
  InitReportLine,
  InitRuntimeDoneLine,
  InitStartLine,
  RestoreReportLine,
  RestoreRuntimeDoneLine,
  RestoreStartLine,
} from './init-line.ts';
import type { EndLine, ReportLine, RuntimeDoneLine, StartLine } from './invocation-line.ts';

/** A JSON platform record of a type that is not used (web functions, future types). */
export interface OtherPlatformLine {
  readonly kind: 'other-platform';
  readonly type: string;
}

export type PlatformLine =
  | StartLine
  | EndLine
  | ReportLine
  | InitStartLine
  | InitReportLine
  | InitRuntimeDoneLine
  | RestoreStartLine
  | RestoreReportLine
  | RestoreRuntimeDoneLine
  | RuntimeDoneLine
  | ExtensionLine
  | SubscriptionLine
  | FaultLine
  | LambdaWarningLine
  | LogsDroppedLine
  | OtherPlatformLine;

/**
 * A parsed line, or the reason why it was not parsed. `not-platform` means an application wrote it; any other reason means
 * a platform line that cannot be read.
 */
export type LineResult =
  | { readonly ok: true; readonly line: PlatformLine; readonly time: string | null }
  | { readonly ok: false; readonly reason: LineProblem };

export type LineProblem =
  | 'not-platform'
  | 'report-without-request-id'
  | 'report-without-fields'
  | 'start-without-request-id'
  | 'field-repeated'
  | 'number-unreadable'
  | 'number-not-whole'
  | 'duration-impossible'
  | 'billed-impossible'
  | 'memory-impossible'
  | 'extension-without-name'
  | 'platform-json-unreadable'
  | 'platform-json-contradicts'
  | 'platform-json-without-record'
  | 'platform-report-without-request-id';
