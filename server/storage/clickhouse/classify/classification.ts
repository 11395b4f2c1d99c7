/**
 * Encodes the classification of an invocation as text, stored beside its facts: the number of facts it is based on (12
 * hexadecimal digits), one character each for status, kind of cold start (`-`: warm) and user-felt (`-`: not known; `x`:
 * the row is a copy of another one), then the fields that differ from the facts.
 */
import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import type { ColdStart } from '../../../analytics/cold-starts/classify.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';

export interface Classification {
  readonly status: InvocationStatus;
  readonly cold: ColdStart | null;
  /** Null: same as in the facts. */
  readonly version: string | null;
  readonly errorType: string | null;
  /** A copy of another row, without its log stream and with its end truncated to the second: not read. */
  readonly isCopy?: boolean;
}

const KNOWN_DIGITS = 12;
/** 1-based character positions for SQL. */
export const CLASSIFICATION_AT = { status: KNOWN_DIGITS + 1, cold: KNOWN_DIGITS + 2, felt: KNOWN_DIGITS + 3 } as const;
const REST_AT = KNOWN_DIGITS + 4;
const COPY = 'x';

/** `known`: number of facts it is based on; a classification based on more facts wins. */
export function encodeClassification(known: number, verdict: Classification): string {
  return known.toString(16).padStart(KNOWN_DIGITS, '0') + contentOf(verdict);
}

/** Encodes the classification without the number of facts, for comparison. */
export function contentOf({ status, cold, version, errorType, isCopy }: Classification): string {
  if (isCopy === true) return `0-${COPY}`;
  const kind = cold === null ? '-' : String(COLD_START_KINDS.indexOf(cold.kind));
  const felt = cold === null || cold.userFelt === null ? '-' : String(Number(cold.userFelt));
  const { hiddenInitUs = null, initTimedOut = false } = cold ?? {};
  const isPlain = version === null && errorType === null && hiddenInitUs === null && !initTimedOut;
  const rest = isPlain ? '' : JSON.stringify([version, errorType, hiddenInitUs, initTimedOut ? 1 : 0]);
  return `${STATUSES.indexOf(status)}${kind}${felt}${rest}`;
}

/** Returns the content without the number of facts; empty if not classified yet. */
export function contentIn(text: string): string {
  return text.slice(KNOWN_DIGITS);
}

/** SQL condition over `verdict`: the row is a copy of another one. */
export const IS_COPY = `substring(verdict, ${CLASSIFICATION_AT.felt}, 1) = '${COPY}'`;

/** SQL expressions over `verdict` and the facts of a merged row. */
export const CLASSIFICATION_SQL = {
  status: `if(verdict = '', status, toUInt8(substring(verdict, ${CLASSIFICATION_AT.status}, 1)))`,
  cold: `if(verdict = '' OR substring(verdict, ${CLASSIFICATION_AT.cold}, 1) = '-', NULL, toUInt8OrNull(substring(verdict, ${CLASSIFICATION_AT.cold}, 1)))`,
  userFelt: `if(verdict = '', NULL, toUInt8OrNull(substring(verdict, ${CLASSIFICATION_AT.felt}, 1)))`,
  version: `coalesce(version, JSONExtract(substring(verdict, ${REST_AT}), 1, 'Nullable(String)'))`,
  errorType: `coalesce(error_type, JSONExtract(substring(verdict, ${REST_AT}), 2, 'Nullable(String)'))`,
  hiddenInitUs: `JSONExtract(substring(verdict, ${REST_AT}), 3, 'Nullable(UInt64)')`,
  initTimedOut: `JSONExtract(substring(verdict, ${REST_AT}), 4, 'Nullable(UInt8)')`,
} as const;
