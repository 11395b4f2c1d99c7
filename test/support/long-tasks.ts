/** CPU time of the tasks of a page, which does not depend on what else the machine does. */
import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** CPU time of the thread, µs; absent for events without a duration. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * Returns the CPU time of the longest task on the main thread of a page while `action` runs, ms. Chromium's long tasks, by
 * contrast, are wall time, which other processes prolong.
 */
export async function longestTaskCpuMs(browser: Browser, page: Page, action: () => Promise<void>): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await action();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString('utf8')) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const mainThreads = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(threadOf),
  );
  let longestUs = 0;
  let tasks = 0;
  for (const event of traceEvents) {
    if (event.name !== 'ThreadControllerImpl::RunTask' || !mainThreads.has(threadOf(event))) continue;
    tasks += 1;
    longestUs = Math.max(longestUs, event.tdur ?? 0);
  }
  if (tasks === 0 || longestUs === 0) throw new Error('the trace of Chromium holds no task with its CPU time');
  return longestUs / 1000;
}
