/** Asks on the terminal for what a file does not contain. */
import { createInterface } from 'node:readline/promises';
import { plain } from '../../../ingest/text/printable.ts';

/** The name of the function that wrote the file; null without a terminal, or without an answer. */
export async function promptForFunction(file: string): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await terminal.question(plain(`Which function wrote ${file}? `))).trim();
    return /^[\w.-]{1,140}$/.test(answer) ? answer : null;
  } finally {
    terminal.close();
  }
}
