/** Reads the setting of savings plans. */
import { DAY_MS } from '../../ingest/records/time.ts';
import type { SavingsPlan } from '../analytics/cost/terms.ts';

const FORM = /^(\d{1,2}(?:\.\d{1,4})?)(?:@(\d{4}-\d{2}-\d{2})(?:\/(\d{4}-\d{2}-\d{2}))?)?$/;
const EXPECTED =
  'expected a percentage below 100 with the days (UTC) from and before which it applies, such as 12@2026-01-01/2027-01-01, 12@2026-01-01 or 12';

/** `12@2026-01-01/2027-01-01`: 12 % from the first day on, until before the second. @throws Error that names the entry. */
export function parseSavingsPlans(entries: readonly string[]): readonly SavingsPlan[] {
  const plans = entries.map(planOf).toSorted((a, b) => a.fromMs - b.fromMs);
  for (const [at, plan] of plans.entries()) {
    const next = plans[at + 1];
    if (next !== undefined && next.fromMs < plan.toMs)
      throw new Error('two plans apply at the same time: give each its days, such as 12@2026-01-01/2027-01-01');
  }
  return plans;
}

function planOf(entry: string): SavingsPlan {
  const [, percent, from, to] = FORM.exec(entry) ?? [];
  if (percent === undefined) throw new Error(`"${entry}": ${EXPECTED}`);
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : dayOf(from, entry);
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : dayOf(to, entry);
  if (toMs <= fromMs) throw new Error(`"${entry}": the second day must be after the first`);
  return { share: Number(percent) / 100, fromMs, toMs };
}

/** Rejects days that do not exist, which Date.parse moves into the next month. */
function dayOf(text: string, entry: string): number {
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms) || ms % DAY_MS !== 0 || new Date(ms).toISOString().slice(0, 10) !== text)
    throw new Error(`"${entry}": ${text} is not a day`);
  return ms;
}
