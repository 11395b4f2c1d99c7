/**
 * Of objects with very many lists of names only the members are parsed that readers ask for. What is read of a document is the same as
 * beside few of them: every document of the fixtures is decoded with and without a neighbour that has 1,001 names of its own.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusLines } from '../../test/support/corpus.ts';
import { readUpload } from '../formats/upload-parts.ts';
import { decodeParts } from './pipeline.ts';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures');
const PLACE = { account: '1', region: 'r', logGroup: '/aws/lambda/f', logStream: '' };
const CONTEXT = { raw: 'all', region: 'r', selfLogGroups: [] } as const;
const FEW_NAMES = `{"own":"${'x'.repeat(20)}","n":1}`;
const MANY_NAMES = `${FEW_NAMES.slice(0, -1)},${Array.from({ length: 1001 }, (_, at) => `"n${at}":${at}`).join(',')}}`;

async function decoded(text: string) {
  const { deadLetters, ...batch } = await decodeParts(readUpload(Buffer.from(text), [], PLACE), PLACE, CONTEXT);
  const letters = deadLetters.map(({ reason, detail, payload, n }) => ({
    reason,
    detail,
    payload: Buffer.from(payload).toString(),
    n,
  }));
  return { ...batch, letters: letters.filter(({ payload }) => payload !== FEW_NAMES && payload !== MANY_NAMES) };
}

function filesOf(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(join(FIXTURES, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:json|ndjson|jsonl)$/.test(name))
    .map((name) => [`${folder}/${name}`, readFileSync(join(FIXTURES, folder, name), 'utf8').trim()] as const);
}

/** Documents as one line each, so that they stand beside others. */
const DOCUMENTS: readonly (readonly [string, string])[] = [
  ...filesOf('field'),
  ...filesOf('corpus/payloads'),
  ...['xray', 'platform-json', 'related', 'app-lines'].flatMap((file) =>
    corpusLines(file).map(({ message }, at) => [`${file} ${at}`, message.trim()] as const),
  ),
]
  .flatMap(([name, text]) => {
    const values = text.split('\n').map(parsed);
    if (values.every((value) => value !== undefined))
      return values.map((value, at) => [`${name} ${at}`, value] as const);
    const whole = parsed(text);
    return whole === undefined ? [] : [[name, whole] as const];
  })
  .flatMap(([name, value]) => (typeof value === 'object' ? [[name, JSON.stringify(value)] as const] : []));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The document with members that no reader knows at the beginning and the end of each object. */
function withUnknown(text: string): string {
  return JSON.stringify(parsed(text), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && !('zz' in value)
      ? { yy: { zz: 'y' }, ...value, zz: ['z'] }
      : value,
  );
}

test('the fixtures hold documents', () => {
  expect(DOCUMENTS.length).toBeGreaterThan(100);
});

const CASES = DOCUMENTS.flatMap(([name, text]) => [
  [name, text] as const,
  [`${name} with unknown members`, withUnknown(text)] as const,
]);

test.each(CASES)('%s is read as without objects of many names beside it', async (_, text) => {
  const beside = (neighbour: string): string =>
    text.startsWith('[') ? `${text.slice(0, -1)}${text === '[]' ? '' : ','}${neighbour}]` : `${text}\n${neighbour}`;
  expect(await decoded(beside(MANY_NAMES))).toEqual(await decoded(beside(FEW_NAMES)));
});
