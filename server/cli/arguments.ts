/** Parsers of command-line arguments; each throws InvalidArgumentError. */
import { InvalidArgumentError } from 'commander';
import { parseTime } from '../../ingest/records/time.ts';

/** Help text with examples. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

/** Parses a whole number. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

/** Number of functions of a simulated fleet. */
export function fleetSize(text: string): number {
  const n = wholeNumber(text);
  if (n < 1 || n > 500) throw new InvalidArgumentError('expected 1 to 500');
  return n;
}

/** Accepts an AWS account id. @throws InvalidArgumentError */
export function twelveDigits(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('expected 12 digits');
  return text;
}

/** A duration such as 12h, 14d or 8w, kept as text. */
export function durationArgument(text: string): string {
  if (!/^[1-9]\d{0,4}[smhdw]$/.test(text)) throw new InvalidArgumentError('expected a duration such as 12h, 14d or 8w');
  return text;
}

/** A time such as 2026-11-28T14:00:00Z or now-2h, kept as text. @throws InvalidArgumentError */
export function timeArgument(text: string): string {
  if (parseTime(text, Date.now()) === null)
    throw new InvalidArgumentError('expected a time such as 2026-11-28T14:00:00Z or now-2h');
  return text;
}

/** Accepts a positive number, and returns its text. @throws InvalidArgumentError */
export function positiveNumber(text: string): string {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('expected a positive number');
  return text;
}
