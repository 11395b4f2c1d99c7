/** Whether a line matches a condition. */
import type { Level } from '../../../ingest/lines/level.ts';
import { parseJsonText } from '../../../ingest/text/json-syntax.ts';
import type { Condition, ValueTest } from './condition.ts';
import { lower, sameText } from './condition.ts';

/** A line with what is known of its origin. */
export interface SearchedLine {
  readonly message: string;
  readonly level: Level | null;
  readonly isPlatform: boolean;
  readonly functionName: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly requestId: () => string | null;
  readonly traceId: () => string | null;
  /** What the Lambda service states; null for other lines. */
  readonly status: () => string | null;
}

/** Tests the text of a line. */
export type Expressions = (source: string) => (text: string) => boolean;

const WORD_CHAR = /[A-Za-z0-9_]|[^\x00-\x7f]/;

export function matches(condition: Condition, line: SearchedLine, expressions: Expressions): boolean {
  let folded: string | undefined;
  let json: unknown;
  let isParsed = false;
  const parsed = (): unknown => {
    if (!isParsed) json = objectIn(line.message);
    isParsed = true;
    return json;
  };
  const holds = (one: Condition): boolean => {
    switch (one.kind) {
      case 'all':
        return one.of.every(holds);
      case 'any':
        return one.of.some(holds);
      case 'not':
        return !holds(one.of);
      case 'expression':
        return expressions(one.source)(line.message);
      case 'text':
        folded ??= lower(line.message);
        return holdsText(folded, lower(one.text), one.isPrefix);
      case 'field':
        return fieldHolds(one.name, one.value, line, parsed);
    }
  };
  return holds(condition);
}

/**
 * The JSON object that ends the line: a line of a logger, or what runtimes, `console.log` and `print` write before one. CloudWatch Logs
 * Insights finds the first object of a line as well.
 */
function objectIn(message: string): unknown {
  const at = message.indexOf('{');
  return at === -1 ? undefined : parseJsonText(at === 0 ? message : message.slice(at));
}

/** Does the text occur with no part of a word before or after it? Both are in lower case. */
export function holdsText(message: string, text: string, isPrefix: boolean): boolean {
  const isBegin = WORD_CHAR.test(text[0] ?? '');
  const isEnd = !isPrefix && WORD_CHAR.test(text.at(-1) ?? '');
  for (let at = message.indexOf(text); at !== -1; at = message.indexOf(text, at + 1)) {
    const before = at > 0 ? (message[at - 1] ?? '') : '';
    const after = message[at + text.length] ?? '';
    if (!(isBegin && WORD_CHAR.test(before)) && !(isEnd && WORD_CHAR.test(after))) return true;
  }
  return false;
}

function fieldHolds(name: string, value: ValueTest, line: SearchedLine, json: () => unknown): boolean {
  switch (name) {
    case 'level':
      return testValue(value, line.level ?? undefined);
    case 'function':
      return testValue(value, line.functionName);
    case 'group':
      return testValue(value, line.logGroup);
    case 'stream':
      return testValue(value, line.logStream);
    case 'source':
      return testValue(value, line.isPlatform ? 'platform' : 'function');
    case 'request':
      return testValue(value, line.requestId() ?? undefined);
    case 'trace':
      return testValue(value, line.traceId() ?? undefined);
    case 'status':
      if (testValue(value, line.status() ?? undefined)) return true;
      break;
  }
  return valuesAt(json(), name.split('.')).some((found) => testValue(value, found));
}

/** Values at a path; names of members may hold dots themselves, and lists have the values of their items. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  if (path.length === 0) return [value];
  if (typeof value !== 'object' || value === null) return [];
  const found: unknown[] = [];
  for (let n = 1; n <= path.length; n += 1) {
    const name = path.slice(0, n).join('.');
    if (Object.hasOwn(value, name))
      found.push(...valuesAt((value as Readonly<Record<string, unknown>>)[name], path.slice(n)));
  }
  return found;
}

function testValue(test: ValueTest, value: unknown): boolean {
  if (value === undefined || value === null) return test.kind === 'is' && value === null && test.text === 'null';
  switch (test.kind) {
    case 'exists':
      return true;
    case 'is':
      if (typeof value === 'number') return value === numberOf(test.text);
      return typeof value !== 'object' && sameText(String(value), test.text);
    case 'begins':
      return typeof value !== 'object' && lower(String(value)).startsWith(lower(test.text));
    case 'range': {
      const number = typeof value === 'number' ? value : typeof value === 'string' ? numberOf(value) : null;
      if (number === null) return false;
      const { low, high } = test;
      const isAbove = low === null || number > low.value || (low.isIncluded && number === low.value);
      return isAbove && (high === null || number < high.value || (high.isIncluded && number === high.value));
    }
  }
}

function numberOf(text: string): number | null {
  if (!/^\s*-?[\d.]+(?:[eE][+-]?\d+)?\s*$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
