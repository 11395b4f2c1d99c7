/**
 * Loaded into the server before its own code (`node --import`): measures the CPU time that the main thread spends in each turn
 * of its event loop. CPU time does not depend on what else the machine does. SIGUSR2 writes the times since the last signal, ms,
 * to the file TURN_PROBE_FILE. Linux only.
 */
import { openSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const { TURN_PROBE_FILE } = process.env;

if (isMainThread && TURN_PROBE_FILE !== undefined) {
  const file = openSync(`/proc/self/task/${process.pid}/schedstat`);
  const buffer = Buffer.alloc(64);
  const cpuMs = () => Number(buffer.latin1Slice(0, readSync(file, buffer, 0, 64, 0)).split(' ')[0]) / 1e6;
  let turns = [];
  let last = cpuMs();
  // An immediate without a reference does not keep the loop busy: it runs once in every turn that something else begins.
  const afterTurn = () => {
    const now = cpuMs();
    turns.push(now - last);
    last = now;
    setImmediate(afterTurn).unref();
  };
  setImmediate(afterTurn).unref();
  process.on('SIGUSR2', () => {
    writeFileSync(`${TURN_PROBE_FILE}.new`, JSON.stringify(turns));
    renameSync(`${TURN_PROBE_FILE}.new`, TURN_PROBE_FILE);
    turns = [];
  });
}
