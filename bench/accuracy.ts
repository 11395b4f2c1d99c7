/**
 * npm run accuracy — compares every estimator with known truth: simulated fleets with planted truth, sent through the real
 * ingest path, and published measurements. Prints one table and writes docs/accuracy.md. `--seeds=N` sets the number of
 * simulated fleets.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { HOUR_MS } from '../ingest/records/time.ts';
import { readConfig } from '../server/config/environment.ts';
import type { Product } from '../server/roles/serve.ts';
import { compose } from '../server/roles/serve.ts';
import { FleetTally } from './accuracy/planted-fleet.ts';
import { MemoryTally } from './accuracy/planted-memory.ts';
import { Published } from './accuracy/published.ts';
import { PublishedData } from './accuracy/published-data.ts';
import type { Subject } from './accuracy/subject.ts';
import type { Line } from './accuracy/table.ts';
import { markdown } from './accuracy/table.ts';
import { verdicts } from './accuracy/verdicts.ts';

const TOKEN = 'accuracy-admin-token-0123456789ab';
const TO_MS = Date.UTC(2026, 10, 20);
const dist = pathToFileURL(join(import.meta.dirname, '..', '/'));
const data = join(import.meta.dirname, '../../test/fixtures/data');

const seeds = Number(process.argv.find((arg) => arg.startsWith('--seeds='))?.slice('--seeds='.length) ?? 20);
if (!Number.isInteger(seeds) || seeds < 1) throw new Error('--seeds: expected a whole number above 0');

/** Starts an empty product in this process, for one use. */
async function withProduct(nowMs: number, use: (subject: Subject) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-accuracy-'));
  const product: Product = await compose({
    config: readConfig({ THERMOCLINE_DATA: folder, THERMOCLINE_ADMIN_TOKEN: TOKEN, THERMOCLINE_LOG_LEVEL: 'warn' }),
    assetPaths: {
      workers: new URL('workers/', dist),
      migrations: new URL('../migrations/', dist),
      kits: { deploy: new URL('../deploy/', dist), forwarder: new URL('forwarder/index.cjs', dist) },
      web: null,
    },
    log: pino({ level: 'warn' }),
    version: 'accuracy',
    now: () => nowMs,
  });
  try {
    await use({
      request: async (path, init = {}) => {
        const headers = new Headers(init.headers);
        headers.set('authorization', `Bearer ${TOKEN}`);
        return product.app.request(path, { ...init, headers });
      },
      derive: async () => {
        await product.derivation.round(true);
      },
    });
  } finally {
    await product.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const fleet = new FleetTally();
const memory = new MemoryTally();
const began = performance.now();
for (let seed = 1; seed <= seeds; seed += 1) {
  await withProduct(TO_MS + HOUR_MS, (subject) => fleet.play(subject, seed, TO_MS));
  await withProduct(TO_MS + HOUR_MS, (subject) => memory.play(subject, seed, TO_MS));
  const seconds = (performance.now() - began) / 1000;
  process.stderr.write(
    `seed ${seed} of ${seeds}: ${fleet.invocations} invocations, ${Math.round((seconds / seed) * (seeds - seed))} s left\n`,
  );
}
const sections: [string, readonly Line[]][] = [
  [`Planted fleets, ${seeds} seeds, ${fleet.invocations} invocations`, fleet.lines()],
  [`Planted memory curves, ${seeds} seeds`, memory.lines()],
  ['Verdicts', verdicts(1)],
];
const published = new Published(new PublishedData(data));
const measured: Line[] = [...published.keepAlive(), ...published.memory()];
await withProduct(Date.UTC(2019, 3, 1), async (subject) => {
  measured.push(...(await published.xray(subject)));
});
await withProduct(TO_MS, async (subject) => {
  measured.push(...(await published.loadTests(subject)));
});
sections.push(['Published measurements', measured]);
const text = [
  '# Accuracy',
  '',
  'What `npm run accuracy` printed. Planted: a simulated fleet with known truth, sent through the real ingest',
  'path late, duplicated and out of order; no estimator sees the truth. Published: measurements by others, replayed.',
  '',
  `Seeds 1 to ${seeds}, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node.split('.')[0]}. Derivation took ${((1e5 * fleet.deriveSeconds) / fleet.invocations).toFixed(2)} s for each 100,000 invocations, beyond ingest.`,
  '',
  ...sections.map(([title, lines]) => markdown(title, lines)),
].join('\n');
process.stdout.write(`${text}\n`);
const failed = sections.flatMap(([, lines]) => lines).filter((line) => !line.pass);
if (seeds >= 20) writeFileSync(join(import.meta.dirname, '../../docs/accuracy.md'), text);
process.stdout.write(failed.length === 0 ? 'Every bound is met.\n' : `${failed.length} bounds are not met.\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
