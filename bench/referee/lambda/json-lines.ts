/** Platform records of the JSON format at the system log level INFO: initStart, start and report. There is no END. */
import type { Line } from './log-event.ts';
import type { Environment, Invocation, Outcome } from './outcome.ts';
import type { FunctionPlan } from './plan.ts';
import { runtimeArn } from './text-lines.ts';

export function jsonEvents(plan: FunctionPlan, { environments, invocations }: Outcome): readonly Line[] {
  const lines: Line[] = environments.flatMap((environment) => starting(plan, environment));
  for (const invocation of invocations) {
    const environment = environments[invocation.environment];
    if (environment !== undefined) lines.push(...running(plan, invocation, environment));
  }
  return lines;
}

const INITIALIZATION_TYPE = {
  'on-demand': 'on-demand',
  proactive: 'on-demand',
  provisioned: 'provisioned-concurrency',
  'snap-start': 'snap-start',
} as const;

function starting(plan: FunctionPlan, environment: Environment): readonly Line[] {
  const { stream, configuration, kind, initStartMs, initMs } = environment;
  const facts = {
    functionName: plan.name,
    functionVersion: configuration.version,
    runtimeVersion: configuration.runtimeVersion,
    runtimeVersionArn: runtimeArn(plan, environment),
    instanceId: stream,
    instanceMaxMemory: configuration.memoryMb * 1_048_576,
  };
  if (kind === 'snap-start') {
    const report = { status: 'success', metrics: { durationMs: initMs } };
    return [
      platformLine(stream, initStartMs, 'restoreStart', facts),
      platformLine(stream, initStartMs + initMs, 'restoreReport', report),
    ];
  }
  const record = { initializationType: INITIALIZATION_TYPE[kind], phase: 'init', ...facts };
  return [platformLine(stream, initStartMs, 'initStart', record)];
}

function running(plan: FunctionPlan, invocation: Invocation, { stream, configuration }: Environment): readonly Line[] {
  const { requestId, startMs, endMs, trace, initMs, restoreMs } = invocation;
  const functionArn = `arn:aws:lambda:${plan.region}:${plan.accountId}:function:${plan.name}`;
  const tenant = invocation.tenant === null ? {} : { tenantId: invocation.tenant };
  const tracing =
    trace === null
      ? {}
      : {
          tracing: {
            spanId: trace.functionId,
            type: 'X-Amzn-Trace-Id',
            value: `Root=${trace.id};Parent=${trace.serviceId};Sampled=1`,
          },
        };
  const start = { requestId, functionArn, version: configuration.version, ...tenant, ...tracing };
  const metrics = {
    durationMs: invocation.durationMs,
    billedDurationMs: invocation.billedMs,
    memorySizeMB: configuration.memoryMb,
    maxMemoryUsedMB: invocation.memoryUsedMb,
    ...(initMs === null ? {} : { initDurationMs: initMs }),
    ...(restoreMs === null ? {} : { restoreDurationMs: restoreMs, billedRestoreDurationMs: Math.ceil(restoreMs) }),
  };
  const report = { requestId, metrics, ...jsonStatus(invocation.status), ...tenant, ...tracing };
  const lines = [platformLine(stream, startMs, 'start', start)];
  if (invocation.status === 'handled-error') {
    const at = Math.floor(endMs);
    const error = { errorType: 'Error', errorMessage: 'planted' };
    const record = { timestamp: new Date(at).toISOString(), level: 'ERROR', requestId, message: error };
    lines.push({ stream, timestampMs: at, message: JSON.stringify(record) });
  }
  lines.push(platformLine(stream, endMs, 'report', report));
  return lines;
}

function jsonStatus(status: Invocation['status']): Record<string, string> {
  switch (status) {
    case 'success':
    case 'timeout':
      return { status };
    case 'handled-error':
      return { status: 'error', errorType: 'Error' };
    case 'exit':
      return { status: 'error', errorType: 'Runtime.ExitError' };
    case 'out-of-memory':
      return { status: 'error', errorType: 'Runtime.OutOfMemory' };
  }
}

function platformLine(stream: string, ms: number, type: string, record: Record<string, unknown>): Line {
  const timestampMs = Math.floor(ms);
  const time = new Date(timestampMs).toISOString();
  return { stream, timestampMs, message: JSON.stringify({ time, type: `platform.${type}`, record }) };
}
