/** What prices of the demo fleet assume. */
import type { ReasonCodeView } from '../reasons.ts';

export const ASSUMED = [
  'AWS list prices as read from 2025-10 to 2026-09',
  'Architectures of their time, from the inventory or CloudTrail; before the first known update, the first known one',
  'Duration at the first price tier (up to 6 billion GB-seconds a month on x86_64, 7.5 billion on arm64, per account and region)',
  'No savings plan is declared for this time',
  'The cost of a function is that of its requests and billed duration; ephemeral storage, provisioned concurrency, SnapStart and logs are priced apart',
  'The monthly free tier of the account is not subtracted, and invocations on provisioned concurrency are priced as on demand',
];

/** What prices of two periods assume. */
export const LISTED = [
  ...ASSUMED.slice(0, 2),
  'Both periods at list price and the first tier: a savings plan or tier that began in between is not a change of the function',
  ...ASSUMED.slice(4),
];

/** What the cold-start tax of a function without first invocations assumes. */
export const TAX_ASSUMED = [
  ...ASSUMED.slice(0, 4),
  'An init is billed where its REPORT line contains it in Billed Duration; of a restore, its Billed Restore Duration is',
  'The monthly free tier of the account is not subtracted; restores and snapshots of SnapStart are priced apart',
];

const coded = (...codes: readonly ReasonCodeView['code'][]): ReasonCodeView[] =>
  codes.map((code) => ({ code, parameters: {} }));
const LISTED_AT = {
  code: 'price-list',
  parameters: { firstMonth: '2025-10', lastMonth: '2026-09' },
} as const satisfies ReasonCodeView;

/** Codes of {@link ASSUMED}. */
export const ASSUMED_CODES: ReasonCodeView[] = [
  LISTED_AT,
  ...coded('price-architectures', 'price-first-tier', 'price-no-plan', 'price-of-function', 'price-no-free-tier'),
];
/** Codes of {@link LISTED}. */
export const LISTED_CODES: ReasonCodeView[] = [
  LISTED_AT,
  ...coded('price-architectures', 'price-both-at-list', 'price-of-function', 'price-no-free-tier'),
];
/** Codes of {@link TAX_ASSUMED}. */
export const TAX_ASSUMED_CODES: ReasonCodeView[] = [
  LISTED_AT,
  ...coded('price-architectures', 'price-first-tier', 'price-no-plan', 'price-billed-init', 'price-cold-starts'),
];
