/** Platform lines of the text format, from AWS's documentation and captures of 2025 and 2026. */
import type { Line } from './log-event.ts';
import type { Environment, Invocation, Outcome } from './outcome.ts';
import type { FunctionPlan } from './plan.ts';

export function textEvents(plan: FunctionPlan, { environments, invocations }: Outcome): readonly Line[] {
  const lines: Line[] = [];
  for (const environment of environments) lines.push(...starting(plan, environment));
  for (const invocation of invocations) {
    const environment = environments[invocation.environment];
    if (environment !== undefined) lines.push(...running(invocation, environment));
  }
  return lines;
}

/** Lines of an environment before its first invocation. A container image prints no INIT_START. */
function starting(plan: FunctionPlan, environment: Environment): readonly Line[] {
  const { stream, configuration, kind, initStartMs, initMs } = environment;
  const at = Math.floor(initStartMs);
  const ready = Math.floor(initStartMs + initMs);
  const version = `Runtime Version: ${configuration.runtimeVersion}\tRuntime Version ARN: ${runtimeArn(plan, environment)}\n`;
  if (kind === 'snap-start') {
    return [
      { stream, timestampMs: at, message: `RESTORE_START ${version}` },
      { stream, timestampMs: ready, message: `RESTORE_REPORT Restore Duration: ${initMs.toFixed(2)} ms\n` },
    ];
  }
  const lines: Line[] = [];
  if (configuration.packageType === 'Zip') lines.push({ stream, timestampMs: at, message: `INIT_START ${version}` });
  if (kind === 'provisioned') {
    lines.push({ stream, timestampMs: ready, message: `INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms\n` });
  }
  return lines;
}

function running(invocation: Invocation, { stream, configuration }: Environment): readonly Line[] {
  const { requestId } = invocation;
  const start = Math.floor(invocation.startMs);
  const end = Math.floor(invocation.endMs);
  const lines: Line[] = [
    { stream, timestampMs: start, message: `START RequestId: ${requestId} Version: ${configuration.version}\n` },
  ];
  if (invocation.status === 'handled-error') {
    const error = { errorType: 'Error', errorMessage: 'planted', stack: ['Error: planted'] };
    const message = `${new Date(end).toISOString()}\t${requestId}\tERROR\tInvoke Error \t${JSON.stringify(error)}\n`;
    lines.push({ stream, timestampMs: end, message });
  }
  lines.push({ stream, timestampMs: end, message: `END RequestId: ${requestId}\n` });
  lines.push({ stream, timestampMs: end, message: report(invocation) });
  return lines;
}

/** REPORT ends with a tab unless it states how the invocation failed. With a trace, the event has a second line. */
function report(invocation: Invocation): string {
  const { requestId, configuration, trace, initMs, restoreMs } = invocation;
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${invocation.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${invocation.billedMs} ms`,
    `Memory Size: ${configuration.memoryMb} MB`,
    `Max Memory Used: ${invocation.memoryUsedMb} MB`,
  ];
  if (initMs !== null) fields.push(`Init Duration: ${initMs.toFixed(2)} ms`);
  if (restoreMs !== null) {
    fields.push(`Restore Duration: ${restoreMs.toFixed(2)} ms`, `Billed Restore Duration: ${Math.ceil(restoreMs)} ms`);
  }
  fields.push(...textStatus(invocation.status));
  const text = `${fields.join('\t')}\n`;
  return trace === null ? text : `${text}XRAY TraceId: ${trace.id}\tSegmentId: ${trace.functionId}\tSampled: true\t\n`;
}

function textStatus(status: Invocation['status']): readonly string[] {
  switch (status) {
    case 'success':
    case 'handled-error':
      return [''];
    case 'timeout':
      return ['Status: timeout'];
    case 'exit':
      return ['Status: error', 'Error Type: Runtime.ExitError'];
    case 'out-of-memory':
      return ['Status: error', 'Error Type: Runtime.OutOfMemory'];
  }
}

/** The ARN of a runtime version: 64 hexadecimal digits, the same for all functions with that version. */
export function runtimeArn({ region }: FunctionPlan, { configuration }: Environment): string {
  let digits = '';
  for (const letter of configuration.runtimeVersion) digits += letter.charCodeAt(0).toString(16);
  return `arn:aws:lambda:${region}::runtime:${digits.padEnd(64, '0').slice(0, 64)}`;
}
