/**
 * Starts what the browser tests share: a store with demo data and a firing alert (`demo`, read only; `template`, a copy for
 * tests that change things), an empty server, and a server that is connected but has no Lambda log lines yet.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { pause } from './drill.ts';
import type { RunningServer } from './product.ts';
import { ADMIN, removeFolder, runCli, startServer, temporaryFolder } from './product.ts';

/** The machine may be busy with something else: a query that exceeds its deadline is an error in the console of a page. */
const PATIENT = { THERMOCLINE_READ_DEADLINE_MS: '300000' };

export interface Sites {
  /** URLs of the servers. */
  readonly demo: string;
  readonly empty: string;
  readonly waiting: string;
  /** Data folder with the demo data and a firing alert, which no process uses. */
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    sites: Sites;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = temporaryFolder();
  const at = (name: string): string => join(root, name);
  const demo = await runCli(at('template'), ['demo']);
  if (demo.code !== 0) throw new Error(`demo: ${demo.stderr}`);
  const first = await startServer(at('template'));
  await somethingFires(first);
  await failuresAreGrouped(first);
  await first.stop();
  cpSync(at('template'), at('demo'), { recursive: true });
  const servers = await Promise.all(['demo', 'empty', 'waiting'].map((name) => startServer(at(name), PATIENT)));
  const [demoUrl = '', empty = '', waiting = ''] = servers.map(({ url }) => url);
  await connectOnly(waiting);
  project.provide('sites', { demo: demoUrl, empty, waiting, template: at('template') });
  return async () => {
    for (const server of servers) await server.stop();
    removeFolder(root);
  };
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
  if (made.status !== 200) throw new Error(`rule: ${await made.text()}`);
  const firing = async (): Promise<number> => {
    const answer = await fetch(`${server.url}/api/v1/alerts/instances`, { headers });
    return ((await answer.json()) as { items: unknown[] }).items.length;
  };
  while ((await firing()) === 0) await pause(250);
}

/** Waits until the groups of the demo's failures are derived: a page that was loaded before does not show them. */
async function failuresAreGrouped(server: RunningServer): Promise<void> {
  const grouped = async (): Promise<number> => {
    const answer = await fetch(`${server.url}/api/v1/errors`, { headers: { authorization: `Bearer ${ADMIN}` } });
    return ((await answer.json()) as { items: unknown[] }).items.length;
  };
  while ((await grouped()) === 0) await pause(1000);
}

/** Sends an empty delivery, as Firehose does to test its endpoint. */
async function connectOnly(url: string): Promise<void> {
  const answer = await fetch(`${url}/ingest/firehose`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}`, 'x-amz-firehose-request-id': 'c', 'content-type': 'application/json' },
    body: JSON.stringify({ requestId: 'c', timestamp: 1, records: [] }),
  });
  if (answer.status !== 200) throw new Error(`delivery: ${await answer.text()}`);
}
