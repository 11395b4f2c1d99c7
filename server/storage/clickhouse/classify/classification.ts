/**
 * What the environment makes of an invocation, as text beside its facts: twelve hexadecimal digits that say how much was known,
 * one character each for status, kind of cold start and whether it was felt (`-`: warm), and what differs from the facts.
 */
import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import type { ColdStart } from '../../../analytics/cold-starts/classify.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';

export interface Classification {
  readonly status: InvocationStatus;
  readonly cold: ColdStart | null;
  /** Null: as the facts have it. */
  readonly version: string | null;
  readonly errorType: string | null;
}

const KNOWN_DIGITS = 12;
/** Where in SQL, which counts from one, the characters stand. */
export const CLASSIFICATION_AT = { status: KNOWN_DIGITS + 1, cold: KNOWN_DIGITS + 2, felt: KNOWN_DIGITS + 3 } as const;
const REST_AT = KNOWN_DIGITS + 4;

/** `known`: more is known by whoever counts more. */
export function encodeClassification(known: number, verdict: Classification): string {
  return known.toString(16).padStart(KNOWN_DIGITS, '0') + contentOf(verdict);
}

/** The same for the same verdict, however much was known. */
export function contentOf({ status, cold, version, errorType }: Classification): string {
  const kind = cold === null ? '-' : String(COLD_START_KINDS.indexOf(cold.kind));
  const felt = cold === null ? '-' : String(Number(cold.userFelt));
  const rest = version === null && errorType === null ? '' : JSON.stringify([version, errorType]);
  return `${STATUSES.indexOf(status)}${kind}${felt}${rest}`;
}

/** What follows how much was known; empty where nobody judged. */
export function contentIn(text: string): string {
  return text.slice(KNOWN_DIGITS);
}

/** SQL over `verdict` and the facts of a row that has been merged. */
export const CLASSIFICATION_SQL = {
  status: `if(verdict = '', status, toUInt8(substring(verdict, ${CLASSIFICATION_AT.status}, 1)))`,
  cold: `if(verdict = '' OR substring(verdict, ${CLASSIFICATION_AT.cold}, 1) = '-', NULL, toUInt8OrNull(substring(verdict, ${CLASSIFICATION_AT.cold}, 1)))`,
  userFelt: `if(verdict = '', NULL, toUInt8OrNull(substring(verdict, ${CLASSIFICATION_AT.felt}, 1)))`,
  version: `coalesce(version, JSONExtract(substring(verdict, ${REST_AT}), 1, 'Nullable(String)'))`,
  errorType: `coalesce(error_type, JSONExtract(substring(verdict, ${REST_AT}), 2, 'Nullable(String)'))`,
} as const;
