/** Maps errors to RFC 9457 problem documents. */
import { StoreError } from '../storage/ports.ts';
import type { Problem, ProblemCode } from './contract/problem.ts';
import { PROBLEMS } from './contract/problem.ts';

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly errors: readonly { readonly field: string; readonly message: string }[];

  constructor(code: ProblemCode, detail?: string, errors: readonly { field: string; message: string }[] = []) {
    super(detail ?? PROBLEMS[code].title);
    this.code = code;
    this.errors = errors;
  }
}

/** The document and whether it is our fault (and so worth a log line). */
export function problemOf(error: unknown): { readonly document: Problem; readonly ours: boolean } {
  if (error instanceof ProblemError)
    return { document: describe(error.code, error.message, error.errors), ours: false };
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
