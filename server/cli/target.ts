/**
 * Target of a command's requests: the server that runs on this data folder, or an app in this process. Both use the same
 * routes, and two writers never share a data folder.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { unreachable } from '../../ingest/api/unreachable.ts';
import type { Config } from '../config/environment.ts';
import { configFromProcess, environmentVariable } from '../config/environment.ts';
import { assetPaths, version } from '../config/paths.ts';
import { compose } from '../roles/serve.ts';
import { readOwn } from '../storage/own-files.ts';
import { StoreError } from '../storage/ports.ts';
import { writeErr } from './output.ts';
import { processLog } from './process-log.ts';
import { UserError } from './user-error.ts';

export interface Target {
  /** True if a running server handles the requests. */
  readonly remote: boolean;
  /** URL of the running server; null for an app in this process. */
  readonly url: string | null;
  /** What is written to, in words. */
  readonly where: string;
  request(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Server discovery file: URL and local token of the running server. */
const discovery = z.object({ url: z.string(), token: z.string() });
type Discovery = z.infer<typeof discovery>;

const STARTING_TRIES = 20;
const STARTING_WAIT_MS = 250;

/** Opens the target. @throws UserError if the data folder is locked by a process that does not respond. */
export async function openTarget(config: Config): Promise<Target> {
  // Commands with --url do not come here then: this one has no such option.
  if (environmentVariable('THERMOCLINE_URL'))
    writeErr(`THERMOCLINE_URL is not used: this command works on the data folder ${config.dataFolder}\n`);
  for (let attempt = 0; attempt < STARTING_TRIES; attempt += 1) {
    const remote = await findServer(config);
    if (remote !== null) return remote;
    try {
      return await direct(config);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'in-use') throw error;
      // A starting server locks the folder before it can respond.
      await new Promise((resolve) => setTimeout(resolve, STARTING_WAIT_MS));
    }
  }
  throw new UserError(`${config.dataFolder} is in use by a process that does not respond`);
}

/** A server elsewhere, by its address and a token. */
function targetAt(url: string, token: string): Target {
  const base = baseOf(url);
  return {
    remote: true,
    url: base,
    where: `the server at ${url}`,
    request: (path, init) => reach(base, path, init, token),
    close: async () => undefined,
  };
}

/**
 * Sends a request. @throws UnreachableError with the address and the reason; UserError if the address leads elsewhere: `fetch`
 * would follow without the token, and with another method.
 */
async function reach(base: string, path: string, init: RequestInit = {}, token: string): Promise<Response> {
  const response = await fetch(base + path, { ...init, headers: withToken(init, token), redirect: 'manual' }).catch(
    (error: unknown) => {
      throw unreachable(base, error) ?? error;
    },
  );
  const location = response.headers.get('location');
  if (!REDIRECTS.includes(response.status) || location === null || !URL.canParse(location, base)) return response;
  await response.body?.cancel();
  throw new UserError(`${base} redirects to ${new URL(location, base).origin}: give the address of the server itself`);
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** The address before the paths of the API, with the prefix of a proxy if there is one. */
function baseOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '');
}

/** The server at an address, or else that of this data folder. @throws UserError if it cannot be addressed or opened. */
export async function openServer({
  url,
  token,
}: {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}): Promise<Target> {
  if (url === undefined) return openTarget(configFromProcess());
  if (!isAddress(url))
    throw new UserError(
      '--url (THERMOCLINE_URL): expected an address such as https://thermocline.example.com, without user, password and query',
    );
  // It is sent in a header.
  if (token && !/^[\x21-\x7e]+$/.test(token))
    throw new UserError(
      '--token (THERMOCLINE_TOKEN): expected letters, digits and punctuation of ASCII, without blanks',
    );
  if (token) return targetAt(url, token);
  throw new UserError('Give the token of the server at --url in THERMOCLINE_TOKEN or --token');
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

/** Opens the target, does the work and closes the target. Returns exit code 0. @throws UserError like {@link openTarget}. */
export async function withTarget(config: Config, work: (target: Target) => Promise<void>): Promise<number> {
  const target = await openTarget(config);
  try {
    await work(target);
    return 0;
  } finally {
    await target.close();
  }
}

/** The server that runs on this data folder; null if there is none or it does not respond. */
export async function findServer(config: Config): Promise<Target | null> {
  const discovery = readDiscoveryFile(config);
  if (discovery === null) return null;
  const request = (path: string, init?: RequestInit): Promise<Response> =>
    reach(baseOf(discovery.url), path, init, discovery.token);
  try {
    const response = await request('/api/v1/session');
    if (!response.ok) return null;
    await response.body?.cancel();
    return {
      remote: true,
      url: discovery.url,
      where: `the server at ${discovery.url}`,
      request,
      close: async () => undefined,
    };
  } catch {
    return null;
  }
}

async function direct(config: Config): Promise<Target> {
  const log = processLog({ logLevel: 'warn' });
  const product = await compose({ config, assetPaths, log, version, lowMemory: true });
  return {
    remote: false,
    url: null,
    where: `the folder ${config.dataFolder}`,
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

function readDiscoveryFile(config: Config): Discovery | null {
  try {
    return discovery.parse(JSON.parse(readOwn(join(config.dataFolder, 'server.json'))));
  } catch {
    return null;
  }
}
