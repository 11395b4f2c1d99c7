/** What each write of the control plane leaves in the tables. */
import Database from 'better-sqlite3';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { migrate } from '../migrate.ts';
import { noteClock } from './clock-mark.ts';
import type { ControlCall } from './control.ts';
import { applyControl, forgetControl, storedRetention } from './control.ts';

const NOW = Date.UTC(2026, 10, 21);
const AUDIT_DAYS = 400;

const telemetry = new Database(':memory:');
migrate(telemetry, ':memory:', 'migrations/sqlite/telemetry');
afterAll(() => telemetry.close());

let control: Database.Database;
beforeEach(() => {
  control = new Database(':memory:');
  migrate(control, ':memory:', 'migrations/sqlite/control');
  return () => control.close();
});

const apply = (call: ControlCall) => applyControl(control, telemetry, call);
const rows = (query: string) => control.prepare(query).all();
const settings = () =>
  Object.fromEntries(
    (rows('SELECT * FROM setting') as { key: string; value: string }[]).map(({ key, value }) => [key, value]),
  );
const token = (id: string, expiresMs: number | null = null) => ({
  id,
  name: `name of ${id}`,
  scope: 'read' as const,
  sha256: Buffer.from(`hash of ${id}`),
  createdMs: 5,
  expiresMs,
  restriction: null,
});
const session = (name: string, tokenId: string, expiresMs = NOW) => ({
  sha256: Buffer.from(name),
  tokenId,
  createdMs: 6,
  expiresMs,
});
const sessions = () =>
  (rows('SELECT sha256 FROM session ORDER BY sha256') as { sha256: Buffer }[]).map(({ sha256 }) => String(sha256));

describe('tokens', () => {
  const stored = (id: string) => rows(`SELECT * FROM token WHERE id = '${id}'`);
  const row = (id: string, change: Readonly<Record<string, unknown>> = {}) => ({
    id,
    name: `name of ${id}`,
    scope: 'read',
    sha256: Buffer.from(`hash of ${id}`),
    created_ms: 5,
    expires_ms: null,
    last_used_ms: null,
    revoked_ms: null,
    restriction: null,
    ...change,
  });

  test('a token is stored once', () => {
    apply({ name: 'addToken', args: [token('a', 77)] });
    expect(stored('a')).toEqual([row('a', { expires_ms: 77 })]);
    expect(() => apply({ name: 'addToken', args: [token('a')] })).toThrow('UNIQUE');
  });

  test('rotation adds the successor and lets the old one expire, or does neither', () => {
    apply({ name: 'addToken', args: [token('a')] });
    apply({ name: 'addToken', args: [token('b')] });
    apply({ name: 'rotateToken', args: [token('c'), { id: 'a', expiresMs: 900 }] });
    expect([stored('a'), stored('b'), stored('c')]).toEqual([[row('a', { expires_ms: 900 })], [row('b')], [row('c')]]);
    expect(() => apply({ name: 'rotateToken', args: [token('c'), { id: 'b', expiresMs: 900 }] })).toThrow('UNIQUE');
    expect(stored('b')).toEqual([row('b')]);
  });

  test('a token is revoked once, and its sessions end', () => {
    for (const id of ['a', 'b']) {
      apply({ name: 'addToken', args: [token(id)] });
      apply({ name: 'addSession', args: [session(`of ${id}`, id)] });
    }
    expect(apply({ name: 'revokeToken', args: ['a', 40] })).toBe(true);
    expect(apply({ name: 'revokeToken', args: ['a', 50] })).toBe(false);
    expect(apply({ name: 'revokeToken', args: ['unknown', 50] })).toBe(false);
    expect([stored('a'), stored('b')]).toEqual([[row('a', { revoked_ms: 40 })], [row('b')]]);
    expect(sessions()).toEqual(['of b']);
  });

  test('of several times of use the newest stays', () => {
    apply({ name: 'addToken', args: [token('a')] });
    apply({ name: 'addToken', args: [token('b')] });
    const use = (...uses: { id: string; atMs: number }[]) => apply({ name: 'recordTokenUse', args: [uses] });
    use({ id: 'a', atMs: 30 }, { id: 'b', atMs: 10 });
    use({ id: 'a', atMs: 20 }, { id: 'b', atMs: 11 });
    expect([stored('a'), stored('b')]).toEqual([[row('a', { last_used_ms: 30 })], [row('b', { last_used_ms: 11 })]]);
  });
});

