/** The product as accuracy runs and their tests use it: ingest, attribution and queries. */
import type { Delivery } from '../../ingest/simulator/deliver.ts';
import { firehoseRequest, parts } from '../../ingest/simulator/deliver.ts';

export interface Subject {
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Attributes the hours that have settled. */
  derive(): Promise<void>;
}

const EVENTS_PER_REQUEST = 5000;
let nextId = 0;

/** Sends subscription messages in order. @throws Error if one is rejected. */
export async function deliver(subject: Subject, deliveries: readonly Delivery[]): Promise<void> {
  for (const part of parts(deliveries, EVENTS_PER_REQUEST)) {
    nextId += 1;
    const response = await subject.request('/ingest/firehose', firehoseRequest(`accuracy-${nextId}`, Date.now(), part));
    if (response.status !== 200) throw new Error(`refused with ${response.status}: ${await response.text()}`);
  }
}

/** Returns a JSON response. @throws Error if the status is not 200. */
export async function ask<T>(subject: Subject, path: string): Promise<T> {
  const response = await subject.request(path);
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Returns all items of a paginated list. */
export async function askAll<T>(subject: Subject, path: string): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: T[]; nextCursor: string | null } = await ask(
      subject,
      cursor === null ? path : `${path}&cursor=${cursor}`,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}
