/** Invocations that show what an alert is about: the newest of its function that fit what it looks at. */

import { iso } from '../../../ingest/records/time.ts';
import type { TelemetryReader } from '../../storage/ports.ts';
import type { Rule } from '../rules/rule.ts';
import type { RuleRunnerOptions } from './rule-runner.ts';

const MOST = 3;
const MOST_CHARACTERS = 500;

export function alertEvidence(
  read: Pick<TelemetryReader, 'resolveFunction' | 'invocations' | 'invocation'>,
): RuleRunnerOptions['evidence'] {
  return async (rule, { labels }, { fromMs, toMs }) => {
    const { account, region, function: name } = labels;
    if (name === undefined) return [];
    const where = { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) };
    const [found, another] = await read.resolveFunction({ ...where, name });
    // Of two by the same name nobody knows which one it is.
    if (found === undefined || another !== undefined) return [];
    const pages = await Promise.all(
      aboutOf(rule).map((about) =>
        read.invocations({ fromMs, toMs, functionId: found.functionId, limit: MOST, ...about }),
      ),
    );
    const items = pages
      .flatMap((page) => page.items)
      .toSorted((a, b) => b.endMs - a.endMs)
      .slice(0, MOST);
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

/** Of the attempt that ended then; null where lines are not kept. */
async function reportLine(
  read: Pick<TelemetryReader, 'invocation'>,
  requestId: string,
  endMs: number,
): Promise<string | null> {
  const found = await read.invocation({ requestId });
  const attempt = found?.attempts.find((one) => one.invocation.endMs === endMs);
  const line = attempt?.lines.find(({ platform, message }) => platform && /^REPORT |platform\.report/.test(message));
  return line === undefined ? null : line.message.trim().slice(0, MOST_CHARACTERS);
}

type About = { readonly cold?: true; readonly status?: 'timeout' | 'oom' | 'exit' | 'error' };

/** Which invocations a signal is about: those that fit one of these. */
function aboutOf({ signal }: Rule): readonly About[] {
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
      return [{ status: 'error' }, { status: 'exit' }, { status: 'oom' }, { status: 'timeout' }];
    case 'initMs':
    case 'coldStartMs':
    case 'doomLoop':
    case 'platformLatency':
      return [{ cold: true }];
    default:
      return metric.toLowerCase().includes('coldstart') ? [{ cold: true }] : [{}];
  }
}
