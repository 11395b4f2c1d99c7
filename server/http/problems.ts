/** Maps errors to RFC 9457 problem documents. */
import { StoreError } from '../storage/ports.ts';
import { LaneFullError } from './access/hashing-lane.ts';
import type { Problem, ProblemCode } from './contract/problem.ts';
import { PROBLEMS } from './contract/problem.ts';

/** Thrown by handlers: an error with its code, an explanation, and the fields that are wrong. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  /** After how many seconds the request may succeed; null if that is not known. */
  readonly retryAfterSec: number | null;

  constructor(
    code: ProblemCode,
    detail?: string,
    errors: readonly { field: string; message: string }[] = [],
    retryAfterSec: number | null = null,
  ) {
    super(detail ?? PROBLEMS[code].title);
    this.retryAfterSec = retryAfterSec;
    this.code = code;
    this.errors = errors;
  }
}

/** A full hashing lane is shorter after this time, s. */
const LANE_SECONDS = 2;

/** Converts errors of other modules to ProblemErrors; returns any other error unchanged. */
export function asProblemError(error: unknown): unknown {
  if (!(error instanceof LaneFullError)) return error;
  return new ProblemError('too-many-requests', 'Too many passwords are being checked. Retry later', [], LANE_SECONDS);
}

/** Fields that only a store can refuse: its messages begin with their names. */
const REFUSED_FIELDS = { q: 'The search is not valid', sort: 'There are too many invocations to sort' } as const;

/** Maps an error to its problem document. Server errors are logged; their messages are not sent to the client. */
export function problemOf(error: unknown): { readonly document: Problem; readonly isServerError: boolean } {
  if (error instanceof ProblemError)
    return { document: describe(error.code, error.message, error.errors), isServerError: false };
  // A store that answers from another thread passes it on as a StoreError.
  if ((error instanceof StoreError || error instanceof RangeError) && error.message.startsWith('cursor:'))
    return {
      document: describe('invalid-request', 'The cursor is not valid', [{ field: 'cursor', message: error.message }]),
      isServerError: false,
    };
  for (const [field, title] of Object.entries(REFUSED_FIELDS))
    if ((error instanceof StoreError || error instanceof RangeError) && error.message.startsWith(`${field}: `)) {
      const message = error.message.slice(field.length + 2);
      return { document: describe('invalid-request', title, [{ field, message }]), isServerError: false };
    }
  if (error instanceof StoreError) {
    if (error.code === 'busy') return { document: describe('unavailable', error.message, []), isServerError: true };
    return {
      document: describe(error.code === 'deadline' ? 'deadline' : 'unavailable', undefined, []),
      // Nobody reads the answer to a client that left.
      isServerError: error.code !== 'abandoned',
    };
  }
  return { document: describe('internal', undefined, []), isServerError: true };
}

function describe(
  code: ProblemCode,
  detail: string | undefined,
  errors: readonly { field: string; message: string }[],
): Problem {
  const { status, title } = PROBLEMS[code];
  return {
    type: `urn:thermocline:problem:${code}`,
    code,
    title,
    status,
    ...(detail === undefined || detail === title ? {} : { detail }),
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
  };
}