describe('sessions', () => {
  beforeEach(() => {
    apply({ name: 'addToken', args: [token('a')] });
    for (const name of ['x', 'y']) apply({ name: 'addSession', args: [session(name, 'a', 99)] });
  });

  test('a session is stored as used when it was opened, then touched, then ended', () => {
    const read = (name: string) => rows(`SELECT * FROM session WHERE sha256 = CAST('${name}' AS BLOB)`);
    const times = { created_ms: 6, last_used_ms: 6, expires_ms: 99 };
    const row = { sha256: Buffer.from('x'), token_id: 'a', ...times, provider_session: null, id_token: null };
    expect(read('x')).toEqual([row]);
    apply({ name: 'touchSession', args: [Buffer.from('x'), 44] });
    expect([read('x'), read('y')]).toEqual([[{ ...row, last_used_ms: 44 }], [{ ...row, sha256: Buffer.from('y') }]]);
    apply({ name: 'endSession', args: [Buffer.from('x')] });
    expect(sessions()).toEqual(['y']);
  });
});

test('of 201 sessions of a token the one that was not used for the longest time ends, of no other token', () => {
  apply({ name: 'addToken', args: [token('a')] });
  apply({ name: 'addToken', args: [token('b')] });
  const open = (name: string, tokenId: string, createdMs: number) =>
    apply({ name: 'addSession', args: [{ ...session(name, tokenId), createdMs }] });
  open('other', 'b', 1);
  for (let n = 1; n <= 200; n += 1) open(`s${n}`, 'a', n);
  apply({ name: 'touchSession', args: [Buffer.from('s1'), 300] });
  // By a clock that went back.
  open('newest', 'a', 0);
  const left = sessions();
  expect(left).toHaveLength(201);
  expect(left).not.toContain('s2');
  expect(left).toEqual(expect.arrayContaining(['other', 's1', 's3', 's200', 'newest']));
});

describe('the password', () => {
  const owner = { ...token('password'), scope: 'admin' as const };

  test('a new one ends the sessions of the old one, and of no token', () => {
    apply({ name: 'addToken', args: [token('a')] });
    apply({ name: 'addSession', args: [session('of a token', 'a')] });
    apply({ name: 'setPassword', args: ['hash 1', owner] });
    apply({ name: 'addSession', args: [session('of the password', 'password')] });
    apply({ name: 'setPassword', args: ['hash 2', { ...owner, sha256: Buffer.from('other') }] });
    expect(settings()).toEqual({ 'access.password': 'hash 2' });
    expect(sessions()).toEqual(['of a token']);
    expect(rows("SELECT sha256 FROM token WHERE id = 'password'")).toEqual([{ sha256: Buffer.from('other') }]);
  });

  test.each([
    ['the hash', [null, owner]],
    ['its owner', ['hash 2', null]],
  ] as const)('without %s it is removed', (_, args) => {
    apply({ name: 'setPassword', args: ['hash 1', owner] });
    apply({ name: 'setPassword', args: [...args] });
    expect([settings(), rows('SELECT id FROM token')]).toEqual([{}, []]);
  });

  test('its hash is replaced with sessions left open, and is not set where there is none', () => {
    apply({ name: 'rehashPassword', args: ['hash 0'] });
    expect(settings()).toEqual({});
    apply({ name: 'setPassword', args: ['hash 1', owner] });
    apply({ name: 'addSession', args: [session('open', 'password')] });
    apply({ name: 'setRetention', args: [null] });
    apply({ name: 'rehashPassword', args: ['hash 2'] });
    expect([settings(), sessions()]).toEqual([{ 'access.password': 'hash 2' }, ['open']]);
  });
});

test('an entry of the audit log', () => {
  const entry = {
    atMs: 8,
    tokenId: null,
    name: 'sign-in',
    client: '192.0.2.1',
    method: 'POST',
    path: '/api/v1/session',
    status: 401,
  };
  apply({ name: 'addAudit', args: [entry] });
  expect(rows('SELECT * FROM audit')).toEqual([
    {
      seq: 1,
      at_ms: 8,
      token_id: null,
      name: 'sign-in',
      client: '192.0.2.1',
      method: 'POST',
      path: '/api/v1/session',
      status: 401,
    },
  ]);
});

test('the retention policy is stored, replaced and removed', () => {
  const policy = { rawMs: 1, detailMs: 2, historyMs: 3, quarantineMs: 4 };
  expect(storedRetention(control)).toBe(null);
  apply({ name: 'setRetention', args: [policy] });
  expect(storedRetention(control)).toEqual(policy);
  apply({ name: 'setRetention', args: [{ ...policy, rawMs: 9 }] });
  expect(storedRetention(control)).toEqual({ ...policy, rawMs: 9 });
  apply({ name: 'setRetention', args: [null] });
  expect([storedRetention(control), settings()]).toEqual([null, {}]);
});

