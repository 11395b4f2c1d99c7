/** Detection of changes and their effect: simulated deploys, a runtime patch, a level shift, a VPC. */

import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { idOf } from '../../bench/accuracy/causes.ts';
import { deliver } from '../../bench/accuracy/subject.ts';
import { Random } from '../../ingest/records/random.ts';
import { deliveries, ORDERLY } from '../../ingest/simulator/deliver.ts';
import { playPlans } from '../../ingest/simulator/fleets.ts';
import { planOf } from '../../ingest/simulator/plan.ts';
import { run } from '../../server/cli/program.ts';
import type { ChangesAnswer } from '../../server/http/contract/changes.ts';
import type { MarkersAnswer } from '../../server/http/contract/markers.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const HOUR = 3_600_000;
const TO = Date.UTC(2026, 10, 20);
const FROM = TO - 48 * HOUR;
const AT = TO - 24 * HOUR;
let nowMs = TO;
let product: TestProduct;

beforeAll(async () => {
  product = await startProduct({ now: () => nowMs });
  const subject = { request: product.fetch, derive: product.derive };
  const arrivals = { kind: 'steady', meanGapMs: 30_000, burst: 1 } as const;
  const work = { fixedMs: 80, cpuMs: 20, sigma: 0.3 };
  const steady = planOf({ name: 'steady', arrivals, work });
  const [unchanged, deployed, patched, moved] = playPlans(
    [
      steady,
      planOf({ ...steady, name: 'deployed', deploys: [{ atMs: AT, memoryMb: 512 }], work: { ...work, cpuMs: 60 } }),
      planOf({ ...steady, name: 'patched', patches: [{ atMs: AT }] }),
      planOf({ ...steady, name: 'moved' }),
    ],
    1,
    FROM,
    TO,
  );
  // A function that became slower without a known change.
  const slower = { ...steady, name: 'slower', work: { ...work, fixedMs: 160 } };
  const [before] = playPlans([{ ...steady, name: 'slower' }], 2, FROM, AT);
  const [after] = playPlans([slower], 3, AT, TO);
  const streams = [unchanged, deployed, patched, moved, before, after].flatMap((one) => one?.streams ?? []);
  await deliver(subject, deliveries(streams, ORDERLY, new Random(1)));
  nowMs = TO - 10 * HOUR;
  await declareMoved([], 3);
  nowMs = TO - 5 * HOUR;
  await declareMoved(['subnet-1'], 30);
  nowMs = TO + HOUR;
  await product.derive();
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

const ask = (query: string): Promise<ChangesAnswer> =>
  product.json<ChangesAnswer>(`/api/v1/changes?from=${FROM}&to=${TO + HOUR}&${query}`);

/** Declares the subnets and the timeout of `moved` in the inventory. */
function declareMoved(subnetIds: readonly string[], timeoutSeconds: number): Promise<Response> {
  return product.fetch('/api/v1/inventory', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ functions: [{ id: idOf('moved'), subnetIds, timeoutSeconds }] }),
  });
}

test('lists a deploy, a runtime patch and a move into a VPC once each, with their effect', async () => {
  const answer = await ask('');
  expect(answer.items.map((item) => [item.function.name, item.kinds])).toEqual(
    expect.arrayContaining([
      ['deployed', ['memory']],
      ['patched', ['runtime-patch']],
      ['moved', ['vpc', 'timeout']],
    ]),
  );
  expect(answer.total).toBe(3);
  const deployed = answer.items.find((item) => item.function.name === 'deployed');
  expect(deployed).toMatchObject({
    source: 'logs',
    before: { memoryMb: 1024 },
    after: { memoryMb: 512 },
    verdict: 'worse',
  });
  expect(Math.abs(Date.parse(deployed?.at ?? '') - AT)).toBeLessThan(10 * 60_000);
  expect(deployed?.n?.before).toBeGreaterThan(2000);
  expect(deployed?.differences.find((one) => one.metric === 'p50')?.change).toBeGreaterThan(0.3);
  expect(answer.items.find((item) => item.function.name === 'patched')?.verdict).toBe('no-evidence');
});

