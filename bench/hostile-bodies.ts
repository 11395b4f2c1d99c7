/**
 * `npm run bench:hostile`: sends hostile bodies to a server started for it, one after the other, prints the CPU time and the memory that
 * each takes, and writes the figures of docs/figures/hostile-bodies.json. Figures from before the limits existed are kept in that file.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hostileBodies } from '../test/support/hostile-bodies.ts';
import { cpuSeconds, peakMegabytes } from './process-figures.ts';
import { startServer, TOKEN } from './server.ts';

const FIGURES = 'docs/figures/hostile-bodies.json';
/** A body has been processed once the server has used less than a hundredth of a period of this length, ms. */
const SETTLED_MS = 1000;
/** Threads of the server load their modules after it is ready, ms. */
const START_MS = 5000;

interface Figure {
  readonly name: string;
  /** Name in hostile-bodies.ts. */
  readonly body: string;
  /** CPU time without the limits, s. */
  readonly before: number;
  readonly now: number;
}

const folder = mkdtempSync(join(tmpdir(), 'thermocline-hostile-'));
const server = await startServer(folder);
const measured = new Map<string, number>();
try {
  await settled(START_MS);
  for (const { name, path, bytes, gzip } of hostileBodies(Date.now())) {
    const [cpu, peak] = [cpuSeconds(server.process.pid), peakMegabytes(server.process.pid)];
    const headers = { authorization: `Bearer ${TOKEN}`, ...(gzip ? { 'content-encoding': 'gzip' } : {}) };
    const response = await fetch(server.url + path, { method: 'POST', headers, body: bytes });
    await response.text();
    await settled(SETTLED_MS);
    const seconds = cpuSeconds(server.process.pid) - cpu;
    measured.set(name, seconds);
    const growth = Math.max(0, peakMegabytes(server.process.pid) - peak);
    process.stdout.write(
      `${name}: ${bytes.length} bytes, answered ${response.status}, CPU ${seconds.toFixed(2)} s, peak memory +${growth.toFixed(0)} MB\n`,
    );
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

const figures = (JSON.parse(readFileSync(FIGURES, 'utf8')) as readonly Figure[]).map((figure) => {
  const now = measured.get(figure.body);
  if (now === undefined) throw new Error(`${FIGURES}: body: expected one of ${[...measured.keys()].join(', ')}`);
  return { ...figure, now: Math.max(0.01, Math.round(100 * now) / 100) };
});
const rows = figures.map((figure) => {
  const members = Object.entries(figure).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `  { ${members.join(', ')} }`;
});
writeFileSync(FIGURES, `[\n${rows.join(',\n')}\n]\n`);

/** Waits until the server has had nothing to do for `ms`, ms. */
async function settled(ms: number): Promise<void> {
  for (let before = Number.NEGATIVE_INFINITY; ; ) {
    const now = cpuSeconds(server.process.pid);
    if (now - before <= ms / 100_000) return;
    before = now;
    await delay(ms);
  }
}
