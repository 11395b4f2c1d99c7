/** Appends to THERMOCLINE_TEST_CPU, once for each test file, what it took: CPU time of the process and of those it started. */
import { appendFileSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';

/** Linux counts the CPU time of ended children in units of 10 ms. */
const TICK_MS = 10;

/** CPU time of children that have ended and that this process waited for, ms; null where the system does not say. */
function childrenMs(): number | null {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  } catch {
    return null;
  }
}

const log = process.env['THERMOCLINE_TEST_CPU'];
let usage = process.cpuUsage();
let children = childrenMs();
let began = performance.now();

beforeAll(() => {
  usage = process.cpuUsage();
  children = childrenMs();
  began = performance.now();
});

afterAll(() => {
  if (log === undefined) return;
  const { user, system } = process.cpuUsage(usage);
  const ended = childrenMs();
  const line = {
    file: expect.getState().testPath,
    wallMs: Math.round(performance.now() - began),
    ownMs: Math.round((user + system) / 1000),
    childrenMs: ended === null || children === null ? null : ended - children,
    importMs: Math.round(process.cpuUsage().user / 1000),
  };
  appendFileSync(log, `${JSON.stringify(line)}\n`);
});
