/** The demo as a server runs it: loaded, moving, stopped and removed; and what its pages are about. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OUTBOUND, putReceiver } from '../support/alert-routes.ts';
import { pause } from '../support/drill.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct, startServer, temporaryFolder } from '../support/product.ts';

const CHECKOUT = encodeURIComponent('000000000000:eu-west-1:checkout');
const headers = { authorization: `Bearer ${ADMIN}` };
let folder: string;
let server: RunningServer;

beforeAll(async () => {
  folder = temporaryFolder();
  server = await startServer(folder);
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

async function ask<T>(path: string, method = 'GET'): Promise<T> {
  return (await (await fetch(`${server.url}/api/v1${path}`, { method, headers })).json()) as T;
}

interface Demo {
  readonly runningSince: string | null;
  readonly isStored: boolean;
  readonly failure: string | null;
}
const demo = () => ask<Demo>('/demo');
const accepted = async () => (await ask<{ accepted: number }>('/ingest/status')).accepted;

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  // Each question reads weeks of the fleet.
  while (!(await isTrue())) await pause(1000);
}

describe('started by the server', () => {
  test('it loads, has changes that are worse, better and unchanged, and then moves', async () => {
    expect(await demo()).toEqual({ runningSince: null, isStored: false, failure: null });
    expect(await ask('/demo', 'POST')).toEqual({});
    expect(await ask('/demo', 'POST')).toMatchObject({ status: 409, code: 'conflict' });
    // The load tests are sent last.
    await until(async () => (await ask<{ items?: unknown[] }>(`/load-tests?function=${CHECKOUT}`)).items?.length === 2);
    expect(await demo()).toEqual({ runningSince: expect.any(String), isStored: true, failure: null });
    const loaded = await accepted();
    await until(async () => (await accepted()) > loaded);
    // Attribution finds the changes in the lines.
    interface Changes {
      readonly items: readonly {
        readonly function: { readonly name: string };
        readonly label: string;
        readonly verdict: string;
      }[];
    }
    const day = '/changes?limit=50&from=now-24h';
    const found = async (name: string, label: string, path = day): Promise<string | undefined> =>
      (await ask<Changes>(path)).items.find((one) => one.function.name === name && one.label === label)?.verdict;
    const verdictOf = async (name: string, label: string, path = day): Promise<string | undefined> => {
      await until(async () => (await found(name, label, path)) !== undefined);
      return found(name, label, path);
    };
    expect(await verdictOf('checkout', 'version 42', '/changes?limit=50')).toBe('worse');
    expect(await verdictOf('search', 'memory 1024 → 2048 MB')).toBe('worse');
    expect(await verdictOf('checkout', 'version 43')).toBe('improved');
    // Of three that change nothing, a test at 5 % does not find a difference in all.
    const unchanged = [
      await verdictOf('orders-api', 'version 13'),
      await verdictOf('quotes', 'version 8'),
      await verdictOf('auth', 'runtime patch'),
    ];
    expect(unchanged).toContain('no-evidence');
    // Three calendar months: of functions that run by a schedule.
    interface Cost {
      readonly items: readonly { readonly name: string }[];
    }
    const months = await ask<Cost>('/functions?from=now-70d&to=now-40d');
    expect(months.items.map(({ name }) => name).toSorted()).toEqual([
      'catalog-export',
      'invoice-pdf',
      'report-nightly',
    ]);
    // The fixed error is resolved, so that its next failure is a regression.
    interface Errors {
      readonly items: readonly { readonly errorType: string | null; readonly state: string }[];
    }
    await until(async () =>
      (await ask<Errors>('/errors?from=now-30d')).items.some(
        ({ errorType, state }) => errorType === 'TypeError' && (state === 'resolved' || state === 'regressed'),
      ),
    );
  });

  test('it stops, and goes away with what it sent', async () => {
    expect(await ask('/demo/stop', 'POST')).toEqual({});
    expect(await demo()).toEqual({ runningSince: null, isStored: true, failure: null });
    expect(await ask('/demo', 'DELETE')).toEqual({});
    expect(await demo()).toEqual({ runningSince: null, isStored: false, failure: null });
    expect((await ask<{ items: unknown[] }>('/functions?from=now-70d')).items).toEqual([]);
    expect((await ask<{ items: unknown[] }>('/inventory')).items).toEqual([]);
    expect((await ask<{ items: unknown[] }>('/load-tests')).items).toEqual([]);
  });
});

test('a process that cannot reach the server says why it ended', async () => {
  // This product has no discovery file, and holds the lock of its folder.
  const product = await startProduct();
  await product.fetch('/api/v1/demo', { method: 'POST' });
  await until(async () => (await product.json<Demo>('/api/v1/demo')).runningSince === null);
  expect((await product.json<Demo>('/api/v1/demo')).failure).not.toBeNull();
  await product.close();
  removeFolder(product.folder);
});

describe('the setup', () => {
  test('each step is done by what it is about, and not by the demo', async () => {
    const product = await startProduct({ environment: OUTBOUND });
    const send = (path: string, method: string, body: object) =>
      product.fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const done = async () =>
      Object.entries(await product.json<Record<string, boolean>>('/api/v1/setup'))
        .filter(([, isDone]) => isDone)
        .map(([step]) => step);
    const facts = (account: string) => ({ functions: [{ id: `${account}:eu-west-1:f`, architecture: 'arm64' }] });
    await send('/api/v1/inventory', 'PUT', facts('000000000000'));
    expect(await done()).toEqual([]);
    await send('/api/v1/inventory', 'PUT', facts('111122223333'));
    expect(await done()).toEqual(['inventory']);
    const retention = { rawDays: 7, detailDays: 35, historyDays: 400, quarantineDays: 30 };
    await send('/api/v1/settings', 'PUT', { retention });
    expect(await done()).toEqual(['inventory', 'retention']);
    await putReceiver(product, 'chat', 'http://127.0.0.1:1/hook');
    // Nothing is sent to a receiver that no rule and no route names.
    expect(await done()).toEqual(['inventory', 'retention']);
    const routes = { routes: [{ receiver: 'chat' }], inhibitions: [] };
    expect((await send('/api/v1/alerts/routing', 'PUT', routes)).status).toBe(200);
    expect(await done()).toEqual(['inventory', 'retention', 'alert']);
    await send('/api/v1/password', 'PUT', { password: 'correct horse battery' });
    expect(await done()).toEqual(['inventory', 'retention', 'alert', 'password']);
    const message = JSON.stringify({ requestId: 'c', timestamp: 1, records: [] });
    await product.fetch('/ingest/firehose', {
      method: 'POST',
      headers: { 'x-amz-firehose-request-id': 'c', 'content-type': 'application/json' },
      body: message,
    });
    expect(await done()).toEqual(['connected', 'inventory', 'retention', 'alert', 'password']);
    await product.close();
    removeFolder(product.folder);
  });
});
