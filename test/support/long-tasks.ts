/** CPU time of the tasks of a page, compared with that of a plain table drawn in the same run. */
import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** CPU time of the thread, µs; absent for events without a duration. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

const MARKS = ['before the action', 'after the action'] as const;
/** A busy machine tells the page's process late that a trace was begun. */
const ATTEMPTS = 20;
const LOADS = 3;
/** A thousand rows of ten cells, set at once. */
const PLAIN_TABLE = `<table>${`<tr>${'<td>123.4 ms</td>'.repeat(10)}</tr>`.repeat(1000)}</table>`;

/**
 * Returns the CPU time of the longest task on the main thread of a page while `action` runs, ms. Chromium's long tasks, by
 * contrast, are wall time, which other processes prolong. Repeats the action if the trace does not hold all of it.
 */
export async function longestTaskCpuMs(browser: Browser, page: Page, action: () => Promise<void>): Promise<number> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
    await page.waitForTimeout(200 * attempt);
    await mark(page, MARKS[0]);
    await action();
    // A task of its own: the last one of the action has ended, and is in the trace.
    await mark(page, MARKS[1]);
    const trace = JSON.parse((await browser.stopTracing()).toString('utf8')) as { traceEvents: TraceEvent[] };
    const names = new Set(trace.traceEvents.map(({ name }) => name));
    if (MARKS.every((name) => names.has(name))) return longestTaskMs(trace.traceEvents);
  }
  throw new Error('no trace of Chromium holds the marks that were set before and after the action');
}

/**
 * Returns how long the longest task of `action` is, as a multiple of the longest task that draws {@link PLAIN_TABLE} in a page of
 * its own right after: a slow or busy machine needs more CPU time for both. The smallest of {@link LOADS} pairs, because cold
 * caches prolong single loads; ends at the first that is not above `enough`.
 */
export async function longestTaskRatio(
  browser: Browser,
  page: Page,
  action: () => Promise<void>,
  enough: number,
): Promise<number> {
  let smallest = Number.POSITIVE_INFINITY;
  for (let load = 0; load < LOADS && smallest > enough; load += 1) {
    const taskMs = await longestTaskCpuMs(browser, page, action);
    smallest = Math.min(smallest, taskMs / (await plainTableCpuMs(browser, page)));
  }
  return smallest;
}

async function plainTableCpuMs(browser: Browser, page: Page): Promise<number> {
  const plain = await page.context().newPage();
  await plain.setContent('<div></div>');
  const taskMs = await longestTaskCpuMs(browser, plain, async () => {
    await plain.evaluate(`document.body.innerHTML = ${JSON.stringify(PLAIN_TABLE)}; document.body.offsetHeight`);
  });
  await plain.close();
  return taskMs;
}

const mark = (page: Page, name: string): Promise<unknown> => page.evaluate(`performance.mark(${JSON.stringify(name)})`);

function longestTaskMs(traceEvents: readonly TraceEvent[]): number {
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
