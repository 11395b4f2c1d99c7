// Runs named commands, a few at a time, and prints the output of each command when it ends.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { root } from './ensure.mjs';

const TAIL_LINES = 80;

/**
 * @param {readonly (readonly [name: string, command: string, args: readonly string[], after?: string])[]} steps started in this order;
 *   one that names another waits until that has ended, while later ones start
 * @param {{ lanes: number }} options how many run at a time; with one lane, output is streamed
 * @returns {Promise<readonly { name: string, tail: string }[]>} the steps that failed, each with the end of its output (empty if streamed)
 */
export async function runSteps(steps, { lanes }) {
  const waiting = [...steps];
  const failed = [];
  const ended = new Set();
  let running = [];
  const lane = async () => {
    while (waiting.length > 0) {
      const at = waiting.findIndex(([, , , after]) => after === undefined || ended.has(after));
      if (at === -1) {
        if (running.length === 0)
          throw new Error(`${waiting[0][0]} waits for ${waiting[0][3]}, which is no step before it`);
        await Promise.race(running);
        continue;
      }
      const [step] = waiting.splice(at, 1);
      const run = runStep(step, lanes === 1);
      running.push(run);
      const { ok, tail } = await run;
      running = running.filter((other) => other !== run);
      ended.add(step[0]);
      if (!ok) failed.push({ name: step[0], tail });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return failed;
}

/** CPU time of children that have ended, and of theirs, in seconds; 0 where the system does not say (it does on Linux). */
export function childrenCpuSeconds() {
  if (!existsSync('/proc/self/stat')) return 0;
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

let countedSeconds = 0;

/** CPU time of the child that has just ended: that of all children grows when one ends. */
function endedCpuSeconds() {
  const before = countedSeconds;
  countedSeconds = childrenCpuSeconds();
  return countedSeconds - before;
}

/** @returns {Promise<{ ok: boolean, tail: string }>} `ok` when the command exits with 0; the last lines of its output */
function runStep([name, command, args], live) {
  const began = performance.now();
  if (live) process.stdout.write(`\n── ${name}\n`);
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
    });
    const output = [];
    let cpuSeconds = 0;
    child.on('exit', () => {
      cpuSeconds = endedCpuSeconds();
    });
    child.stdout?.on('data', (bytes) => output.push(bytes));
    child.stderr?.on('data', (bytes) => output.push(bytes));
    const end = (ok, reason) => {
      const text = Buffer.concat(output).toString('utf8');
      if (!live) process.stdout.write(`\n── ${name}\n${text}`);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(
        `── ${name}: ${ok ? 'passed' : `FAILED (${reason})`} in ${seconds} s (${cpuSeconds.toFixed(1)} s of CPU)\n`,
      );
      resolve({ ok, tail: text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n') });
    };
    child.on('error', (error) => end(false, error.message));
    child.on('close', (code, signal) => end(code === 0, signal ?? `exit ${code}`));
  });
}
