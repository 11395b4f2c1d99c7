/** An empty product in this process, for one accuracy run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../server/config/environment.ts';
import type { Product } from '../../server/roles/serve.ts';
import { compose } from '../../server/roles/serve.ts';
import type { Subject } from './subject.ts';

const TOKEN = 'accuracy-admin-token-0123456789ab';

/** The product's clock; a run may move it. */
export interface Clock {
  nowMs: number;
}

/** Starts an empty product and removes it after use. `dist` is the folder of the built product, with a slash at its end. */
export async function withProduct<T>(dist: URL, clock: Clock, use: (subject: Subject) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-accuracy-'));
  const product: Product = await compose({
    config: readConfig({ THERMOCLINE_DATA: folder, THERMOCLINE_ADMIN_TOKEN: TOKEN, THERMOCLINE_LOG_LEVEL: 'warn' }),
    assetPaths: {
      program: new URL('main.js', dist),
      workers: new URL('workers/', dist),
      migrations: new URL('../migrations/', dist),
      openApi: new URL('openapi.json', dist),
      kits: { deploy: new URL('../deploy/', dist), forwarder: new URL('forwarder/index.cjs', dist) },
      web: null,
    },
    log: pino({ level: 'warn' }),
    version: 'accuracy',
    now: () => clock.nowMs,
  });
  try {
    return await use({
      request: async (path, init = {}) => {
        const headers = new Headers(init.headers);
        headers.set('authorization', `Bearer ${TOKEN}`);
        return product.app.request(path, { ...init, headers });
      },
      derive: async () => {
        await product.attribution.round(true);
      },
    });
  } finally {
    await product.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
