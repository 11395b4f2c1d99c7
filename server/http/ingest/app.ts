/** The app of an ingest worker: ingest endpoints and health only. */
import { Hono } from 'hono';
import { checkHost } from '../check-host.ts';
import type { IngestContext } from '../context.ts';
import { mountHealth } from '../health.ts';
import { mountOtlp } from './otlp-routes.ts';
import { mountIngest } from './routes.ts';

export function createIngestApp(context: IngestContext): Hono {
  const app = new Hono();
  app.use(checkHost(context.config));
  mountIngest(app, context);
  mountOtlp(app, context);
  mountHealth(app, context);
  app.notFound((c) =>
    c.json({ status: 404, title: 'This is an ingest worker. Send pages and API requests to the server' }, 404),
  );
  return app;
}
