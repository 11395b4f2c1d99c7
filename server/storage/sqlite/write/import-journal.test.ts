/** What is kept of an import so that it can be undone, for how long, and what an undo leaves. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { BatchSource } from '../../../../ingest/records/sink.ts';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { delivery, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { ImportJournal } from './import-journal.ts';
import { interruptedUndos, undoSteps } from './import-undo.ts';

const AT = Date.UTC(2026, 10, 20, 12);
/** An import can be undone for two weeks after its last file (docs/decisions/0021). */
const TWO_WEEKS = 14 * DAY_MS;
const LIVE: BatchSource = { kind: 'firehose', name: 'stream' };
const imported = (importId: string): BatchSource => ({ kind: 'import', name: `file of ${importId}`, importId });

const store = useTelemetryWriter('test');
let journal: ImportJournal;
beforeEach(() => {
  journal = new ImportJournal(store.db);
});

/** Delivers one invocation of a function, `n` seconds after noon, as the writer's thread does. */
function run(name: string, n: number, source: BatchSource, nowMs = AT): boolean {
  const id = `d661f7cf-9208-46b9-85b0-213b04a9${String(1000 + n)}`;
  const at = AT + n * 1000;
  const batch = delivery(`/aws/lambda/${name}`, `2026/11/20/[$LATEST]${name.padStart(32, '0')}`, [
    [at + 5, `START RequestId: ${id} Version: $LATEST\n`],
    [
      at + 95,
      `REPORT RequestId: ${id}\tDuration: 90.00 ms\tBilled Duration: 90 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t\n`,
    ],
    [at + 96, `REPORT RequestId: ${n}\tBilled Duration: 1 ms\n`],
  ]);
  return store.db.transaction(() => {
    const isConcerned = journal.concerns(batch, source);
    if (isConcerned) journal.before(batch, source, nowMs);
    const outcome = store.writer.apply(batch, source, nowMs);
    store.writer.flush(nowMs);
    if (isConcerned) journal.after(batch, source, outcome, nowMs);
    return isConcerned;
  })();
}
const imports = () => store.rows('SELECT * FROM import');
const pieces = () =>
  store
    .rows(
      `SELECT name, import_id AS importId, source, received_ms - ${AT} AS ms FROM import_piece
       JOIN function ON function.id = function_id ORDER BY import_piece.id`,
    )
    .map(({ name, importId, source, ms }) => [name, importId, JSON.parse(String(source)), ms]);
const ends = (name: string) =>
  store
    .rows('SELECT end_ms FROM invocation JOIN function ON function.id = function_id WHERE name = ? ORDER BY 1', name)
    .map(({ end_ms: ms }) => (Number(ms) - AT - 95) / 1000);
const undo = (importId: string) => {
  const steps = undoSteps(store.db, store.writer, journal, importId, AT + 77);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
};

test('without imports no delivery passes the journal', () => {
  expect([run('f', 1, LIVE), run('f', 2, { kind: 'import', name: 'old' })]).toEqual([false, false]);
  expect([imports(), pieces()]).toEqual([[], []]);
});

test('an import is counted over its files, and named after the newest', () => {
  run('f', 1, imported('i'));
  run('f', 1, { ...imported('i'), name: 'second file' }, AT + 9);
  expect(imports()).toEqual([
    {
      id: 'i',
      name: 'second file',
      started_ms: AT,
      last_ms: AT + 9,
      state: 'stored',
      accepted: 2,
      duplicates: 2,
      ignored: 0,
      rejected: 2,
      loose: 0,
      done: 0,
      total: 0,
      undone_ms: null,
    },
  ]);
});

