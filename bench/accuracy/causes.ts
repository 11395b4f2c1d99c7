/** Compares planted causes of cold starts with the attributed ones: precision and recall by cause. */

import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../../ingest/records/demo-scope.ts';
import type { SimulatedFunction } from '../../ingest/simulator/simulate.ts';
import type { Cause } from '../../server/analytics/cold-starts/cause.ts';
import { CAUSES } from '../../server/analytics/cold-starts/cause.ts';
import type { Invocation } from '../../server/http/contract/invocations.ts';
import type { Subject } from './subject.ts';
import { getItems } from './subject.ts';

/** Counts by planted cause, then by attributed cause; `none` if one side has no cold start. */
export type Confusion = Map<string, Map<string, number>>;

export interface CauseScore {
  readonly cause: Cause;
  readonly planted: number;
  readonly precision: number;
  readonly recall: number;
}

/** Unknown does not count as a verdict. */
const JUDGED = CAUSES.filter((cause) => cause !== 'unknown');

export function idOf(name: string): string {
  return `${SIMULATED_ACCOUNT}:${SIMULATED_REGION}:${name}`;
}

/** Adds the cold starts of the functions to `confusion`. */
export async function confuse(
  subject: Subject,
  played: readonly SimulatedFunction[],
  range: { readonly fromMs: number; readonly toMs: number },
  into: Confusion,
): Promise<void> {
  for (const { truth } of played) {
    const planted = new Map(truth.coldStarts.map((one) => [`${one.requestId}/${one.endMs}`, one.cause]));
    const query = `function=${idOf(truth.name)}&cold=true&from=${range.fromMs}&to=${range.toMs}&limit=500`;
    for (const found of await getItems<Invocation>(subject, `/api/v1/invocations?${query}`)) {
      const key = `${found.requestId}/${Date.parse(found.endedAt)}`;
      count(into, planted.get(key) ?? 'none', found.coldStart?.cause ?? 'none');
      planted.delete(key);
    }
    for (const cause of planted.values()) count(into, cause, 'none');
  }
}

export function scores(confusion: Confusion): readonly CauseScore[] {
  return JUDGED.flatMap((cause) => {
    const row = confusion.get(cause);
    const planted = sum(row);
    if (planted === 0) return [];
    const hits = row?.get(cause) ?? 0;
    const found = [...confusion.values()].reduce((n, other) => n + (other.get(cause) ?? 0), 0);
    return [{ cause, planted, precision: found === 0 ? 0 : hits / found, recall: hits / planted }];
  });
}

function count(into: Confusion, planted: string, found: string): void {
  const row = into.get(planted) ?? new Map<string, number>();
  into.set(planted, row);
  row.set(found, (row.get(found) ?? 0) + 1);
}

function sum(row: ReadonlyMap<string, number> | undefined): number {
  return [...(row?.values() ?? [])].reduce((n, one) => n + one, 0);
}
