/** Reads a file of tags (YAML or JSON): patterns of functions, and the tags that matching functions have. */
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { integer } from '../../ingest/text/quantities.ts';
import { MOST_TAGS, ownTagFault } from '../http/contract/tag-limits.ts';
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
export function readTagsFile(text: string): TagsFileResult {
  if (text.length > MOST_FILE_BYTES) return refused(sizeFault(text.length));
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number): string => `line ${lines.linePos(offset).line}`;
  if (document.errors.length > 0)
    return refused(...document.errors.map(({ pos, message }) => `${lineOf(pos[0])}: ${message}`));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    return refused('YAML aliases (*name) are not supported');
  }
  const parsed = fileSchema.safeParse(value ?? {});
  if (!parsed.success) return refused(...parsed.error.issues.flatMap((issue) => messagesOf(issue, document, lineOf)));
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

function messagesOf(
  issue: z.core.$ZodIssue,
  document: ReturnType<typeof parseDocument>,
  lineOf: (offset: number) => string,
): readonly string[] {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys : null;
  const paths = unknown === null ? [issue.path] : unknown.map((key) => [...issue.path, key]);
  return paths.map((path) => {
    const field = path.map((part) => String(part).slice(0, 200)).join('.') || 'file';
    return `${lineOf(offsetOf(document, path))}: ${field}: ${unknown === null ? issue.message : 'unknown field'}`;
  });
}

/** Where a value, or the nearest one around it, begins. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      const [start]: readonly unknown[] = node.range;
      if (typeof start === 'number') return start;
    }
  }
  return 0;
}
