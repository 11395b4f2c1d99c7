/** English sentences of findings from metrics of CloudWatch. Like others, each needs nothing but its parameters. */

import { duration, integer, percent, plural, significant } from '../../../ingest/text/quantities.ts';

type Share = {
  readonly name: string;
  readonly count: number;
  /** Of how many; null if their number is unknown. */
  readonly of: number | null;
};
type Throttled = Share & { readonly peakConcurrency: number | null };
type Growing = {
  readonly name: string;
  /** The largest ages of the first and the last part of the range, ms. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly parts: number;
  /** Of Mann and Kendall's test. */
  readonly p: number;
  readonly n: number;
};

export type PlatformFindingText =
  | { readonly code: 'throttles'; readonly parameters: Throttled }
  | { readonly code: CountedCode; readonly parameters: Share }
  | { readonly code: 'iterator-age' | 'async-event-age'; readonly parameters: Growing };
type CountedCode = 'provisioned-concurrency' | 'dropped-events' | 'dead-letters' | 'destinations';

/** Where events could not be sent to. */
const TARGETS = { 'dead-letters': 'dead-letter queue', destinations: 'destination' } as const;
const WAITING = { 'iterator-age': 'records of its stream', 'async-event-age': 'asynchronous events' } as const;

export function platformSentence({ code, parameters }: PlatformFindingText): string {
  switch (code) {
    case 'throttles': {
      const { peakConcurrency } = parameters;
      const peak = peakConcurrency === null ? '' : `; at most ${integer(peakConcurrency)} ran at once`;
      return `${parameters.name}: ${plural(parameters.count, 'throttled request')}${sharePart(parameters)}${peak}`;
    }
    case 'provisioned-concurrency':
      return `${parameters.name}: ${plural(parameters.count, 'invocation')} found all provisioned concurrency in use${sharePart(parameters)}`;
    case 'dropped-events': {
      const of = parameters.of === null ? '' : `, of ${integer(parameters.of)}`;
      return `${parameters.name}: ${plural(parameters.count, 'asynchronous event')} dropped without a successful invocation${of}`;
    }
    case 'dead-letters':
    case 'destinations':
      return `${parameters.name}: ${plural(parameters.count, 'event')} could not be sent to its ${TARGETS[code]}`;
    case 'iterator-age':
    case 'async-event-age': {
      const { name, firstMs, lastMs, parts, p, n } = parameters;
      const evidence = `rising over ${parts} parts of the range, p = ${significant(p, 2)}`;
      return `${name}: ${WAITING[code]} wait longer and longer, up to ${duration(firstMs)} at first and ${duration(lastMs)} at last (${evidence}, n=${integer(n)})`;
    }
  }
}

/** No share can be more than all: points of the total may be missing. */
function sharePart({ count, of }: Share): string {
  return of === null ? '' : `, ${percent(count / Math.max(count, of))} of ${integer(of)}`;
}
