/**
 * Loads a bundle in CommonJS, with what V8 compiled of it when the product was built: modules are neither found one by one nor compiled
 * again. The compiled code is used only by the V8 version and flags that made it; without it the bundle is compiled as usual.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** What the build puts around a bundle. */
type Bundle = (
  exports: unknown,
  require: NodeJS.Require,
  module: { exports: unknown },
  filename: string,
  dirname: string,
  url: string,
) => void;

/** A checksum of the compiled code precedes it: V8 does not check what it is given. */
const CHECKSUM_BYTES = 4;

/** File with the compiled code of the bundle `path` for this process, next to the bundle. */
export const codePath = (path: string): string => `${path}.${cachedDataVersionTag().toString(16)}.code`;

/** The content of the file at {@link codePath}. */
export function codeFile(code: Buffer): Buffer {
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(code));
  return Buffer.concat([checksum, code]);
}

/** The compiled code of the bundle; undefined if there is none for this process, or it is damaged. */
function codeOf(path: string): Buffer | undefined {
  try {
    const file = readFileSync(codePath(path));
    const code = file.subarray(CHECKSUM_BYTES);
    return file.readUInt32LE() === crc32(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Runs the bundle at `url` and returns what it exports. */
export function loadBundle(url: URL): unknown {
  const filename = fileURLToPath(url);
  const cachedData = codeOf(filename);
  const script = new Script(readFileSync(filename, 'utf8'), {
    filename,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const module = { exports: {} };
  const run = script.runInThisContext() as Bundle;
  run(module.exports, createRequire(url), module, filename, dirname(filename), url.href);
  return module.exports;
}
