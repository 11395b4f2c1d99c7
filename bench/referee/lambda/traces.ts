/**
 * X-Ray documents as BatchGetTraces returns them. The service segment carries `aws.request_id`; the function segment does
 * not, and names its service segment in `parent_id`. Initialization starts and ends before its function segment.
 */
import type { Environment, Invocation, Outcome } from './outcome.ts';
import type { FunctionPlan } from './plan.ts';
import type { Random } from './random.ts';

export interface TraceAnswer {
  readonly Id: string;
  readonly Duration: number;
  readonly Segments: readonly { readonly Id: string; readonly Document: string }[];
}

/** Traces of all traced invocations, in order of acceptance. */
export function traceAnswers(plan: FunctionPlan, outcome: Outcome, random: Random): readonly TraceAnswer[] {
  return outcome.invocations.flatMap((invocation) => {
    const environment = outcome.environments[invocation.environment];
    if (invocation.trace === null || environment === undefined) return [];
    const { id, serviceId, functionId } = invocation.trace;
    const segments = [service(plan, invocation, random), ofFunction(plan, invocation, environment, random)];
    return [
      {
        Id: id,
        Duration: seconds(invocation.endMs - invocation.atMs),
        Segments: segments.map((document, index) => ({
          Id: index === 0 ? serviceId : functionId,
          Document: JSON.stringify(document),
        })),
      },
    ];
  });
}

function service(plan: FunctionPlan, invocation: Invocation, random: Random): Record<string, unknown> {
  return {
    id: invocation.trace?.serviceId,
    name: plan.name,
    start_time: seconds(Math.floor(invocation.atMs)),
    trace_id: invocation.trace?.id,
    end_time: seconds(Math.ceil(invocation.endMs + random.exponential(2))),
    http: { response: { status: 200 } },
    aws: { request_id: invocation.requestId },
    origin: 'AWS::Lambda',
    resource_arn: functionArn(plan),
  };
}

function ofFunction(
  plan: FunctionPlan,
  invocation: Invocation,
  environment: Environment,
  random: Random,
): Record<string, unknown> {
  const { startMs, endMs } = invocation;
  const aws = { function_arn: functionArn(plan) };
  const subsegments: Record<string, unknown>[] = [];
  if (invocation.initMs !== null || invocation.restoreMs !== null) {
    subsegments.push({
      id: random.hex(16),
      name: invocation.restoreMs === null ? 'Initialization' : 'Restore',
      start_time: seconds(environment.initStartMs),
      end_time: seconds(environment.initStartMs + environment.initMs),
      aws,
    });
  }
  const overheadMs = Math.min(0.5, (endMs - startMs) / 10);
  subsegments.push(
    {
      id: random.hex(16),
      name: 'Invocation',
      start_time: seconds(startMs),
      end_time: seconds(endMs - overheadMs),
      aws,
    },
    { id: random.hex(16), name: 'Overhead', start_time: seconds(endMs - overheadMs), end_time: seconds(endMs), aws },
  );
  return {
    id: invocation.trace?.functionId,
    name: plan.name,
    start_time: seconds(startMs),
    trace_id: invocation.trace?.id,
    end_time: seconds(endMs),
    parent_id: invocation.trace?.serviceId,
    aws: { account_id: plan.accountId, function_arn: functionArn(plan), resource_names: [plan.name] },
    origin: 'AWS::Lambda::Function',
    subsegments,
  };
}

export function functionArn({ region, accountId, name }: FunctionPlan): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

/** X-Ray times: seconds since 1970 with microseconds. */
function seconds(ms: number): number {
  return Math.round(ms * 1000) / 1_000_000;
}
