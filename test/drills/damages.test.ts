/**
 * 200 random damages of a stopped store: bits, pages, lengths, of both databases and their write-ahead logs. What a start
 * examines must report each, or every row of every table must be what it was.
 */
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import { Random } from '../../ingest/records/random.ts';
import { checkStore } from '../../server/storage/sqlite/maintenance/check.ts';
import { findIncompleteness } from '../../server/storage/sqlite/maintenance/completeness.ts';
import { copyCrashed } from '../support/crash.ts';
import { flipBit, overwrite } from '../support/damage.ts';
import { figure } from '../support/drill.ts';
import { testFolders } from '../support/folders.ts';
import { memoryFolder, removeFolder, startServer } from '../support/product.ts';
import { Senders } from '../support/senders.ts';

const DAMAGES = Number(process.env['DRILL_DAMAGES'] ?? 200);
/** Number of the first damage, and seed of the random choices. */
const FIRST = Number(process.env['DRILL_FIRST'] ?? 0);
const PAGE = 4096;
const folders = testFolders(memoryFolder);
/** A store that was closed, and one whose process was killed with commits in its log. */
const [closed, crashed] = [folders.create(), folders.create()];

beforeAll(async () => {
  const folder = folders.create();
  const senders = new Senders(1000);
  const write = async (): Promise<void> => {
    for (let n = 0; n < 3; n += 1) expect(await senders.send(server.url)).toBe(200);
  };
  let server = await startServer(folder);
  await write();
  await server.stop();
  cpSync(folder, closed, { recursive: true });
  server = await startServer(folder);
  await copyCrashed(server, folder, crashed, write);
});

type Damage = (path: string, random: Random) => void;

const at = (random: Random, n: number): number => Math.floor(random.next() * n);
const pageOf = (path: string, page: number): Buffer => readFileSync(path).subarray(page * PAGE, (page + 1) * PAGE);
const pagesOf = (path: string): number => Math.floor(statSync(path).size / PAGE);

const KINDS: Readonly<Record<string, Damage>> = {
  'a flipped bit': (path, random) => {
    const offset = at(random, statSync(path).size);
    flipBit(path, offset, at(random, 8));
  },
  'a zeroed page': (path, random) => overwrite(path, at(random, pagesOf(path)) * PAGE, Buffer.alloc(PAGE)),
  'a page copied over another': (path, random) =>
    overwrite(path, at(random, pagesOf(path)) * PAGE, pageOf(path, at(random, pagesOf(path)))),
  'garbage of 512 bytes': (path, random) =>
    overwrite(
      path,
      at(random, Math.max(1, statSync(path).size - 512)),
      Buffer.from(Array.from({ length: 512 }, () => at(random, 256))),
    ),
  'cut at any byte': (path, random) => truncateSync(path, at(random, statSync(path).size)),
  'cut at a page': (path, random) => truncateSync(path, at(random, pagesOf(path)) * PAGE),
};

/** Digest of every row of every table. */
function contentOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of ['telemetry.db', 'control.db']) {
    const db = new Database(join(folder, name), { readonly: true });
    try {
      const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
      for (const table of tables)
        for (const row of db.prepare(`SELECT * FROM "${table}"`).raw().iterate()) hash.update(JSON.stringify(row));
    } finally {
      db.close();
    }
  }
  return hash.digest('hex');
}

/** What a start would report; null if nothing. */
function reported(folder: string): string | null {
  try {
    const [missing] = findIncompleteness(folder);
    if (missing !== undefined) return missing.sentence;
    return checkStore(folder).damage[0]?.findings[0] ?? null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test(`${DAMAGES} random damages are reported or change nothing`, () => {
  const random = new Random(27 + FIRST);
  const targets = [
    [closed, 'telemetry.db'],
    [closed, 'telemetry.db'],
    [crashed, 'telemetry.db-wal'],
    [closed, 'control.db'],
    [crashed, 'telemetry.db'],
    [crashed, 'control.db-wal'],
  ] as const;
  const kinds = Object.entries(KINDS);
  const whole = new Map([closed, crashed].map((folder) => [folder, contentOf(folder)]));
  expect(reported(closed)).toBeNull();
  expect(reported(crashed)).toBeNull();
  let [noticed, harmless] = [0, 0];
  const silent: string[] = [];
  for (let n = FIRST; n < FIRST + DAMAGES; n += 1) {
    const [from, name] = targets[n % targets.length] ?? targets[0];
    const [kind, damage] = kinds[Math.floor(n / targets.length) % kinds.length] ?? ['', () => undefined];
    const folder = folders.copyOf(from);
    damage(join(folder, name), random);
    rmSync(join(folder, `${name.replace('-wal', '')}-shm`), { force: true });
    if (reported(folder) !== null) noticed += 1;
    else if (contentOf(folder) === whole.get(from)) harmless += 1;
    else silent.push(`damage ${n}: ${kind} of ${name}`);
    removeFolder(folder);
  }
  figure(
    'random damages',
    `${DAMAGES} damages: ${noticed} reported, ${harmless} without effect, ${silent.length} unnoticed`,
    { reported: noticed, withoutEffect: harmless, unnoticed: silent.length },
  );
  expect(silent).toEqual([]);
  expect(noticed).toBeGreaterThan(DAMAGES / 2);
});
