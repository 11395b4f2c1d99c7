/** Errors are a short closed list; one table maps them to RFC 9457 problem documents. */
import { StoreError } from '../storage/ports.ts';
import type { Problem } from './contract/common.ts';
import type { ProblemCode } from './contract/problem-codes.ts';
import { PROBLEM_TYPE_PREFIX } from './contract/problem-codes.ts';

const TABLE: Readonly<Record<ProblemCode, { readonly status: number; readonly title: string }>> = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A token or a session is needed' },
  forbidden: { status: 403, title: 'This token may not do that' },
  'not-found': { status: 404, title: 'Not found' },
  'no-data-in-range': { status: 404, title: 'No data in this time range' },
  ambiguous: { status: 409, title: 'More than one function has this name' },
  conflict: { status: 409, title: 'Something else stands in the way' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'The store cannot answer now' },
  deadline: { status: 504, title: 'The query took too long: choose a shorter range' },
  internal: { status: 500, title: 'Something went wrong here' },
};

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly kind: ProblemCode;
  readonly errors: readonly { readonly field: string; readonly message: string }[];

  constructor(kind: ProblemCode, detail?: string, errors: readonly { field: string; message: string }[] = []) {
    super(detail ?? TABLE[kind].title);
    this.kind = kind;
    this.errors = errors;
  }
}

/** The document and whether it is our fault (and so worth a log line). */
export function problemOf(error: unknown): { readonly document: Problem; readonly ours: boolean } {
  if (error instanceof ProblemError)
    return { document: describe(error.kind, error.message, error.errors), ours: false };
  if (error instanceof StoreError) {
    if (error.message.startsWith('cursor:')) {
      return {
        document: describe('invalid-request', 'The cursor is not one of ours', [
          { field: 'cursor', message: error.message },
        ]),
        ours: false,
      };
    }
    return { document: describe(error.code === 'deadline' ? 'deadline' : 'unavailable', undefined, []), ours: true };
  }
  return { document: describe('internal', undefined, []), ours: true };
}

function describe(
  kind: ProblemCode,
  detail: string | undefined,
  errors: readonly { field: string; message: string }[],
): Problem {
  const { status, title } = TABLE[kind];
  return {
    type: `${PROBLEM_TYPE_PREFIX}${kind}`,
    title,
    status,
    ...(detail === undefined || detail === title ? {} : { detail }),
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
  };
}
