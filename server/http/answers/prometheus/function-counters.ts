/** Tasks that count slices on for scrapers. */
import type { PriceTerms } from '../../../analytics/cost/terms.ts';
import type { ReaderResult } from '../../../storage/packed.ts';
import { packedBytes } from '../../../storage/packed.ts';
import type { Shaped } from '../shaped.ts';
import { addToBases, countedNow } from './counted-slices.ts';
import { CounterLedger } from './counter-ledger.ts';

export interface CounterForm {
  /** Text of the ledger; null for counters that begin. */
  readonly ledger: string | null;
  readonly terms: PriceTerms;
  readonly nowMs: number;
}

/** Counts up to now. The body is the packed slices. */
export function countFunctions(
  rollups: ReaderResult<'series'>,
  form: CounterForm,
): Shaped<Uint8Array<ArrayBuffer>, { readonly ledger: string }> {
  const ledger = CounterLedger.of(form.ledger);
  const counted = [...countedNow(rollups, ledger, form, form.nowMs)];
  ledger.endRound(form.nowMs);
  return { body: packedBytes(counted), meta: { ledger: ledger.toText(form.nowMs) } };
}

/** Moves the base time on: `leaving` are the days that are no longer read. */
export function moveCounterBase(
  leaving: ReaderResult<'series'>,
  form: CounterForm,
): Shaped<string, { readonly ledger: string }> {
  const ledger = CounterLedger.of(form.ledger);
  addToBases(leaving, ledger, form, form.nowMs);
  return { body: '', meta: { ledger: ledger.toText(form.nowMs) } };
}
