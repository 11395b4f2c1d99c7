/** What a search of log lines asks for, and what follows from it for a whole block of lines. */
import type { Level } from '../../../ingest/lines/level.ts';

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** Text as it stands in the line, in any case of ASCII letters, that begins and (unless `isPrefix`) ends at the edge of a word. */
  | { readonly kind: 'text'; readonly text: string; readonly isPrefix: boolean }
  | { readonly kind: 'expression'; readonly source: string }
  | { readonly kind: 'field'; readonly name: string; readonly value: ValueTest };

export type ValueTest =
  | { readonly kind: 'is' | 'begins'; readonly text: string }
  | { readonly kind: 'exists' }
  | { readonly kind: 'range'; readonly low: Bound | null; readonly high: Bound | null };

interface Bound {
  readonly value: number;
  readonly isIncluded: boolean;
}

/** What is known of a block of lines of one function. */
export interface BlockFacts {
  /** May a line of the block hold the words of this text? `isPrefix`: the last word may go on. */
  mayHold(text: string, isPrefix: boolean): boolean;
  readonly levels: ReadonlySet<Level | null>;
  /** May it hold lines in which the Lambda service states a failure? */
  readonly mayHoldFailures: boolean;
  readonly functionName: string;
}

/** False: no line of the block can match. */
export function mayMatch(condition: Condition, block: BlockFacts): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((one) => mayMatch(one, block));
    case 'any':
      return condition.of.some((one) => mayMatch(one, block));
    case 'not':
    case 'expression':
      return true;
    case 'text':
      return block.mayHold(condition.text, condition.isPrefix);
    case 'field':
      return fieldMayMatch(condition.name, condition.value, block);
  }
}

/** A value without characters that JSON may escape, which is not written as a number in different ways. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Ids stand in the line as they are. */
const ID = /^[A-Za-z0-9_-]+$/;

function fieldMayMatch(name: string, value: ValueTest, block: BlockFacts): boolean {
  if (value.kind === 'range' || value.kind === 'exists') return true;
  const isPrefix = value.kind === 'begins';
  switch (name) {
    case 'level':
      return isPrefix || [...block.levels].some((level) => level !== null && sameText(level, value.text));
    case 'function':
      return isPrefix
        ? lower(block.functionName).startsWith(lower(value.text))
        : sameText(block.functionName, value.text);
    case 'request':
    case 'trace':
      return !ID.test(value.text) || block.mayHold(value.text, isPrefix);
    case 'group':
    case 'stream':
    case 'source':
      return true;
    default:
      if (name === 'status' && block.mayHoldFailures) return true;
      return !PLAIN.test(value.text) || isPrefix || block.mayHold(value.text, false);
  }
}

/** A text in lower case that every matching line holds, or null. Longer ones are rarer. */
export function requiredText(condition: Condition): string | null {
  if (condition.kind === 'text') return /^[\x20-\x7e]+$/.test(condition.text) ? lower(condition.text) : null;
  if (condition.kind !== 'all') return null;
  const texts = condition.of.map(requiredText).filter((text) => text !== null);
  return texts.toSorted((a, b) => b.length - a.length)[0] ?? null;
}

/** Can the condition be decided without the text of a line? */
export function needsText(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.some(needsText);
    case 'not':
      return needsText(condition.of);
    case 'text':
    case 'expression':
      return true;
    case 'field':
      return !['level', 'function', 'group', 'stream', 'source'].includes(condition.name);
  }
}

/** Letters of ASCII in lower case. */
export function lower(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function sameText(a: string, b: string): boolean {
  return a.length === b.length && lower(a) === lower(b);
}
