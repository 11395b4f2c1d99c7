import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeFile, codePath, loadBundle } from './load-bundle.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thermocline-bundle-'));
  path = join(folder, 'one.cjs');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bundle = (body: string): string =>
  `(function (exports, require, module, __filename, __dirname, __url) {\n${body}\n})`;
const answering = (answer: number): string => bundle(`module.exports = (() => ${answer})();`);
const load = (): unknown => loadBundle(pathToFileURL(path));

/** What V8 compiled of a bundle, functions that ran included. */
function compiled(source: string): Buffer {
  const script = new Script(source);
  (script.runInThisContext() as (...args: unknown[]) => void)({}, null, {});
  return script.createCachedData();
}

test('gives a bundle its paths and `require`', () => {
  writeFileSync(join(folder, 'two.cjs'), 'exports.two = 2;');
  writeFileSync(path, bundle("exports.at = [__filename, __dirname, __url]; exports.two = require('./two.cjs').two;"));
  expect(load()).toEqual({ at: [path, folder, pathToFileURL(path).href], two: 2 });
});

// V8 compares only the length of the source, so code of another shows which of both ran. A source is loaded once: V8 remembers it.
test('runs the compiled code that is kept beside the bundle', () => {
  writeFileSync(path, answering(101));
  writeFileSync(codePath(path), codeFile(compiled(answering(102))));
  expect(load()).toBe(102);
});

test('compiles the bundle if the code is damaged, cut short, of a longer source, or missing', () => {
  const kept = codeFile(compiled(answering(200)));
  const flipped = Array.from({ length: kept.length }, (_, at) => {
    const damaged = Buffer.from(kept);
    damaged[at] = (damaged[at] ?? 0) ^ 0x5a;
    return damaged;
  });
  const others = [kept.subarray(0, -1), kept.subarray(0, 3), Buffer.alloc(0), codeFile(compiled(answering(2000)))];
  for (const [at, other] of [...flipped.filter((_, byte) => byte % 7 < 1), ...others, null].entries()) {
    rmSync(codePath(path), { force: true });
    if (other !== null) writeFileSync(codePath(path), other);
    writeFileSync(path, answering(201 + at));
    expect(load()).toBe(201 + at);
  }
});

test('reports what the bundle throws, with its path', () => {
  writeFileSync(path, bundle("throw new Error('no');"));
  expect(load).toThrow('no');
  writeFileSync(path, '(function () {');
  expect(load).toThrow(SyntaxError);
});
