/** Liveness, readiness and metrics endpoints. */
import type { Hono } from 'hono';
import { StoreError } from '../storage/ports.ts';
import type { IngestContext } from './context.ts';

export function mountHealth(app: Hono, context: IngestContext): void {
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    try {
      await context.store.probe();
      const reason = context.storage.refusal();
      if (reason === null) return c.json({ status: 'ready', warnings: warningsOf(context) });
      c.header('Retry-After', '5');
      return c.json({ status: 'not ready', reason }, 503);
    } catch (error) {
      context.log.warn({ err: error }, 'not ready');
      c.header('Retry-After', '5');
      const reason = error instanceof StoreError ? error.message : 'the store is unavailable';
      return c.json({ status: 'not ready', reason }, 503);
    }
  });
  app.get('/metrics', async (c) => {
    const { registry } = context.metrics;
    await context.metrics.refresh();
    return c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
  });
}

/** What works only in part; without names, because the endpoint is public. */
function warningsOf({ attribution, runs }: IngestContext): readonly string[] {
  const failed = attribution?.progress().failed.length ?? 0;
  const late = runs.overdue().length;
  return [
    ...(failed === 0
      ? []
      : [`Cold starts of ${failed} function${failed === 1 ? '' : 's'} cannot be attributed; see the Ingest page.`]),
    ...(late === 0
      ? []
      : [
          `Runs of ${late} collector${late === 1 ? '' : 's'} outlast their interval: data arrives late; see the Ingest page.`,
        ]),
  ];
}
