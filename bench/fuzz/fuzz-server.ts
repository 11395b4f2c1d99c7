/** Sends nearly valid requests to a server started for it, and records failures, hangs and retained memory. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isObject } from '../../ingest/documents/json.ts';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { parseJsonText } from '../../ingest/text/json-syntax.ts';
import { startServer, TOKEN } from '../server.ts';
import { addressOf, fuzzedRequest } from './requests.ts';

/** A request that is not answered within this time hangs, ms. Deadlines of the server are shorter. */
const HANGS_MS = MINUTE_MS;

export interface FuzzResult {
  readonly requests: number;
  /** Number of responses by status. */
  readonly responses: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
  /** Resident memory before and after, MB. */
  readonly rssMb: readonly [before: number, after: number];
}

/** `draw` gives numbers in [0, 1); the same numbers give the same requests. */
export async function fuzzServer(seconds: number, draw: () => number): Promise<FuzzResult> {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-fuzz-'));
  const server = await startServer(folder);
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const responses: Record<string, number> = {};
  const faults: string[] = [];
  let requests = 0;
  const rss = (): number => {
    const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  };
  try {
    await fetch(`${server.url}/ingest/logs?function=f&logStream=s`, { method: 'POST', headers, body: lines() });
    const before = rss();
    const until = performance.now() + 1000 * seconds;
    while (performance.now() < until) {
      const request = fuzzedRequest(draw, true);
      const address = addressOf(request);
      const method = request.route.method.toUpperCase();
      const sent = request.body === undefined || method === 'GET' ? {} : { body: JSON.stringify(request.body) };
      const description = `${method} ${address.slice(0, 500)} ${JSON.stringify(sent).slice(0, 1000)}`;
      requests += 1;
      try {
        const signal = AbortSignal.timeout(HANGS_MS);
        const response = await fetch(server.url + address, { method, headers, signal, redirect: 'manual', ...sent });
        const text = await response.text();
        responses[response.status] = (responses[response.status] ?? 0) + 1;
        const fault = faultOf(response.status, text);
        if (fault !== null) faults.push(`${fault} ${description}: ${text.slice(0, 300)}`);
      } catch (error) {
        faults.push(`no response to ${description}: ${String(error)}`);
        if (server.process.exitCode !== null) break;
      }
    }
    return { requests, responses, faults, rssMb: [before, server.process.exitCode === null ? rss() : 0] };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is wrong with a response: a failure of the server, or a refusal that does not name the field; null if nothing is. */
function faultOf(status: number, text: string): string | null {
  if (status >= 500) return String(status);
  if (status !== 400) return null;
  const problem = parseJsonText(text);
  const { errors, errorMessage }: { errors?: unknown; errorMessage?: unknown } = isObject(problem) ? problem : {};
  // Ingest answers in Firehose's form.
  const isNamed =
    typeof errorMessage === 'string' ? /^[\w.$-]+: /.test(errorMessage) : Array.isArray(errors) && errors.length > 0;
  return isNamed ? null : '400 without a field';
}

/** Some invocations, so that responses are not empty. */
function lines(): string {
  const from = Date.now() - HOUR_MS;
  return Array.from({ length: 200 }, (_, n) => {
    const id = `3a7f3b6c-1e0d-4d0f-9f5a-${String(n).padStart(12, '0')}`;
    const time = new Date(from + 10_000 * n).toISOString();
    return `${time} REPORT RequestId: ${id}\tDuration: ${n}.00 ms\tBilled Duration: ${n} ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t`;
  }).join('\n');
}
