/**
 * Conditions of a log search as SQL. Every line that is found is tested again by `matches`, which decides: SQL says which lines may match, and,
 * where it can tell without reading JSON, exactly which do.
 */
import { LEVELS } from '../../../../ingest/lines/level.ts';
import type { Condition, ValueTest } from '../../../analytics/lines/condition.ts';
import { lower } from '../../../analytics/lines/condition.ts';
import { STREAMS } from './origins.ts';

/** SQL over `log_line`. */
export interface LineFilter {
  /** True for every line that matches, and maybe for others. */
  readonly may: string;
  /** True only for lines that match. */
  readonly must: string;
}

const ALL = '1';
const NONE = '0';

/** Does SQL alone tell which lines match? */
export function isExact({ may, must }: LineFilter): boolean {
  return may === must;
}

export function lineFilter(condition: Condition): LineFilter {
  switch (condition.kind) {
    case 'all':
      return joined(condition.of.map(lineFilter), ' AND ', ALL);
    case 'any':
      return joined(condition.of.map(lineFilter), ' OR ', NONE);
    case 'not': {
      const { may, must } = lineFilter(condition.of);
      return { may: `NOT (${must})`, must: `NOT (${may})` };
    }
    case 'text':
      return exactly(holdsText(condition.text, condition.isPrefix));
    case 'expression':
      // In RE2JS a dot matches no line break unless it is told to.
      return exactly(`match(message, ${quoted(`(?-s)${condition.source.replaceAll('\0', '\\x00')}`)})`);
    case 'field':
      return fieldFilter(condition.name, condition.value);
  }
}

function joined(all: readonly LineFilter[], operator: string, empty: string): LineFilter {
  const join = (parts: readonly string[]): string =>
    parts.length === 0 ? empty : parts.map((part) => `(${part})`).join(operator);
  return { may: join(all.map(({ may }) => may)), must: join(all.map(({ must }) => must)) };
}

function exactly(sql: string): LineFilter {
  return { may: sql, must: sql };
}

const MESSAGE = 'lower(message)';
const WORD_CHAR = /^(?:[A-Za-z0-9_]|[^\x00-\x7f])/;
const NO_WORD_CHAR = '[^0-9a-z_\\x{80}-\\x{10FFFF}]';

/** The text stands in the line and begins and ends at the edge of a word; its words stand in the index. */
function holdsText(given: string, isPrefix: boolean): string {
  const text = lower(given.toWellFormed());
  const isBegin = WORD_CHAR.test(text);
  const isEnd = !isPrefix && WORD_CHAR.test(text.at(-1) ?? '');
  const pattern = `${isBegin ? `(?:\\A|${NO_WORD_CHAR})` : ''}${literal(text)}${isEnd ? `(?:${NO_WORD_CHAR}|\\z)` : ''}`;
  return [...hasWords(text, isPrefix), `match(${MESSAGE}, ${quoted(pattern)})`].join(' AND ');
}

/** The tokens of ClickHouse's index in a text: letters, digits and what is beyond ASCII, but no underscore. */
function hasWords(text: string, isPrefix: boolean): readonly string[] {
  const words = text.split(/[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+/);
  // The last word may go on.
  const whole = isPrefix ? words.slice(0, -1) : words;
  return whole.filter((word) => word !== '').map((word) => `hasToken(${MESSAGE}, ${quoted(word)})`);
}

/** A regular expression for a text in lower case. */
function literal(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]/gu, (char) => `\\x{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** A value without characters that JSON may escape, which is not written as a number in different ways. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ID = /^[A-Za-z0-9_-]+$/;

function fieldFilter(name: string, value: ValueTest): LineFilter {
  switch (name) {
    case 'level': {
      const found = LEVELS.flatMap((level, at) => (testName(value, level) ? [at + 1] : []));
      return exactly(found.length === 0 ? NONE : `level IN (${found.join(',')})`);
    }
    case 'source': {
      const found = ['function', 'platform'].flatMap((source, at) => (testName(value, source) ? [at] : []));
      return exactly(found.length === 0 ? NONE : `is_platform IN (${found.join(',')})`);
    }
    case 'function':
      return namedBy('function_id', 'function_name', value);
    case 'group':
      return namedBy('(function_id, stream_id)', 'log_group', value);
    case 'stream':
      return namedBy('(function_id, stream_id)', 'log_stream', value);
    case 'request':
    case 'trace': {
      if (value.kind !== 'is' && value.kind !== 'begins') return { may: ALL, must: NONE };
      const words = ID.test(value.text) ? hasWords(lower(value.text), value.kind === 'begins') : [];
      return { may: words.join(' AND ') || ALL, must: NONE };
    }
    default: {
      const member = mayHoldMember(name, value);
      if (name !== 'status') return { may: member, must: NONE };
      // Lines of the service that state a failure have a level.
      const stated = testName(value, 'success') ? 'is_platform = 1' : 'is_platform = 1 AND level > 0';
      return { may: `(${stated}) OR (${member})`, must: NONE };
    }
  }
}

/** A line with an object of JSON that has a member of the last name of the path; it may be escaped. */
function mayHoldMember(path: string, value: ValueTest): string {
  const member = `${path.split('.').at(-1) ?? ''}"`;
  const words = value.kind === 'is' && PLAIN.test(value.text) ? hasWords(lower(value.text), false) : [];
  return [
    ...words,
    "position(message, '{') > 0",
    `(position(message, ${quoted(member)}) > 0 OR position(message, '\\\\u') > 0)`,
  ].join(' AND ');
}

/** As `matches` tests names, none of which is a number. */
function testName(value: ValueTest, name: string): boolean {
  switch (value.kind) {
    case 'is':
      return name === lower(value.text);
    case 'begins':
      return name.startsWith(lower(value.text));
    case 'exists':
      return true;
    case 'range':
      return false;
  }
}

function namedBy(key: string, column: string, value: ValueTest): LineFilter {
  const keys = key.replaceAll(/[()]/g, '');
  const of = (where: string): string => `${key} IN (SELECT ${keys} FROM ${STREAMS} WHERE ${where})`;
  switch (value.kind) {
    case 'is':
      return exactly(of(`lower(${column}) = ${quoted(lower(value.text))}`));
    case 'begins':
      return exactly(of(`startsWith(lower(${column}), ${quoted(lower(value.text))})`));
    case 'exists':
      return exactly(of(ALL));
    case 'range':
      return { may: ALL, must: NONE };
  }
}

export function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&').replaceAll('\0', '\\0')}'`;
}
