/** One product for the Firehose tests of a file, with the sender and the queries of firehose.ts bound to it. */
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { Item, SendOptions, Sent, Status } from './firehose.ts';
import { beginTest, reasons, send, status, stored } from './firehose.ts';
import type { TestProduct } from './product.ts';
import { removeFolder, startProduct } from './product.ts';

export interface FirehoseProduct {
  /** Available while tests run. */
  readonly product: TestProduct;
  readonly send: (records: unknown, options?: SendOptions) => Promise<Sent>;
  /** Posts an event to the Lambda endpoint. */
  readonly sendLambdaEvent: (body: string) => Promise<Response>;
  readonly stored: () => Promise<Item[]>;
  readonly status: () => Promise<Status>;
  readonly reasons: () => Promise<string[]>;
  /** Expects that this many invocations are stored. */
  readonly expectRows: (n: number) => Promise<void>;
}

/** Starts a product before the tests of the file and removes it after them. Tests are separated by {@link beginTest} if `separate`. */
export function useFirehoseProduct({ separate }: { readonly separate: boolean }): FirehoseProduct {
  let product: TestProduct;
  beforeAll(async () => {
    product = await startProduct();
  });
  if (separate) beforeEach(() => beginTest(product));
  afterAll(async () => {
    await product.close();
    removeFolder(product.folder);
  });
  return {
    get product() {
      return product;
    },
    send: (records, options) => send(product, records, options),
    sendLambdaEvent: async (body) => product.fetch('/ingest/lambda', { method: 'POST', body }),
    stored: () => stored(product),
    status: () => status(product),
    reasons: () => reasons(product),
    expectRows: async (n) => {
      expect((await stored(product)).length).toBe(n);
    },
  };
}
