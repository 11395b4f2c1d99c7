/** Reading and showing command-line arguments. */
import { InvalidArgumentError } from 'commander';

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

export function twelveDigits(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('expected twelve digits');
  return text;
}
