/** Writes platform lines in Lambda's format, for the simulated fleet, the load generator and the round-trip tests. */
import type { ExtensionLine } from '../records/extension-line.ts';
import type { InitReportLine, RestoreReportLine } from '../records/init-line.ts';
import type { ReportLine } from '../records/invocation-line.ts';

export function renderStart(requestId: string, version: string): string {
  return `START RequestId: ${requestId} Version: ${version}\n`;
}

export function renderEnd(requestId: string): string {
  return `END RequestId: ${requestId}\n`;
}

export function renderInitStart(runtimeVersion: string, runtimeVersionArn: string): string {
  return `INIT_START Runtime Version: ${runtimeVersion}\tRuntime Version ARN: ${runtimeVersionArn}\n`;
}

export function renderRestoreStart(runtimeVersion: string, runtimeVersionArn: string): string {
  return `RESTORE_START Runtime Version: ${runtimeVersion}\tRuntime Version ARN: ${runtimeVersionArn}\n`;
}

export type RenderableReport = Pick<
  ReportLine,
  'requestId' | 'initDurationMs' | 'restoreDurationMs' | 'billedRestoreDurationMs' | 'status' | 'errorType' | 'trace'
> & {
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly memorySizeMb: number;
  readonly maxMemoryUsedMb: number;
};

/** Writes one event: REPORT, and the XRAY line after it if a trace is given. Durations have two decimals. */
export function renderReport(report: RenderableReport): string {
  const fields = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${report.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${report.billedDurationMs} ms`,
    `Memory Size: ${report.memorySizeMb} MB`,
    `Max Memory Used: ${report.maxMemoryUsedMb} MB`,
  ];
  if (report.initDurationMs !== null) fields.push(`Init Duration: ${report.initDurationMs.toFixed(2)} ms`);
  if (report.restoreDurationMs !== null) fields.push(`Restore Duration: ${report.restoreDurationMs.toFixed(2)} ms`);
  if (report.billedRestoreDurationMs !== null) {
    fields.push(`Billed Restore Duration: ${report.billedRestoreDurationMs} ms`);
  }
  if (report.status !== null) fields.push(`Status: ${report.status}`);
  if (report.errorType !== null) fields.push(`Error Type: ${report.errorType}`);
  const end = report.status === null ? '\t\n' : '\n';
  return fields.join('\t') + end + renderTrace(report);
}

function renderTrace(report: RenderableReport): string {
  const trace = report.trace;
  if (trace?.traceId === null || trace?.segmentId === null || trace === null) return '';
  const sampled = trace.sampled === null ? '' : `Sampled: ${trace.sampled}\t`;
  return `XRAY TraceId: ${trace.traceId}\tSegmentId: ${trace.segmentId}\t${sampled}\n`;
}

export function renderInitReport(
  line: Pick<InitReportLine, 'initDurationMs' | 'phase' | 'status' | 'errorType'>,
): string {
  const fields: string[] = [];
  if (line.initDurationMs !== null) fields.push(`Init Duration: ${line.initDurationMs.toFixed(2)} ms`);
  if (line.phase !== null) fields.push(`Phase: ${line.phase}`);
  if (line.status !== null) fields.push(`Status: ${line.status}`);
  if (line.errorType !== null) fields.push(`Error Type: ${line.errorType}`);
  return `INIT_REPORT ${fields.join('\t')}\n`;
}

export function renderRestoreReport(
  line: Pick<RestoreReportLine, 'restoreDurationMs' | 'status' | 'errorType'>,
): string {
  const status = line.status === null ? '' : `\tStatus: ${line.status}`;
  const errorType = line.errorType === null ? '' : `\tError Type: ${line.errorType}`;
  return `RESTORE_REPORT Restore Duration: ${(line.restoreDurationMs ?? 0).toFixed(2)} ms${status}${errorType}\n`;
}

export function renderExtension(line: Pick<ExtensionLine, 'name' | 'state' | 'events' | 'errorType'>): string {
  const errorType = line.errorType === null ? '' : `\tError Type: ${line.errorType}`;
  return `EXTENSION\tName: ${line.name}\tState: ${line.state}\tEvents: [${line.events.join(', ')}]${errorType}\n`;
}

/** Writes the old format of a timeout: a separate line with spaces, and two newlines at the end. */
export function renderTimeout(timeIso: string, requestId: string, seconds: number): string {
  return `${timeIso} ${requestId} Task timed out after ${seconds.toFixed(2)} seconds\n\n`;
}

export function renderExit(requestId: string, errorMessage: string, errorType: string): string {
  return `RequestId: ${requestId} Error: ${errorMessage}\n${errorType}\n`;
}