test('says what each change did in one line, the worst first where that is asked', async () => {
  const answer = await ask('order=worst');
  expect(answer.verdicts).toEqual({ improved: 0, worse: 1, 'no-evidence': 2, 'insufficient-data': 0 });
  expect(answer.notJudged).toBe(0);
  expect(answer.items.map(({ function: { name } }) => name)[0]).toBe('deployed');
  expect(answer.items[0]).toMatchObject({ label: 'memory 1024 → 512 MB', isJudged: true });
  expect(answer.items[0]?.summary).toMatch(/^p95 \+\d+ %, p50 \+\d+ %/);
  const patched = answer.items.find((item) => item.function.name === 'patched');
  expect(patched?.summary).toMatch(/^p95 unchanged( \([+−].* %, .*\))?, cost unchanged/);
  // Newest first without it.
  const times = (await ask('')).items.map(({ at }) => at);
  expect(times).toEqual(times.toSorted().toReversed());
});

test('changes are read in pages', async () => {
  const whole = await ask('');
  const first = await ask('limit=2');
  expect([first.items.length, first.total, first.truncated]).toEqual([2, 3, true]);
  const second = await ask(`limit=2&cursor=${first.nextCursor}`);
  expect(second.nextCursor).toBeNull();
  expect([...first.items, ...second.items].map(({ at }) => at)).toEqual(whole.items.map(({ at }) => at));
  const refused = await product.fetch(`/api/v1/changes?cursor=x`);
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('cursor')]);
});

test('groups the functions that received one runtime version', async () => {
  const [patch, ...more] = (await ask('')).runtimePatches;
  expect(more).toEqual([]);
  expect(patch?.functions.map((one) => one.name)).toEqual(['patched']);
  expect(patch?.verdicts).toEqual({ improved: 0, worse: 0, 'no-evidence': 1, 'insufficient-data': 0 });
});

test('detects a level shift without a known change', async () => {
  const answer = await ask(`function=${idOf('slower')}`);
  expect(answer.items.length).toBe(1);
  expect(answer.items[0]).toMatchObject({ source: 'level', verdict: 'worse' });
  expect(answer.items[0]?.kinds).toContain('p50');
  expect(Math.abs(Date.parse(answer.items[0]?.at ?? '') - AT)).toBeLessThanOrEqual(2 * HOUR);
  expect((await ask(`function=${idOf('steady')}`)).items).toEqual([]);
  // A level shift at a known change is not listed separately.
  expect((await ask(`function=${idOf('deployed')}`)).items.map((item) => item.source)).toEqual(['logs']);
});

test('detects VPC and timeout changes from the inventory', async () => {
  const answer = await ask(`function=${idOf('moved')}`);
  expect(answer.items).toMatchObject([
    {
      source: 'inventory',
      kinds: ['vpc', 'timeout'],
      before: { subnetIds: [], timeoutMs: 3000 },
      after: { subnetIds: ['subnet-1'], timeoutMs: 30_000 },
      verdict: 'no-evidence',
    },
  ]);
  expect(Date.parse(answer.items[0]?.at ?? '')).toBe(TO - 5 * HOUR);
});

test('compares the newest fifty changes of an answer, and says which it did not', async () => {
  const asked = nowMs;
  for (let at = 0; at < 53; at += 1) {
    nowMs = TO + HOUR + (at + 1) * 60_000;
    const body = { functions: [{ id: idOf('many'), timeoutSeconds: at + 1 }] };
    const headers = { 'content-type': 'application/json' };
    await product.fetch('/api/v1/inventory', { method: 'PUT', headers, body: JSON.stringify(body) });
  }
  const path = `/api/v1/changes?from=${TO + HOUR}&to=${TO + 3 * HOUR}`;
  const answer = await product.json<ChangesAnswer>(`${path}&limit=60`);
  expect([answer.total, answer.items.length, answer.notJudged]).toEqual([52, 52, 2]);
  expect(answer.items.map(({ isJudged }) => isJudged).lastIndexOf(true)).toBe(49);
  expect(answer.items.at(-1)).toMatchObject({
    ...{ isJudged: false, n: null, verdict: 'insufficient-data' },
    summary: 'Not judged: an answer compares its newest 50 changes',
  });
  expect(answer.verdicts['insufficient-data']).toBe(50);
  expect(answer.items[0]?.summary).toBe('Not enough data yet, because nothing ran before the change');
  nowMs = asked;
});

