/** The product as accuracy runs and their tests use it: ingest, attribution and queries. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '../../ingest/simulator/deliver.ts';
import { firehoseRequest, parts } from '../../ingest/simulator/deliver.ts';

export interface Subject {
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Attributes the hours that have settled. */
  derive(): Promise<void>;
}

const EVENTS_PER_REQUEST = 5000;
let nextId = 0;

/** Number of retries after a 503, and the pause before each, ms. */
const REPEATS = 20;
const PAUSE_MS = 5000;

/** Sends a request like Firehose, which retries after 503 (a busy machine). @throws Error if it is rejected. */
export async function send(subject: Subject, path: string, init: RequestInit): Promise<void> {
  for (let repeat = 0; ; repeat += 1) {
    const response = await subject.request(path, init);
    if (response.status === 200) return;
    if (response.status !== 503 || repeat === REPEATS) {
      throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    }
    await sleep(PAUSE_MS);
  }
}

/** Sends subscription messages in order. @throws Error if one is rejected. */
export async function deliver(subject: Subject, deliveries: readonly Delivery[]): Promise<void> {
  for (const part of parts(deliveries, EVENTS_PER_REQUEST)) {
    nextId += 1;
    await send(subject, '/ingest/firehose', firehoseRequest(`accuracy-${nextId}`, Date.now(), part));
  }
}

/** Returns a JSON response. @throws Error if the status is not 200. */
export async function getJson<T>(subject: Subject, path: string): Promise<T> {
  const response = await subject.request(path);
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Returns all items of a paginated list. */
export async function getItems<T>(subject: Subject, path: string): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: T[]; nextCursor: string | null } = await getJson(
      subject,
      cursor === null ? path : `${path}&cursor=${cursor}`,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}
