/** `thermocline delete-lines`: beside a running server, and on a folder that no server uses. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogsAnswer } from '../../server/http/contract/logs.ts';
import { runCommand } from '../support/command.ts';
import { message, record, send } from '../support/firehose.ts';
import { eventsOf } from '../support/log-events.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct, startServer, temporaryFolder } from '../support/product.ts';

const AT = Date.now() - 3_600_000;
const folder = temporaryFolder();

async function deliver(product: TestProduct): Promise<void> {
  const events = eventsOf([
    [AT, 'one'],
    [AT + 1, 'two'],
    [AT + 2, 'three'],
  ]);
  await send(product, [record(message(events, { logGroup: '/aws/lambda/shop' }))]);
}

beforeAll(async () => {
  const product = await startProduct({ folder });
  await deliver(product);
  await product.close();
});
afterAll(() => removeFolder(folder));

const lines = ['delete-lines', '--function', 'shop', '--from', new Date(AT + 1).toISOString()];

test('without a terminal to ask, nothing is deleted unless --yes is given', async () => {
  const { code, stdout, stderr } = await runCommand(folder, lines);
  expect(code).not.toBe(0);
  expect(stdout).toBe('');
  const [from, to] = [AT + 1, AT + 2].map((ms) => new Date(ms).toISOString());
  expect(stderr).toContain(`Delete 2 lines (8 B) from ${from} to ${to}? Add --yes to confirm.`);
});

test('a scope of nothing, a request id that is none and an unknown function are refused', async () => {
  for (const [args, expected] of [
    [[], 'expected at least one of function, request, from and to'],
    [['--request', 'x'], 'expected a request id'],
    [['--function', 'nobody'], 'nobody'],
    [['--from', 'yesterday'], 'from: expected epoch milliseconds, ISO 8601, or now-24h'],
  ] as const) {
    const { code, stdout, stderr } = await runCommand(folder, ['delete-lines', ...args, '--yes']);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(expected);
  }
});

test('on a folder that no server uses, then beside a running server', async () => {
  const first = await runCommand(folder, [...lines, '--yes']);
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/^Deleted 2 lines from .+\.\n$/);
  const server = await startServer(folder);
  try {
    const search = async (): Promise<readonly string[]> => {
      const response = await fetch(`${server.url}/api/v1/logs?from=now-2h&function=shop`, {
        headers: { authorization: `Bearer ${ADMIN}` },
      });
      return ((await response.json()) as LogsAnswer).items.map((item) => item.message);
    };
    expect(await search()).toEqual(['one']);
    const second = await runCommand(folder, ['delete-lines', '--function', 'shop', '--yes']);
    expect([second.code, second.stderr]).toEqual([0, '']);
    expect(second.stdout).toBe(`Deleted 1 line from the server at ${server.url}.\n`);
    expect(await search()).toEqual([]);
    expect((await runCommand(folder, ['delete-lines', '--function', 'shop'])).stdout).toBe('No lines to delete.\n');
  } finally {
    await server.stop();
  }
});
