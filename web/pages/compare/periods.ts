/** Which two periods are compared. The URL holds the choice: `with`, or bounds of its own as `before` and `after`. */
import { DAY_MS, MINUTE_MS, parseTime, WEEK_MS } from '../../../ingest/records/time.ts';
import type { Message } from '../../i18n/translate.ts';
import { message } from '../../i18n/translate.ts';
import { boundsOf, rangeOf } from '../../state/range.ts';

export interface Bounds {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Periods {
  readonly before: Bounds;
  readonly after: Bounds;
  /** `previous`, `day`, `week`, `custom`, or the ISO time of the change that divides them. */
  readonly by: string;
}

export const PREVIOUS = 'previous';
export const CUSTOM = 'custom';

/** What the page's time range is compared with, by the value of `with`. */
export const EARLIER: readonly (readonly [by: string, label: Message, ms: number | null])[] = [
  [PREVIOUS, message('the time right before it'), null],
  ['day', message('the same time a day earlier'), DAY_MS],
  ['week', message('the same time a week earlier'), WEEK_MS],
];

/** The periods of a URL's query. */
export function periodsOf(query: URLSearchParams, nowMs: number): Periods {
  const { fromMs, endMs } = boundsOf(rangeOf(query), nowMs);
  const range = { fromMs, toMs: endMs };
  const [before, after] = [boundsIn(query.get('before'), nowMs), boundsIn(query.get('after'), nowMs)];
  const by = query.get('with') ?? PREVIOUS;
  const lengthMs = endMs - fromMs;
  const changeMs = parseTime(by, nowMs);
  const defaults: Periods = changeMs === null ? againstEarlier(range, by) : around(changeMs, lengthMs, nowMs);
  if (before === null && after === null) return defaults;
  return { before: before ?? defaults.before, after: after ?? defaults.after, by: CUSTOM };
}

function againstEarlier(after: Bounds, by: string): Periods {
  const known = EARLIER.find(([value]) => value === by) ?? EARLIER[0];
  const stepMs = known?.[2] ?? after.toMs - after.fromMs;
  const before = { fromMs: after.fromMs - stepMs, toMs: after.toMs - stepMs };
  return { before, after, by: known?.[0] ?? PREVIOUS };
}

/** As much time before the change as after it: at most the length of the range, and not beyond now. */
function around(changeMs: number, lengthMs: number, nowMs: number): Periods {
  const ms = Math.min(lengthMs, Math.max(MINUTE_MS, nowMs - changeMs));
  return {
    before: { fromMs: changeMs - ms, toMs: changeMs },
    after: { fromMs: changeMs, toMs: changeMs + ms },
    by: new Date(changeMs).toISOString(),
  };
}

/** `from/to`; null for other text. */
function boundsIn(text: string | null, nowMs: number): Bounds | null {
  const [from, to, more] = (text ?? '').split('/').map((end) => parseTime(end, nowMs));
  return from == null || to == null || more !== undefined ? null : { fromMs: from, toMs: to };
}

/** As the API takes it. To the minute: a request that differs every second could not be cached. */
export function periodText({ fromMs, toMs }: Bounds): string {
  const minute = (ms: number): string => new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS).toISOString();
  return `${minute(fromMs)}/${minute(toMs)}`;
}
