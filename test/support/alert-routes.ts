/** Client of a product's alert routes. */
import { expect } from 'vitest';
import type { TestProduct } from './product.ts';

/** Test receivers listen on loopback without TLS. */
export const OUTBOUND = { THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8', THERMOCLINE_OUTBOUND_HTTP: 'on' };

/** Sends a request below `/api/v1/alerts/` and expects 200. */
export async function callAlerts<T = Record<string, unknown>>(
  product: TestProduct,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const response = await product.fetch(`/api/v1/alerts/${path}`, init);
  const answer = (await response.json()) as T;
  expect([response.status, answer]).toEqual([200, answer]);
  return answer;
}

export function putReceiver(
  product: TestProduct,
  id: string,
  url: string,
  more: object = {},
): Promise<{ readonly secret: string }> {
  return callAlerts(product, 'PUT', `receivers/${id}`, { id, name: id, url, ...more });
}
