/** Where the built parts stand beside the bundled entry point in dist/. */
import { existsSync, readFileSync } from 'node:fs';
import type { Places } from './compose.ts';

const here = import.meta.url;

export const places: Places = {
  workers: new URL('./workers/', here),
  migrations: new URL('../migrations/', here),
  kits: { deploy: new URL('../deploy/', here), forwarder: new URL('./forwarder/index.cjs', here) },
  web: existsSync(new URL('./web/index.html', here)) ? new URL('./web/', here) : null,
};

export const version: string = (
  JSON.parse(readFileSync(new URL('../package.json', here), 'utf8')) as { version: string }
).version;