test('records that name no function are counted, since an undo leaves them', () => {
  const flow = {
    kind: 'flow' as const,
    account: '1',
    eniId: 'e',
    fromMs: AT,
    toMs: AT,
    outcome: 'rejected' as const,
    sourceAddress: null,
    targetAddress: null,
    targetPort: null,
    protocol: null,
    packets: null,
  };
  const batch = delivery('/aws/lambda/f', 's', []);
  const entry = { account: '1', region: 'r', logGroup: '', atMs: null, digest: '', record: flow };
  const given = { ...batch, records: [entry] };
  journal.before(given, imported('i'), AT);
  journal.after(given, imported('i'), store.apply(given, AT), AT);
  expect(imports()).toMatchObject([{ loose: 1, accepted: 1 }]);
});

test('from its first import on, every delivery about a function is kept; of others none', () => {
  run('f', 1, LIVE);
  expect(run('f', 2, imported('i'), AT + 2)).toBe(true);
  expect(run('f', 3, LIVE, AT + 3)).toBe(true);
  expect(run('g', 4, LIVE, AT + 4)).toBe(false);
  const second = imported('j');
  expect(run('g', 5, second, AT + 5)).toBe(true);
  const way = ({ importId: _, ...source }: BatchSource) => source;
  expect(pieces()).toEqual([
    ['f', 'i', way(imported('i')), 2],
    ['f', null, LIVE, 3],
    ['g', 'j', way(second), 5],
  ]);
  // What the functions held before: f's and g's first invocation.
  const copied = () =>
    store.rows('SELECT name FROM function WHERE id IN (SELECT function_id FROM import_base) ORDER BY name');
  expect(copied()).toEqual([{ name: 'f' }, { name: 'g' }]);
  // Another import of a function that is journalled copies nothing again.
  const base = store.rows('SELECT count(*) AS n FROM import_base');
  run('f', 6, imported('j'));
  expect(store.rows('SELECT count(*) AS n FROM import_base')).toEqual(base);
  // Nor does a restart, which reads what is journalled.
  journal = new ImportJournal(store.db);
  expect(run('f', 7, LIVE)).toBe(true);
  run('f', 8, imported('i'));
  expect(store.rows('SELECT count(*) AS n FROM import_base')).toEqual(base);
});

