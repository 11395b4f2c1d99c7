/** Health, metrics and the OpenAPI document (the parts of it that the pages read). */
import * as z from 'zod';
import { declareRoutes } from './route.ts';

const parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: z.looseObject({
    type: z.string().optional(),
    default: z.unknown().optional(),
    enum: z.array(z.string()).optional(),
  }),
});

const operation = z.looseObject({
  summary: z.string(),
  parameters: z.array(parameter).optional(),
  'x-scope': z.string(),
  responses: z.record(
    z.string(),
    z.looseObject({
      content: z.record(z.string(), z.looseObject({ schema: z.record(z.string(), z.unknown()) })).optional(),
    }),
  ),
});

export const openApiAnswer = z
  .looseObject({
    info: z.looseObject({ title: z.string(), version: z.string(), description: z.string() }),
    paths: z.record(z.string(), z.record(z.string(), operation)),
    components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
  })
  .meta({ id: 'OpenApi' });

const healthAnswer = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
const readinessAnswer = z
  .object({
    status: z.literal('ready'),
    warnings: z.array(z.string()).describe('Problems that limit some functions of the server, one sentence each'),
  })
  .meta({ id: 'Readiness' });

export const healthRoutes = declareRoutes({
  getHealth: {
    method: 'get',
    path: '/healthz',
    scope: 'public',
    tag: 'Operations',
    summary: 'Liveness: the process answers',
    answer: healthAnswer,
  },
  getReadiness: {
    method: 'get',
    path: '/readyz',
    scope: 'public',
    tag: 'Operations',
    summary: 'Readiness: the store can be read and written; 503 with a reason otherwise',
    answer: readinessAnswer,
  },
  getMetrics: {
    method: 'get',
    path: '/metrics',
    scope: 'public',
    tag: 'Operations',
    summary: 'Metrics in the Prometheus text format',
    answer: z.string(),
    stream: 'text',
  },
  getOpenApi: {
    method: 'get',
    path: '/openapi.json',
    scope: 'public',
    tag: 'Operations',
    summary: 'Get the OpenAPI document',
    answer: openApiAnswer,
  },
});
