/** Log lines and documents in AWS's formats with the fields expected from each: test/fixtures/corpus. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../fixtures/corpus/lines');

export interface CorpusLine {
  readonly kind: string;
  readonly message: string;
  readonly expect: Readonly<Record<string, unknown>>;
}

/** The lines of one corpus file, named without its extension. */
export function corpusLines(file: string): readonly CorpusLine[] {
  return readFileSync(join(folder, `${file}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CorpusLine);
}

/** `[file, lines]` for each corpus file. */
export function corpusFiles(): readonly (readonly [string, readonly CorpusLine[]])[] {
  const files = readdirSync(folder).map((name) => name.replace('.jsonl', ''));
  return files.map((file) => [file, corpusLines(file)]);
}
