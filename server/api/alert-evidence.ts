/** Invocations that show what an alert is about: the newest of its function that fit what it looks at. */

import type { Rule } from '../alerts/rule.ts';
import type { RuleRunnerOptions } from '../alerts/rule-runner.ts';
import type { Reader } from '../storage/store.ts';
import { iso } from './time.ts';

const MOST = 3;

export function alertEvidence(read: Pick<Reader, 'resolveFunction' | 'invocations'>): RuleRunnerOptions['evidence'] {
  return async (rule, { labels }, { fromMs, toMs }) => {
    const { account, region, function: name } = labels;
    if (name === undefined || account === undefined || region === undefined) return [];
    const [found] = await read.resolveFunction({ account, region, name });
    if (found === undefined) return [];
    const { items } = await read.invocations({
      fromMs,
      toMs,
      functionId: found.functionId,
      limit: MOST,
      ...aboutOf(rule),
    });
    return items.map((item) => ({
      requestId: item.requestId,
      logStream: item.logStream,
      timestamp: iso(item.endMs),
      status: item.status,
      cause: item.coldStart?.cause ?? null,
    }));
  };
}

/** Which invocations a signal is about. */
function aboutOf({ signal }: Rule): { readonly cold?: true; readonly status?: 'timeout' | 'oom' | 'exit' | 'error' } {
  const metric = 'metric' in signal ? signal.metric : signal.kind;
  switch (metric) {
    case 'timeouts':
      return { status: 'timeout' };
    case 'outOfMemory':
      return { status: 'oom' };
    case 'exits':
      return { status: 'exit' };
    case 'errors':
    case 'errorRate':
    case 'burnRate':
      return { status: 'error' };
    case 'initMs':
    case 'coldStartMs':
    case 'doomLoop':
    case 'platformLatency':
      return { cold: true };
    default:
      return metric.toLowerCase().includes('coldstart') ? { cold: true } : {};
  }
}
