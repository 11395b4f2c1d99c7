/** Parses JSON files that the product wrote. */
import type * as z from 'zod';
import { reasonOf } from '../../stored-json.ts';

/** @throws Error that names the file and the first field that is not as expected */
export function parseFile<T>(schema: z.ZodType<T>, text: string, path: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${path} cannot be read: it is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`${path} cannot be read: ${reasonOf(parsed.error)}`);
  return parsed.data;
}
