/** Real lines to test against: the shared corpus where it is present, and always the project's own fixtures. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const sharedCorpus = join(import.meta.dirname, '../../../shared/corpus');
const ownFixtures = join(import.meta.dirname, '../fixtures/lines');

export interface CorpusLine {
  readonly kind: string;
  readonly message: string;
  readonly expect: Readonly<Record<string, unknown>>;
}

/** Every line of every *.jsonl in the folder, by file name. */
function readFolder(folder: string): ReadonlyMap<string, readonly CorpusLine[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  return new Map(files.map((name) => [name.replace('.jsonl', ''), readJsonl(join(folder, name))]));
}

function readJsonl(path: string): readonly CorpusLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as CorpusLine);
}

/** `[origin, file, lines]` for each corpus file found. */
export function corpusFiles(): readonly (readonly [string, string, readonly CorpusLine[]])[] {
  const shared = join(sharedCorpus, 'lines');
  const origins: [string, string][] = [['own', ownFixtures]];
  if (existsSync(shared)) origins.push(['shared', shared]);
  return origins.flatMap(([origin, folder]) =>
    [...readFolder(folder)].map(([file, lines]) => [origin, file, lines] as const),
  );
}
