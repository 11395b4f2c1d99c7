/** Evidence for an alert: the newest invocations of its function that match the signal of the rule. */

import { iso } from '../../../ingest/records/time.ts';
import type { TelemetryReader } from '../../storage/ports.ts';
import type { Rule } from '../rules/rule.ts';
import type { RuleRunnerOptions } from './rule-runner.ts';

const MAX_INVOCATIONS = 3;
const MAX_LINE_CHARS = 500;

/** Builds the evidence look-up of the engine. It returns nothing if the function is unknown or its name is ambiguous. */
export function alertEvidence(
  read: Pick<TelemetryReader, 'resolveFunction' | 'invocations' | 'invocation'>,
): RuleRunnerOptions['evidence'] {
  return async (rule, { labels }, { fromMs, toMs }) => {
    const { account, region, function: name } = labels;
    if (name === undefined) return [];
    const where = { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) };
    const [found, another] = await read.resolveFunction({ ...where, name });
    if (found === undefined || another !== undefined) return [];
    const pages = await Promise.all(
      filtersOf(rule).map((filter) =>
        read.invocations({ fromMs, toMs, functionId: found.functionId, limit: MAX_INVOCATIONS, ...filter }),
      ),
    );
    const items = pages
      .flatMap((page) => page.items)
      .toSorted((a, b) => b.endMs - a.endMs)
      .slice(0, MAX_INVOCATIONS);
    const lines = await Promise.all(items.map((item) => reportLine(read, item.requestId, item.endMs)));
    return items.map((item, at) => ({
      requestId: item.requestId,
      logStream: item.logStream,
      timestamp: iso(item.endMs),
      status: item.status,
      cause: item.coldStart?.cause ?? null,
      line: lines[at] ?? null,
    }));
  };
}

/** REPORT line of the attempt that ended at `endMs`; null if raw lines are not kept. */
async function reportLine(
  read: Pick<TelemetryReader, 'invocation'>,
  requestId: string,
  endMs: number,
): Promise<string | null> {
  const found = await read.invocation({ requestId });
  const attempt = found?.attempts.find((one) => one.invocation.endMs === endMs);
  const line = attempt?.lines.find(({ platform, message }) => platform && /^REPORT |platform\.report/.test(message));
  return line === undefined ? null : line.message.trim().slice(0, MAX_LINE_CHARS);
}

type InvocationFilter = { readonly cold?: true; readonly status?: 'timeout' | 'oom' | 'exit' | 'error' };

/** Filters for invocations that match a signal; an invocation matches if it fits any of them. */
function filtersOf({ signal }: Rule): readonly InvocationFilter[] {
  const metric = 'metric' in signal ? signal.metric : signal.kind;
  switch (metric) {
    case 'timeouts':
      return [{ status: 'timeout' }];
    case 'outOfMemory':
      return [{ status: 'oom' }];
    case 'exits':
      return [{ status: 'exit' }];
    case 'errors':
    case 'errorRate':
    case 'burnRate':
    case 'newErrors':
    case 'regressedErrors':
    case 'errorGroups':
      return [{ status: 'error' }, { status: 'exit' }, { status: 'oom' }, { status: 'timeout' }];
    case 'initMs':
    case 'doomLoop':
    case 'platformLatency':
      return [{ cold: true }];
    default:
      return metric.toLowerCase().includes('coldstart') ? [{ cold: true }] : [{}];
  }
}
