/**
 * Where a command's requests go: to the server that runs on this data folder, or into a product of its own.
 * Either way through the same app, so that two writers never share a folder.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Config } from '../config/environment.ts';
import { assetPaths, version } from '../config/paths.ts';
import { compose } from '../roles/serve.ts';
import { StoreError } from '../storage/ports.ts';
import { UserError } from './user-error.ts';

export interface Target {
  /** True when a running server does the work. */
  readonly remote: boolean;
  request(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

interface Card {
  readonly url: string;
  readonly token: string;
}

const STARTING_TRIES = 20;
const STARTING_WAIT_MS = 250;

/** @throws UserError when the folder is held by a process that does not answer. */
export async function openTarget(config: Config): Promise<Target> {
  for (let attempt = 0; attempt < STARTING_TRIES; attempt += 1) {
    const remote = await findServer(config);
    if (remote !== null) return remote;
    try {
      return await direct(config);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'in-use') throw error;
      // A server that is just starting holds the folder before it can answer.
      await new Promise((resolve) => setTimeout(resolve, STARTING_WAIT_MS));
    }
  }
  throw new UserError(`${config.dataFolder} is in use by a process that does not answer`);
}

/** The server that runs on this data folder, or null. */
export async function findServer(config: Config): Promise<Target | null> {
  const card = readCard(config);
  if (card === null) return null;
  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, card.url), { ...init, headers: withToken(init, card.token) });
  try {
    const response = await request('/api/v1/session');
    if (!response.ok) return null;
    await response.body?.cancel();
    return { remote: true, request, close: async () => undefined };
  } catch {
    return null;
  }
}

async function direct(config: Config): Promise<Target> {
  const log = pino({ level: 'warn' }, pino.destination(2));
  const product = await compose({ config, assetPaths, log, version, lowMemory: true });
  return {
    remote: false,
    request: async (path, init = {}) =>
      product.app.request(path, { ...init, headers: withToken(init, product.localToken) }),
    close: () => product.close(),
  };
}

function withToken(init: RequestInit, token: string): Headers {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  return headers;
}

function readCard(config: Config): Card | null {
  try {
    const card = JSON.parse(readFileSync(join(config.dataFolder, 'server.json'), 'utf8')) as Partial<Card>;
    return typeof card.url === 'string' && typeof card.token === 'string' ? { url: card.url, token: card.token } : null;
  } catch {
    return null;
  }
}
