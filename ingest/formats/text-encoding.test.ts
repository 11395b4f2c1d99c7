import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tarOf } from '../../test/support/tar.ts';
import { filePartsOf } from './file-parts.ts';

async function partsOf(file: Buffer): Promise<string> {
  let text = '';
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for (let at = 0; at < file.length; at += 1000) yield file.subarray(at, at + 1000);
  };
  for await (const part of filePartsOf(chunks(), () => undefined)) text += part;
  return text;
}

const LINE = '2026-11-20T10:00:00.000Z START RequestId: 00000001-0016-4000-8000-000000000016 Version: 7\n';
/** The same bytes in each run, of every value. */
const noise = Buffer.from(Array.from({ length: 6000 }, (_, at) => (at * 167 + ((at * at) >> 3)) % 256));

test.each([
  ['random bytes', noise],
  ['zeros', Buffer.alloc(5000)],
  ['a PNG', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), noise])],
  ['a PDF', Buffer.concat([Buffer.from('%PDF-1.7\n'), noise])],
  ['a Parquet file', Buffer.concat([Buffer.from('PAR1'), noise])],
  ['Cyrillic in a code page', Buffer.from(Array.from({ length: 400 }, (_, at) => 0xc0 + (at % 60)))],
])('%s is refused as no text', async (_name, file) => {
  await expect(partsOf(file)).rejects.toThrow(/^binary data, or text in an encoding other than UTF-8 and UTF-16/);
});

test('an archive and gzip in three layers are named', async () => {
  await expect(partsOf(gzipSync(tarOf('logs.txt')))).rejects.toThrow('a tar archive. Extract it and import the folder');
  await expect(partsOf(gzipSync(gzipSync(gzipSync(LINE))))).rejects.toThrow('compressed with gzip more than 2 times');
});

test.each([
  ['a log with a few bytes of anything', Buffer.concat([Buffer.from(LINE.repeat(20)), noise.subarray(0, 20)])],
  ['Latin-1 umlauts', Buffer.from(LINE.replace('Version', 'Größe').repeat(20), 'latin1')],
  ['colours', Buffer.from(LINE.split(' ').join('\u001b[32m \u001b[0m').repeat(20))],
  ['UTF-16 without a mark', Buffer.from(LINE.repeat(20), 'utf16le')],
  ['East Asian text', Buffer.from('2026-11-20T10:00:00.000Z 東京の関数が失敗しました\n'.repeat(20))],
  ['emoji', Buffer.from('2026-11-20T10:00:00.000Z 👍👍👍👍👍👍👍👍👍👍👍👍\n'.repeat(20))],
])('%s is text', async (_name, file) => {
  expect((await partsOf(file)).split('\n').length).toBeGreaterThanOrEqual(20);
});
