/** Reads a file of tags (YAML or JSON): patterns of functions, and the tags that matching functions have. */
import * as z from 'zod';
import { integer } from '../../ingest/text/quantities.ts';
import { MOST_TAGS, ownTagFault } from '../http/contract/tag-limits.ts';
import type { LocatedDocument } from '../yaml/located-document.ts';
import type { TagRule } from './tag-rule.ts';

export const MOST_FILE_BYTES = 262_144;
const MOST_RULES = 1000;
const MOST_PATTERNS = 5000;
const MOST_ERRORS = 20;
const LONGEST_PATTERN = 256;

const pattern = z
  .string({ error: 'expected text' })
  .min(1, { error: 'expected a name or a pattern with * and ?' })
  .max(LONGEST_PATTERN, { error: `expected at most ${LONGEST_PATTERN} characters` });
const patterns = z.array(pattern, { error: 'expected a list of names or patterns with * and ?' }).min(1, {
  error: 'expected at least one name or pattern',
});
const rule = z
  .strictObject(
    {
      functions: patterns.optional(),
      accounts: patterns.optional(),
      regions: patterns.optional(),
      tags: z.record(z.string(), z.string({ error: 'expected text' }), { error: 'expected tags, such as team: shop' }),
    },
    { error: 'expected functions, accounts, regions and tags' },
  )
  .superRefine(({ functions, accounts, regions, tags }, issue) => {
    const add = (path: string[], message: string): void => issue.addIssue({ code: 'custom', path, message });
    if (functions === undefined && accounts === undefined && regions === undefined)
      add([], 'expected functions, accounts or regions to match');
    if (Object.keys(tags).length > MOST_TAGS) add(['tags'], `expected at most ${MOST_TAGS} tags`);
    for (const [key, value] of Object.entries(tags)) {
      const fault = ownTagFault(key, value);
      if (fault !== null) add(['tags', key], fault);
    }
  });
const fileSchema = z.strictObject(
  {
    rules: z
      .array(rule, { error: 'expected a list of rules' })
      .max(MOST_RULES, { error: `expected at most ${integer(MOST_RULES)} rules` }),
  },
  { error: 'expected rules: and a list of them' },
);

export type TagsFileResult =
  | { readonly ok: true; readonly rules: readonly TagRule[] }
  /** Each names the line, the field and what was expected. */
  | { readonly ok: false; readonly errors: readonly string[] };

/** Parses a file of tags. Every scalar is text, so that account numbers need no quotes. */
export async function readTagsFile(text: string): Promise<TagsFileResult> {
  if (text.length > MOST_FILE_BYTES) return refused(sizeFault(text.length));
  // The parser is large, and only files of tags and rules need it.
  const { parseLocated } = await import('../yaml/located-document.ts');
  const document = parseLocated(text, 'failsafe');
  if (document.errors.length > 0)
    return refused(
      ...document.errors.map(({ line, message }) => (line === null ? message : `line ${line}: ${message}`)),
    );
  const parsed = fileSchema.safeParse(document.value ?? {});
  if (!parsed.success) return refused(...parsed.error.issues.flatMap((issue) => messagesOf(issue, document)));
  const { rules } = parsed.data;
  const all = rules.reduce(
    (sum, { functions = [], accounts = [], regions = [] }) => sum + functions.length + accounts.length + regions.length,
    0,
  );
  if (all > MOST_PATTERNS)
    return refused(`rules: ${integer(all)} patterns; expected at most ${integer(MOST_PATTERNS)}`);
  return {
    ok: true,
    rules: rules.map(({ functions = null, accounts = null, regions = null, tags }) => ({
      ...{ functions, accounts, regions },
      tags: Object.entries(tags),
    })),
  };
}

export function sizeFault(bytes: number): string {
  return `the file has ${integer(bytes)} bytes; expected at most ${integer(MOST_FILE_BYTES)}`;
}

function refused(...errors: readonly string[]): TagsFileResult {
  const shown = errors.slice(0, MOST_ERRORS);
  return {
    ok: false,
    errors: errors.length > MOST_ERRORS ? [...shown, `and ${errors.length - MOST_ERRORS} more`] : shown,
  };
}

function messagesOf(issue: z.core.$ZodIssue, { lineOf, firstLine }: LocatedDocument): readonly string[] {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys : null;
  const paths = unknown === null ? [issue.path] : unknown.map((key) => [...issue.path, key]);
  return paths.map((path) => {
    const field = path.map((part) => String(part).slice(0, 200)).join('.') || 'file';
    return `line ${lineOf(path) ?? firstLine}: ${field}: ${unknown === null ? issue.message : 'unknown field'}`;
  });
}
