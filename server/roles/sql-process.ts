/** Entry point of the process of one query of the SQL console. */
import { constants, setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { sqlRowWriter } from '../http/presentation/sql-text.ts';
import type { QueryJob, QueryReply } from '../storage/sqlite/console/query-job.ts';
import { MEMORY_SIGNAL } from '../storage/sqlite/console/query-job.ts';
import { runQuery } from '../storage/sqlite/console/run-query.ts';

/** How often the memory is measured: a statement can fill some hundred megabytes in a second. */
const MEASURE_MS = 20;

/**
 * A thread that ends the process at its limits: SQLite's own limit of memory is not compiled into better-sqlite3, and this thread does
 * nothing else while a statement runs. It ends the process too when the server that started it is gone.
 */
const WATCH = `
const { workerData: { bytes, untilMs, parent, signal, everyMs } } = require('node:worker_threads');
setInterval(() => {
  if (process.memoryUsage.rss() > bytes) process.kill(process.pid, signal);
  else if (Date.now() > untilMs || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, everyMs);`;

process.on('disconnect', () => process.exit(1));
process.once('message', (job: QueryJob) => {
  const { memoryBytes: bytes, deadlineMs } = job;
  const limits = { bytes, untilMs: Date.now() + deadlineMs, parent: process.ppid, signal: MEMORY_SIGNAL };
  const watch = new Worker(WATCH, { eval: true, workerData: { ...limits, everyMs: MEASURE_MS } });
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not permitted: the query runs beside the server at its priority.
  }
  // The statement runs in one turn of this thread: what watches it has to run first.
  watch.once('online', () => {
    const send = (reply: QueryReply): void => {
      process.send?.(reply, undefined, {}, () => {
        if (reply.kind !== 'piece') process.exit(0);
      });
    };
    runQuery(job, sqlRowWriter, send);
  });
});
