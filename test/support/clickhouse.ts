/** ClickHouse for tests: the real engine (npm `chdb`) in a separate process, installed on first use. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import type { ClickHouseOptions } from '../../server/storage/clickhouse/connection.ts';
import { connect } from '../../server/storage/clickhouse/connection.ts';
import { removeFolder, temporaryFolder } from './product.ts';

/** Half a gigabyte, so it is a dependency neither of the product nor of its other tests. */
const PACKAGE = 'chdb@3.4.0';
const root = join(import.meta.dirname, '../..');
const home = join(root, 'node_modules/.clickhouse');

function install(): void {
  if (existsSync(join(home, 'node_modules/chdb'))) return;
  mkdirSync(home, { recursive: true });
  execFileSync(
    'npm',
    ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', PACKAGE],
    { stdio: ['ignore', 2, 2] },
  );
}

export interface TestClickHouse {
  readonly options: ClickHouseOptions;
  readonly client: ClickHouseClient;
  /** Settings of a product that uses this engine. */
  readonly settings: Readonly<Record<string, string>>;
  rows<T = Record<string, unknown>>(query: string): Promise<T[]>;
  /** Process id of the running engine. */
  pid(): number | undefined;
  /** Kills the process with SIGKILL; it stays down until restarted. */
  kill(): Promise<void>;
  /** Kills the process with SIGKILL and restarts it on the same port and data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startClickHouse(): Promise<TestClickHouse> {
  install();
  const folder = temporaryFolder();
  let engine = await start(folder);
  const options: ClickHouseOptions = {
    url: `http://127.0.0.1:${engine.port}`,
    user: 'thermocline',
    password: 'a password',
    database: 'thermocline',
    cluster: null,
    requestTimeoutMs: 20_000,
  };
  const first = connect({ ...options, database: 'default' });
  await first.command({ query: 'CREATE DATABASE thermocline' });
  await first.close();
  const client = connect(options);
  return {
    options,
    client,
    settings: {
      THERMOCLINE_STORE: 'clickhouse',
      THERMOCLINE_CLICKHOUSE_URL: options.url,
      THERMOCLINE_CLICKHOUSE_USER: options.user,
      THERMOCLINE_CLICKHOUSE_PASSWORD: options.password,
      THERMOCLINE_CLICKHOUSE_DATABASE: options.database,
    },
    rows: async <T>(query: string) => (await client.query({ query, format: 'JSONEachRow' })).json<T>(),
    pid: () => engine.process.pid,
    kill: () => ended(engine.process, 'SIGKILL'),
    restart: async () => {
      await ended(engine.process, 'SIGKILL');
      engine = await start(folder, engine.port);
    },
    close: async () => {
      await client.close();
      await ended(engine.process, 'SIGTERM');
      removeFolder(folder);
    },
  };
}

async function start(folder: string, port = 0): Promise<{ readonly process: ChildProcess; readonly port: number }> {
  const shim = join(import.meta.dirname, 'clickhouse-shim.mjs');
  const child = spawn(process.execPath, [shim, home, join(folder, 'data'), 'thermocline', 'a password', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
  });
  const listening = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => resolve(Number(/listening (\d+)/.exec(chunk.toString())?.[1])));
    child.once('exit', (code) => reject(new Error(`the engine ended with ${code}`)));
  });
  return { process: child, port: listening };
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const end = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  return end;
}
