/** Liveness, readiness and metrics endpoints. */
import type { Hono } from 'hono';
import { StoreError } from '../storage/ports.ts';
import type { IngestContext } from './context.ts';

export function mountHealth(app: Hono, context: IngestContext): void {
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    try {
      // A disk that hangs would hold the probe.
      await withinTime(context.store.probe());
      const reason = context.storage.pauseReason();
      if (reason === null) return c.json({ status: 'ready', warnings: warningsOf(context) });
      c.header('Retry-After', '5');
      return c.json({ status: 'not ready', reason }, 503);
    } catch (error) {
      context.log.warn({ err: error }, 'not ready');
      c.header('Retry-After', '5');
      const failure = error instanceof StoreError ? error.message : 'the store is unavailable';
      const isLate = error instanceof StoreError && error.code === 'deadline';
      const reason = (isLate ? context.storage.pauseReason() : null) ?? failure;
      return c.json({ status: 'not ready', reason }, 503);
    }
  });
  app.get('/metrics', async (c) => {
    const { registry } = context.metrics;
    await context.metrics.refresh();
    return c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
  });
}

/** Longest wait for the store, ms: shorter than what orchestrators wait for. */
const PROBE_MS = 4000;

async function withinTime(probe: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreError('deadline', 'the store does not answer')), PROBE_MS);
  });
  await Promise.race([probe, late]).finally(() => clearTimeout(timer));
}

/** What works only in part; without names, because the endpoint is public. */
function warningsOf({ attribution, runs, skippedRows, clock, ruleFolder }: IngestContext): readonly string[] {
  const warnings: string[] = [];
  const doubt = clock?.sentence() ?? null;
  if (doubt !== null) warnings.push(doubt);
  const { failed: failures = [], late = 0 } = attribution?.progress() ?? {};
  const failed = failures.length;
  if (failed > 0) {
    const functions = failed === 1 ? '1 function' : `${failed} functions`;
    warnings.push(`Cold starts of ${functions} cannot be attributed; see the Ingest page.`);
  }
  if (late > 0) {
    const functions = late === 1 ? '1 function' : `${late} functions`;
    warnings.push(`Cold starts of ${functions} have waited for their causes for ten minutes; see the Ingest page.`);
  }
  const overdue = runs.overdue().length;
  if (overdue > 0) {
    const collectors = overdue === 1 ? '1 collector' : `${overdue} collectors`;
    warnings.push(`Runs of ${collectors} outlast their interval: data arrives late; see the Ingest page.`);
  }
  for (const { table, n } of skippedRows.all()) {
    const rows = n === 1 ? '1 row' : `${n} rows`;
    warnings.push(
      `${rows} of table ${table} cannot be read and ${n === 1 ? 'is' : 'are'} skipped; see the Ingest page.`,
    );
  }
  const problems = ruleFolder?.state()?.problems.length ?? 0;
  if (problems > 0) {
    const errors = problems === 1 ? 'an error' : `${problems} errors`;
    warnings.push(`Rule files have ${errors} and are not applied; the last valid ones stay. See the Ingest page.`);
  }
  return warnings;
}