describe('undo', () => {
  test('leaves what came before, beside and after the import', () => {
    run('f', 1, LIVE);
    run('f', 2, imported('i'));
    run('f', 3, imported('i'));
    run('f', 3, LIVE);
    run('f', 4, imported('j'));
    run('new', 5, imported('i'));
    expect(ends('f')).toEqual([1, 2, 3, 4]);
    const state = (id: string) => store.rows('SELECT state, done, total, undone_ms FROM import WHERE id = ?', id);
    expect(undo('i')).toBe('undone');
    expect(ends('f')).toEqual([1, 3, 4]);
    expect(store.functionId('new')).toBe(undefined);
    expect(state('i')).toEqual([{ state: 'undone', done: 2, total: 2, undone_ms: AT + 77 }]);
    // The other import can still be undone.
    expect(state('j')).toMatchObject([{ state: 'stored' }]);
    expect(undo('j')).toBe('undone');
    expect(ends('f')).toEqual([1, 3]);
    expect([pieces(), store.rows('SELECT 1 FROM import_base'), store.rows('SELECT 1 FROM import_function')]).toEqual([
      [],
      [],
      [],
    ]);
    expect(run('f', 6, LIVE)).toBe(false);
  });

  test('happens once, of an import that exists and is not too old', () => {
    run('f', 1, imported('i'));
    expect(undo('unknown')).toBe('unknown');
    expect(undo('i')).toBe('undone');
    expect(undo('i')).toBe('undone-before');
    run('f', 1, imported('old'));
    journal.expire(AT + TWO_WEEKS + 1);
    expect(undo('old')).toBe('too-old');
    expect(ends('f')).toEqual([1]);
  });

  test('a file that comes again after the undo is an import again', () => {
    run('f', 1, imported('i'));
    undo('i');
    run('f', 1, imported('i'));
    expect(imports()).toMatchObject([{ state: 'stored', undone_ms: null }]);
    expect(ends('f')).toEqual([1]);
  });

  test('goes on after an interruption; until then no file of the import is taken', () => {
    run('f', 1, LIVE);
    run('f', 2, imported('i'));
    const steps = undoSteps(store.db, store.writer, journal, 'i', AT);
    steps.next();
    expect(interruptedUndos(store.db)).toEqual(['i']);
    expect(() => run('f', 3, imported('i'))).toThrow('Import i is being undone');
    store.writer.reset();
    expect(ends('f')).toEqual([1, 2]);
    expect(undo('i')).toBe('undone');
    expect([ends('f'), interruptedUndos(store.db)]).toEqual([[1], []]);
  });

  test('takes along its dead letters, but none that came by another way too', () => {
    run('f', 1, LIVE);
    run('f', 1, imported('i'));
    run('f', 2, imported('i'));
    run('f', 3, imported('i'));
    run('f', 3, LIVE);
    const letters = () => store.rows('SELECT seen FROM reject ORDER BY id').map(({ seen }) => seen);
    expect(letters()).toEqual([2, 1, 2]);
    undo('i');
    expect(letters()).toEqual([2, 2]);
    expect(store.rows('SELECT 1 FROM import_reject')).toEqual([]);
  });

  test('live subscribers do not receive again what is stored again', () => {
    run('f', 1, imported('i'));
    run('f', 2, LIVE);
    store.writer.feed.watched = true;
    undo('i');
    expect([ends('f'), store.writer.feed.take()]).toEqual([[2], null]);
  });

  test('pieces whose source cannot be read, or of versions without days of filters, are stored all the same', () => {
    run('f', 1, imported('i'));
    run('f', 2, LIVE);
    store.db.exec("UPDATE import_piece SET source = '{}'");
    undo('i');
    expect(ends('f')).toEqual([2]);
  });

  test('a step that fails changes nothing, and the undo can be repeated', () => {
    run('f', 1, imported('i'));
    run('f', 2, LIVE);
    store.db.exec("CREATE TRIGGER full BEFORE INSERT ON rollup_5m BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    expect(() => undo('i')).toThrow('disk full');
    expect(store.db.inTransaction).toBe(false);
    store.db.exec('DROP TRIGGER full');
    expect(undo('i')).toBe('undone');
    expect([ends('f'), store.rows('SELECT sum(n) AS n FROM rollup_5m')]).toEqual([[2], [{ n: 1 }]]);
  });
});

describe('after two weeks', () => {
  test('an import is kept for good, and its journal dropped', () => {
    run('f', 1, imported('i'));
    run('f', 2, LIVE);
    journal.expire(AT + TWO_WEEKS);
    expect(imports()).toMatchObject([{ state: 'stored' }]);
    expect(pieces()).toHaveLength(2);
    journal.expire(AT + TWO_WEEKS + 1);
    expect(imports()).toMatchObject([{ state: 'kept' }]);
    expect([pieces(), store.rows('SELECT 1 FROM import_reject'), ends('f')]).toEqual([[], [], [1, 2]]);
    expect(run('f', 3, LIVE)).toBe(false);
  });

  test('a function of a younger import stays journalled, and the old import counts as what was there', () => {
    run('f', 1, imported('old'));
    run('f', 2, imported('young'), AT + 5);
    journal.expire(AT + TWO_WEEKS + 3);
    expect(pieces().map(([, importId]) => importId)).toEqual([null, 'young']);
    expect(undo('young')).toBe('undone');
    expect(ends('f')).toEqual([1]);
  });

  test('what fails is rolled back', () => {
    run('f', 1, imported('i'));
    store.db.exec("CREATE TRIGGER full BEFORE DELETE ON import_piece BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    expect(() => journal.expire(AT + TWO_WEEKS + 1)).toThrow('disk full');
    expect([store.db.inTransaction, imports()]).toMatchObject([false, [{ state: 'stored' }]]);
    expect(run('f', 2, LIVE)).toBe(true);
  });
});
