/** Starts the product for tests: in this process, with requests to its app, or as a real server process. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { ClockSource } from '../../server/clock/guarded-clock.ts';
import type { Capacity } from '../../server/config/capacity.ts';
import { readConfig } from '../../server/config/environment.ts';
import type { Product } from '../../server/roles/serve.ts';
import { compose } from '../../server/roles/serve.ts';

export const ADMIN = 'test-admin-token-0123456789abcdef';
const dist = new URL('../../dist/', import.meta.url);

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'thermocline-test-'));
}

const MEMORY_FILES = '/dev/shm';
const ROOM_BYTES = 1_073_741_824;

/**
 * A folder in memory where there is room, for tests that commit often and do not depend on what the disk does: a disk that
 * other processes use makes each commit wait.
 */
export function memoryFolder(): string {
  if (!existsSync(MEMORY_FILES)) return temporaryFolder();
  const { bavail, bsize } = statfsSync(MEMORY_FILES);
  return bavail * bsize < ROOM_BYTES ? temporaryFolder() : mkdtempSync(join(MEMORY_FILES, 'thermocline-test-'));
}

export interface TestProduct extends Product {
  readonly folder: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  json<T = Record<string, unknown>>(path: string, init?: RequestInit): Promise<T>;
  /** Attributes every hour that has settled by the product's clock. */
  derive(): Promise<void>;
}

/** Starts the product in this process, on a new folder (or `folder`) and with the clock `now`. */
export async function startProduct(
  options: {
    readonly folder?: string;
    readonly now?: () => number;
    readonly monotonicNow?: () => number;
    /** Clocks of the machine, instead of a time that is right by definition. */
    readonly clock?: ClockSource;
    readonly environment?: Record<string, string>;
    /** Sizes that differ from those of this machine. */
    readonly capacity?: Partial<Capacity>;
    /** How long the integrity check at the start is waited for, ms; by default it is not. */
    readonly checkMs?: number;
  } = {},
): Promise<TestProduct> {
  const folder = options.folder ?? memoryFolder();
  const config = readConfig({
    THERMOCLINE_DATA: folder,
    THERMOCLINE_ADMIN_TOKEN: ADMIN,
    THERMOCLINE_LOG_LEVEL: 'silent',
    // A reader thread takes a fifth of the start.
    THERMOCLINE_READERS: '1',
    ...options.environment,
  });
  const product = await compose({
    // No test in this process needs code that is compiled before the first body: a decode thread compiles it for 0.4 s.
    config: { ...config, capacity: { ...config.capacity, warmsUpDecoders: false, ...options.capacity } },
    assetPaths: {
      program: new URL('main.js', dist),
      workers: new URL('workers/', dist),
      migrations: new URL('../migrations/', dist),
      kits: { deploy: new URL('../deploy/', dist), forwarder: new URL('forwarder/index.cjs', dist) },
      openApi: new URL('openapi.json', dist),
      web: null,
    },
    log: pino({ level: 'silent' }),
    version: 'test',
    ...(options.checkMs === undefined ? {} : { checkMs: options.checkMs }),
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.monotonicNow === undefined ? {} : { monotonicNow: options.monotonicNow }),
  });
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization') && !headers.has('x-amz-firehose-access-key'))
      headers.set('authorization', `Bearer ${ADMIN}`);
    return product.app.request(path, { ...init, headers });
  };
  return {
    ...product,
    folder,
    fetch: request,
    derive: async () => {
      await product.attribution.round(true);
    },
    json: async <T>(path: string, init?: RequestInit) => (await (await request(path, init)).json()) as T,
  };
}

export interface RunningServer {
  readonly url: string;
  readonly process: ChildProcess;
  readonly output: () => string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a real server process on a free port. */
export async function startServer(
  folder: string,
  environment: Record<string, string> = {},
  options: {
    readonly wrapper?: readonly string[];
    readonly node?: readonly string[];
    readonly dist?: string;
    /** Subcommand; `serve` by default. */
    readonly command?: 'ingest' | 'derive';
    /** Line printed when the process is ready; the first group matches its URL. */
    readonly ready?: RegExp;
  } = {},
): Promise<RunningServer> {
  const main = options.dist === undefined ? new URL('main.js', dist).pathname : join(options.dist, 'main.js');
  const [command = process.execPath, ...args] = [
    ...(options.wrapper ?? []),
    process.execPath,
    ...(options.node ?? []),
    main,
    options.command ?? 'serve',
  ];
  const child = spawn(command, args, {
    env: {
      PATH: process.env['PATH'],
      THERMOCLINE_DATA: folder,
      THERMOCLINE_PORT: '0',
      THERMOCLINE_ADMIN_TOKEN: ADMIN,
      THERMOCLINE_LOG_LEVEL: 'warn',
      // A ballast of 4 MB instead of 16: it is written and synced at each first start.
      THERMOCLINE_MIN_FREE_MB: '16',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = (options.ready ?? /ready at (http\S+)/).exec(text)?.[1];
      if (found !== undefined) resolve(found);
      // It says why, and would be waited for until the test is ended.
      else if (options.ready === undefined && text.includes('is in maintenance mode at')) {
        child.kill('SIGKILL');
        reject(new Error(`the server cannot use its database: ${text}`));
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    // Unlike `exit`, `close` comes after all output.
    child.once('close', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  });
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
    // A server that is killed may leave a process that still holds its output.
    const end = signal === 'SIGKILL' ? 'exit' : 'close';
    const ended = new Promise<number | null>((resolve) => child.once(end, resolve));
    // A tracer does not forward signals, so signal the server itself.
    if (options.wrapper === undefined) child.kill(signal);
    else process.kill((JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')) as { pid: number }).pid, signal);
    return ended;
  };
  return { url, process: child, output: () => text, stop };
}

/** Runs a subcommand of the built CLI and waits until it exits. */
export function runCli(
  folder: string,
  args: readonly string[],
  options: { readonly input?: string; readonly environment?: Record<string, string> } = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [new URL('main.js', dist).pathname, ...args], {
    env: { PATH: process.env['PATH'], THERMOCLINE_DATA: folder, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(options.input ?? '');
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

export function removeFolder(folder: string): void {
  // A thread or process that is ending may still write into it.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}