test('chart markers: changes, alerts and silent sources, of the fleet or of a function', async () => {
  const marks = async (query: string): Promise<MarkersAnswer['items']> =>
    (await product.json<MarkersAnswer>(`/api/v1/markers?from=${FROM}&to=${TO + 4 * HOUR}&${query}`)).items;
  const put = async (id: string, signal: object, threshold: number): Promise<void> => {
    const rule = { id, name: `Rule ${id}`, signal, threshold, window: '5m', settle: '0s', evaluationInterval: '10s' };
    const response = await product.fetch(`/api/v1/alerts/rules/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    });
    expect(response.status).toBe(200);
  };
  await put('silent', { kind: 'ingestSilence' }, 60);
  const asked = nowMs;
  nowMs = TO + 3 * HOUR;
  await product.alerts.round();
  const all = await marks('');
  expect(all.map((one) => one.kind)).toEqual(expect.arrayContaining(['memory', 'runtime-patch', 'configuration']));
  const memory = all.find((one) => one.kind === 'memory');
  expect(memory).toMatchObject({ label: 'memory 1024 → 512 MB', until: null, function: { name: 'deployed' } });
  expect(Math.abs(Date.parse(memory?.at ?? '') - AT)).toBeLessThan(10 * 60_000);
  const gap = all.find((one) => one.label === 'Rule silent');
  expect(gap).toMatchObject({ kind: 'ingest-gap', until: null, at: new Date(nowMs).toISOString() });
  // An ended event has an end time; charts of a function show its own markers and those of the fleet.
  await product.alerts.removeRule('silent');
  const own = await marks(`function=${idOf('deployed')}`);
  expect(own.filter((one) => !['ingest-gap', 'alert'].includes(one.kind)).map((one) => one.label)).toEqual([
    'memory 1024 → 512 MB',
  ]);
  expect((await marks('')).find((one) => one.label === 'Rule silent')?.until).toBe(new Date(nowMs).toISOString());
  // The alert fired during the whole queried hour, and before and after it.
  await put('silent', { kind: 'ingestSilence' }, 60);
  await product.alerts.round();
  const firedMs = nowMs;
  nowMs = firedMs + 5 * HOUR;
  await product.alerts.removeRule('silent');
  const between = await product.json<MarkersAnswer>(
    `/api/v1/markers?from=${firedMs + 2 * HOUR}&to=${firedMs + 3 * HOUR}`,
  );
  expect(between.items.find((one) => one.label === 'Rule silent')).toMatchObject({
    at: new Date(firedMs).toISOString(),
    until: new Date(nowMs).toISOString(),
  });
  expect((await product.json<MarkersAnswer>(`/api/v1/markers?from=${FROM}&to=${TO}&limit=1`)).truncated).toBe(true);
  nowMs = asked;
});

test('errors name the invalid parameter', async () => {
  for (const query of ['limit=0', 'function=nobody', 'from=yesterday']) {
    const response = await product.fetch(`/api/v1/changes?${query}`);
    expect([400, 404]).toContain(response.status);
    expect(await response.text()).toContain(query.includes('nobody') ? 'nobody' : (query.split('=')[0] ?? ''));
  }
});

const AFTER = ['--deployed-after', new Date(AT - HOUR).toISOString()] as const;

describe('in a pipeline', () => {
  /** Paths of the requests, in order. */
  const asked: string[] = [];
  let busy = 0;
  const answer: RequestListener = (request, response) => {
    if (busy > 0) {
      busy -= 1;
      response.writeHead(503).end('{}');
      return;
    }
    asked.push(`${request.headers.authorization} ${request.url}`);
    const { method = 'GET' } = request;
    void (async () => {
      const body = method === 'GET' ? null : Buffer.concat(await request.toArray());
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      const answered = await product.fetch(request.url ?? '', { method, body, headers });
      response.writeHead(answered.status, { 'content-type': 'application/json' }).end(await answered.text());
    })();
  };
  const server = createServer(answer);
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const thermocline = async (command: string, ...args: readonly string[]) => {
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const failed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const code = await run(['node', 'thermocline', command, '--url', url, '--token', 't', ...args]);
    const text = (spy: typeof written): string => spy.mock.calls.map(([chunk]) => String(chunk)).join('');
    const result = { code, out: text(written), err: text(failed) };
    written.mockRestore();
    failed.mockRestore();
    return result;
  };
  const gate = (...args: readonly string[]) => thermocline('gate', ...args);

  test('stops a pipeline whose deployment made a function slower', async () => {
    const worse = await gate(idOf('deployed'), '--since-deploy', ...AFTER, '--max-regression', 'p50=10%');
    expect(worse).toMatchObject({ code: 1, err: '' });
    expect(worse.out).toMatch(/^Worse: .*deployed, memory 1024 → 512 MB, 2026-11-19T/);
    expect(worse.out).toMatch(/\n {2}worse Duration p50 .* limit \+10 %\n/);
    expect(asked.at(-1)).toBe(
      `Bearer t /api/v1/changes?function=${encodeURIComponent(idOf('deployed'))}&from=${encodeURIComponent(AFTER[1])}`,
    );
    // A limit that is certainly kept.
    expect(await gate(idOf('deployed'), '--since-deploy', ...AFTER, '--max-regression', 'p50=500%')).toMatchObject({
      code: 0,
    });
  });

  test('an older deployment is not that of the pipeline', async () => {
    const open = await gate(idOf('deployed'), '--since-deploy', '--cost', '10%');
    expect([open.code, open.out]).toEqual([2, expect.stringContaining('No deployment is known since now-1d')]);
  });

  test('a function without a deployment is not decided', async () => {
    const open = await gate(idOf('steady'), '--since-deploy', '--cost', '10%', '--format', 'json');
    expect(open.code).toBe(2);
    expect(JSON.parse(open.out)).toMatchObject({
      outcome: 'open',
      reason: 'No deployment is known since now-1d',
      checks: [],
    });
  });

  test.each<readonly [string, readonly string[], string]>([
    ['no limit', ['--since-deploy'], 'Give at least one limit'],
    ['no periods', ['--cost', '1%'], 'Give --since-deploy, or --against'],
    [
      'two limits of a metric',
      ['--since-deploy', '--cost', '1%', '--max-regression', 'cost=2%'],
      'A metric has two limits',
    ],
    ['an option that does not exist', ['--sinse-deploy', '--cost', '1%'], 'unknown option'],
    ['a time that is none', ['--since-deploy', '--deployed-after', 'today', '--cost', '1%'], 'expected a time such as'],
    ['a limit without a unit', ['--since-deploy', '--cost', '1'], 'expected a percentage such as 20%'],
  ])('%s is no decision: exit code 3', async (_, args, message) => {
    const refused = await gate(idOf('deployed'), ...args);
    expect([refused.code, refused.out]).toEqual([3, '']);
    expect(refused.err).toContain(message);
  });

  test('the last day against the week before it, without a gap', async () => {
    const open = await gate(idOf('steady'), '--against', '7d', '--cost', '10%');
    // The process's clock is not that of the data: nothing ran.
    expect(open.code).toBe(2);
    const query = new URL(asked.at(-1)?.split(' ')[2] ?? '', url).searchParams;
    const [before = [], after = []] = ['before', 'after'].map((name) =>
      (query.get(name) ?? '').split('/').map((time) => Date.parse(time)),
    );
    const [from, end] = [before[0] ?? 0, after[1] ?? 0];
    expect([(before[1] ?? 0) - from, (after[0] ?? 0) - from, end - from]).toEqual([168 * HOUR, 168 * HOUR, 192 * HOUR]);
  });

  test('a deployment that was reported is shown with the change, and the gate finds it by its commit', async () => {
    const movedAt = new Date(TO - 5 * HOUR).toISOString();
    const args = [
      '--function',
      'mov*',
      '--commit',
      '9F2c1d7be04a',
      '--author',
      'Ada',
      '--at',
      movedAt,
      '--id',
      'run-1',
    ];
    const link = ['--link', 'https://example.com/c/9f2c1d7'];
    busy = 1;
    expect(await thermocline('deploy-marker', ...args, ...link)).toEqual({
      ...{ code: 0, err: '', out: `Reported the deployment of mov* at ${movedAt} (id run-1).\n` },
    });
    // Sent again, it is the same one; another with its id is refused.
    expect((await thermocline('deploy-marker', ...args, ...link)).code).toBe(0);
    expect(await thermocline('deploy-marker', ...args)).toMatchObject({
      ...{ code: 1, out: '', err: expect.stringContaining('Another marker has the id run-1') },
    });
    const deploy = {
      ...{ id: 'run-1', at: movedAt, functions: ['mov*'], label: null, version: null, commit: '9F2c1d7be04a' },
      ...{ author: 'Ada', url: 'https://example.com/c/9f2c1d7', sender: expect.any(String) },
    };
    const { items } = await ask(`function=${idOf('moved')}`);
    expect(items.map((item) => [item.kinds, item.deploy])).toContainEqual([['vpc', 'timeout'], deploy]);
    expect((await ask(`function=${idOf('deployed')}`)).items[0]?.deploy).toBe(null);
    const marks = await product.json<MarkersAnswer>(`/api/v1/markers?from=${FROM}&to=${TO}&function=${idOf('moved')}`);
    expect(marks.items.filter((one) => one.deploy !== null)).toEqual([
      { at: movedAt, until: null, kind: 'deploy', label: 'deployment (9F2c1d7)', function: null, deploy },
    ]);
    const found = await gate(idOf('moved'), '--since-deploy', ...AFTER, '--commit', '9f2c1d7', '--cost', '500%');
    expect(found.out).toContain(`moved, vpc, timeout, ${movedAt}`);
    const other = await gate(idOf('moved'), '--since-deploy', ...AFTER, '--commit', 'beef', '--cost', '500%');
    expect([other.code, other.out]).toEqual([
      2,
      expect.stringContaining('No deployment of commit beef is known since'),
    ]);
    const removed = await product.fetch('/api/v1/markers/run-1', { method: 'DELETE' });
    expect([removed.status, (await product.fetch('/api/v1/markers/run-1', { method: 'DELETE' })).status]).toEqual([
      200, 404,
    ]);
    expect((await ask(`function=${idOf('moved')}`)).items.every((one) => one.deploy === null)).toBe(true);
  });

  test.each([
    [{ at: '2024-01-01T00:00:00Z' }, 'at', 'expected a time at most 400 days ago and at most 5 minutes ahead'],
    [
      { at: new Date(TO + 48 * HOUR).toISOString() },
      'at',
      'expected a time at most 400 days ago and at most 5 minutes ahead',
    ],
    [{ url: 'javascript:alert(1)' }, 'url', 'expected an address that begins with https:// or http://'],
    [{ id: 'a b' }, 'id', 'expected 1 to 100 letters, digits, or any of . : - _'],
    [{ commit: 'a\u202eb' }, 'commit', 'expected no control, direction or invisible characters'],
    [{ functions: Array.from({ length: 21 }, () => '*') }, 'functions', 'Too big: expected array to have <=20 items'],
    [{ functions: ['a*b*c*d*'] }, 'functions.0', 'expected at most three * in a pattern'],
  ])('a report with %o is refused, naming the field', async (given, field, message) => {
    const answer = await product.fetch('/api/v1/markers', {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(given) },
    });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ errors: [{ field, message }] }),
    ]);
  });

  test('a busy server is asked again', async () => {
    busy = 1;
    expect(await gate(idOf('deployed'), '--since-deploy', ...AFTER, '--max-regression', 'p50=10%')).toMatchObject({
      code: 1,
    });
    expect(busy).toBe(0);
  });

  describe('--wait', () => {
    const LATER = ['--since-deploy', ...AFTER, '--max-regression', 'p50=10%', '--wait', '10s'] as const;

    /** Runs the gate, and acts on each line that it writes to standard error. Ends by itself: the gate has a deadline. */
    const waiting = async (at: string, onLine: (line: string) => void, args: readonly string[] = LATER) => {
      const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
      const lines: string[] = [];
      const failed = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
        lines.push(String(chunk));
        onLine(String(chunk));
        return true;
      });
      const code = await run(['node', 'thermocline', 'gate', '--url', at, '--token', 't', idOf('deployed'), ...args]);
      const out = written.mock.calls.map(([chunk]) => String(chunk)).join('');
      written.mockRestore();
      failed.mockRestore();
      return { code, out, lines };
    };

    test('a server that is away for a while is waited for', async () => {
      const restarted = createServer(answer);
      await new Promise<void>((resolve) => restarted.listen(0, '127.0.0.1', resolve));
      const { port } = restarted.address() as AddressInfo;
      await new Promise((resolve) => restarted.close(resolve));
      const at = `http://127.0.0.1:${port}`;
      const { code, out, lines } = await waiting(at, () => {
        if (!restarted.listening) restarted.listen(port, '127.0.0.1');
      });
      await new Promise((resolve) => restarted.close(resolve));
      expect([code, out]).toEqual([1, expect.stringMatching(/^Worse: /)]);
      expect(lines[0]).toMatch(
        new RegExp(
          `^Cannot reach ${at}: the connection was refused .ECONNREFUSED.; asking again for up to [\\d.]+ s\n$`,
        ),
      );
    });

    test('a function that was deployed for the first time is waited for until its lines arrive', async () => {
      let isKnown = false;
      const fresh = createServer((request, response) => {
        if (isKnown) answer(request, response);
        else response.writeHead(404).end('{"title":"Not found","detail":"No function is named deployed"}');
      });
      await new Promise<void>((resolve) => fresh.listen(0, '127.0.0.1', resolve));
      const { code, lines } = await waiting(`http://127.0.0.1:${(fresh.address() as AddressInfo).port}`, () => {
        isKnown = true;
      });
      await new Promise((resolve) => fresh.close(resolve));
      expect([code, lines]).toEqual([
        1,
        [expect.stringMatching(/No function is named deployed.*; asking again for up to /)],
      ]);
    });

    test('the time is over while the server is away: no decision', async () => {
      const gone = createServer(answer);
      await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
      const at = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
      // The first answer is that there is not enough data.
      const none = ['--since-deploy', '--cost', '10%', '--wait', '1s'];
      const { code, out, lines } = await waiting(at, () => gone.close(), none);
      expect([code, out]).toEqual([3, '']);
      expect(lines[0]).toMatch(/^Not enough data yet; asking again for up to /);
      expect(lines.at(-1)).toBe(`Cannot reach ${at}: the connection was refused (ECONNREFUSED)\n`);
    });

    test('the time is over without enough data: not decided', async () => {
      const { code, out, lines } = await waiting(url, () => undefined, [
        '--since-deploy',
        '--cost',
        '10%',
        '--wait',
        '1s',
      ]);
      expect([code, out]).toEqual([2, expect.stringContaining('No deployment is known since now-1d')]);
      expect(lines.length).toBeGreaterThan(1);
    });

    test('an address that is wrong is not waited for', async () => {
      const { code, lines } = await waiting(url.replace('http:', 'https:'), () => undefined);
      expect([code, lines]).toEqual([3, [expect.stringContaining('the TLS handshake failed; is it http:?')]]);
    });
  });

  test('a file that cannot be written is no decision', async () => {
    const refused = await gate(idOf('deployed'), '--since-deploy', '--cost', '1%', '--output', '/nowhere/gate.xml');
    expect(refused).toMatchObject({ code: 3, err: expect.stringMatching(/^--output: ENOENT/) });
  });

  test('neither is an unknown function', async () => {
    expect(await gate('nobody', '--since-deploy', '--cost', '1%')).toMatchObject({ code: 3, out: '' });
  });
});
