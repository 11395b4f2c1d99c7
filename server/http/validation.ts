/** From zod's issues to the field errors of a problem document. */
import type * as z from 'zod';
import { ProblemError } from './problems.ts';

export interface FieldError {
  /** Path of the field, joined by dots. */
  readonly field: string;
  readonly message: string;
}

/** Part of the request that a schema validates. */
export type RequestPart = 'query' | 'path' | 'body';

/** One entry for each rejected field; each unknown name has its own. */
export function fieldErrorsOf(error: z.ZodError, part: RequestPart): readonly FieldError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      return [{ field: issue.path.join('.') || part, message: issue.message }];
    }
    const message = part === 'query' ? 'unknown query parameter' : 'unknown field';
    return issue.keys.map((key) => ({ field: [...issue.path, nameOf(key)].join('.'), message }));
  });
}

/** The name of a member as an error states it: an empty one would name nothing. */
function nameOf(key: string): string {
  return key === '' ? '""' : key.slice(0, 100);
}

/** @throws ProblemError if there are errors in fields of the body. */
export function rejectInvalid(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new ProblemError('invalid-request', 'The body is not valid', errors);
}