test('troubles of keys add up over calls; nothing new stores nothing', () => {
  const trouble = { keyId: 'k', keyName: 'key', reason: 'too-large', n: 2, lastMs: NOW - 5 };
  const note = (...added: (typeof trouble)[]) => apply({ name: 'noteKeyTroubles', args: [added, NOW] });
  expect([note(), settings()]).toEqual([[], {}]);
  expect(note(trouble)).toEqual([trouble]);
  expect(note({ ...trouble, n: 3, lastMs: NOW - 1 })).toEqual([{ ...trouble, n: 5, lastMs: NOW - 1 }]);
  expect(note()).toEqual([{ ...trouble, n: 5, lastMs: NOW - 1 }]);
  expect(JSON.parse(settings()['ingest.key-troubles'] ?? '')).toEqual([{ ...trouble, n: 5, lastMs: NOW - 1 }]);
});

test('attempts to fetch a trace are counted, and forgotten after the 30 days of X-Ray', () => {
  const [a, b] = ['1-643aca1d-02e095f7341508e00b9b6d2b', '1-643aca1d-02e095f7341508e00b9b6d2c'];
  const note = (traceIds: readonly string[], nowMs: number) =>
    apply({ name: 'recordTraceAttempts', args: [traceIds, nowMs] });
  const attempts = () => telemetry.prepare('SELECT hex(trace_id) AS id, tries, last_ms AS ms FROM trace_attempt').all();
  note([a, b], NOW);
  note([a], NOW + DAY_MS);
  const first = { id: '643ACA1D02E095F7341508E00B9B6D2B', tries: 2, ms: NOW + DAY_MS };
  expect(attempts()).toEqual([first, { id: '643ACA1D02E095F7341508E00B9B6D2C', tries: 1, ms: NOW }]);
  note([], NOW + 31 * DAY_MS);
  expect(attempts()).toHaveLength(2);
  note([], NOW + 31 * DAY_MS + 1);
  expect(attempts()).toEqual([first]);
});

test('a dead letter is marked as replayed, if there is one', () => {
  telemetry.exec(`INSERT INTO reject (id, received_ms, source_kind, source_name, reason, detail, digest, size, payload)
    VALUES (3, 1, 'logs', 'test', 'json', '', x'00', 1, x'00'), (4, 1, 'logs', 'test', 'json', '', x'01', 1, x'00')`);
  expect(apply({ name: 'markReplayed', args: [3, 70] })).toBe(true);
  expect(apply({ name: 'markReplayed', args: [5, 70] })).toBe(false);
  expect(telemetry.prepare('SELECT id, replayed_ms AS ms FROM reject').all()).toEqual([
    { id: 3, ms: 70 },
    { id: 4, ms: null },
  ]);
});

test('expired sessions go, and after 400 days audit entries and tokens that nothing uses', () => {
  const old = NOW - AUDIT_DAYS * DAY_MS - 1;
  const add = (id: string, expiresMs: number | null) => apply({ name: 'addToken', args: [token(id, expiresMs)] });
  add('valid', null);
  add('expired long ago', old);
  add('expired', old + 1);
  add('with a session', old);
  add('revoked long ago', NOW);
  add('revoked', null);
  apply({ name: 'addSession', args: [session('open', 'with a session', NOW)] });
  apply({ name: 'addSession', args: [session('over', 'valid', NOW - 1)] });
  control.prepare("UPDATE token SET revoked_ms = ? WHERE id = 'revoked long ago'").run(old);
  control.prepare("UPDATE token SET revoked_ms = ? WHERE id = 'revoked'").run(old + 1);
  const entry = { tokenId: 'a', name: '', client: '', method: '', path: '', status: 200 };
  for (const atMs of [old, old + 1]) apply({ name: 'addAudit', args: [{ ...entry, atMs }] });
  forgetControl(control, NOW);
  expect(rows('SELECT id FROM token ORDER BY id')).toEqual(
    ['expired', 'revoked', 'valid', 'with a session'].map((id) => ({ id })),
  );
  expect(sessions()).toEqual(['open']);
  expect(rows('SELECT at_ms FROM audit')).toEqual([{ at_ms: old + 1 }]);
});

test('the clock: each note returns what the one before stored, and when something was last received', () => {
  const mark = { wallMs: NOW, uptimeMs: 3, bootId: 'a' };
  const note = (value: typeof mark | null) => noteClock(telemetry, control, { settledMs: null, mark: value });
  expect(note(null)).toEqual({ mark: null, lastReceiptMs: null });
  expect(settings()).toEqual({});
  telemetry.exec(
    "INSERT INTO kept_day (kind, scope, day, received_ms) VALUES ('function', 1, 1, 7), ('function', 2, 1, 9)",
  );
  expect(note(mark)).toEqual({ mark: null, lastReceiptMs: 9 });
  expect(note({ ...mark, wallMs: NOW + 1 })).toEqual({ mark, lastReceiptMs: 9 });
  // Without a mark the stored one stays.
  for (let n = 0; n < 2; n += 1) expect(note(null).mark).toEqual({ ...mark, wallMs: NOW + 1 });
});
