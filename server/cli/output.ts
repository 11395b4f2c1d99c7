/**
 * The one way to the terminal: all text of all commands is written here, with what a terminal would obey escaped. Names of
 * functions, messages of servers, paths and arguments are text of others.
 */
import { styleText } from 'node:util';
import { escapedJson, printable } from '../../ingest/text/printable.ts';

type Style = Parameters<typeof styleText>[0];

/** Text with a style of our own. */
export interface Painted {
  readonly style: Style;
  readonly text: string;
}

/** Writes text to standard output. Line breaks and tabs are kept. */
export function writeOut(text: string): void {
  process.stdout.write(printable(text));
}

/** Writes text to standard error. Line breaks and tabs are kept. */
export function writeErr(text: string): void {
  process.stderr.write(printable(text));
}

/** Writes JSON to standard output. Characters that terminals obey are escaped, so that the value stays the same. */
export function writeJson(value: unknown, indent = 0): void {
  process.stdout.write(`${escapedJson(JSON.stringify(value, null, indent))}\n`);
}

/** Writes a line to standard output, with colours if it is a terminal. */
export function writeStyled(parts: readonly (string | Painted)[], separator: string): void {
  const texts = parts.map((part) => {
    if (typeof part === 'string') return printable(part);
    const text = printable(part.text);
    return process.stdout.isTTY ? styleText(part.style, text) : text;
  });
  process.stdout.write(`${texts.join(separator)}\n`);
}

/** Replaces the current line of the terminal on standard error; an empty text clears it. */
export function redraw(line: string): void {
  process.stderr.write(`\r\u001b[K${printable(line).replaceAll('\n', ' ')}`);
}
