/** A page of invocations. */
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { InvocationsAnswer } from '../contract/invocations.ts';
import { invocationOf } from '../presentation/present.ts';
import type { Shaped } from './shaped.ts';

export function invocationList(
  { items, nextCursor }: ReaderResult<'invocations'>,
  terms: PriceTerms,
): Shaped<InvocationsAnswer> {
  const whole = items.filter((row) => row.startMs !== null).length;
  const coverage = items.length === 0 ? null : whole / items.length;
  return { body: { items: items.map((item) => invocationOf(item, terms)), nextCursor, coverage }, meta: null };
}
