/** From zod's issues to the field errors of a problem document. */
import type { Context as HonoContext } from 'hono';
import * as z from 'zod';
import { REPEATABLE } from './contract/common.ts';
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

type Parsed<T> = { readonly success: true; readonly data: T } | { readonly success: false; readonly error: z.ZodError };

/**
 * Parses the query of a request. A parameter that appears twice is refused, because which of its values is meant is not known, unless
 * it is a list.
 */
export function parseQuery<Schema extends z.ZodType>(
  schema: Schema,
  { req }: Pick<HonoContext, 'req'>,
): Parsed<z.output<Schema>> {
  const given = Object.entries(req.queries());
  const repeated = given.filter(([name, values]) => values.length > 1 && !REPEATABLE.has(name));
  const pairOf = ([name, values]: (typeof given)[number]) => [name, REPEATABLE.has(name) ? values : values[0]];
  if (repeated.length === 0) return schema.safeParse(Object.fromEntries(given.map(pairOf)));
  const issues = repeated.map(([name, input]) => {
    const path = [nameOf(name)];
    return { code: 'custom' as const, path, message: 'appears twice', input };
  });
  return { success: false, error: new z.ZodError(issues) };
}

/** @throws ProblemError if there are errors in fields of the body. */
export function rejectInvalid(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new ProblemError('invalid-request', 'The body is not valid', errors);
}
