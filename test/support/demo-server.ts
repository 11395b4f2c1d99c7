/** Server with demo data and a firing rule, for browser tests. */
import { expect } from 'vitest';
import { pause } from './drill.ts';
import type { RunningServer } from './product.ts';
import { ADMIN, runCli, startServer } from './product.ts';

export const DEMO_FUNCTION = '000000000000:eu-west-1:webhook-fanout';

export async function startDemo(folder: string): Promise<RunningServer> {
  const server = await startServer(folder);
  expect((await runCli(folder, ['demo'])).code).toBe(0);
  await somethingFires(server);
  return server;
}

/** Adds a rule that fires on the demo data and waits until it does. */
async function somethingFires(server: RunningServer): Promise<void> {
  const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
  const rule = {
    id: 'anything',
    name: 'Invocations at all',
    severity: 'critical',
    signal: { kind: 'metric', metric: 'invocations', aggregation: 'sum' },
    threshold: 0,
    groupBy: ['function'],
    window: '1w',
    settle: '0s',
    evaluationInterval: '10s',
  };
  const made = await fetch(`${server.url}/api/v1/alerts/rules/anything`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(rule),
  });
  expect(made.status, await made.text()).toBe(200);
  const firing = async (): Promise<number> => {
    const answer = await fetch(`${server.url}/api/v1/alerts/instances`, { headers });
    return ((await answer.json()) as { items: unknown[] }).items.length;
  };
  while ((await firing()) === 0) await pause(250);
}
