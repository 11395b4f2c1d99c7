/** The OpenAPI document, as far as the pages read it. */
import { z } from 'zod';
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

export const openApiAnswer = z.looseObject({
  info: z.looseObject({ title: z.string(), version: z.string(), description: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
});

export const healthRoutes = declareRoutes({
  getOpenApi: {
    method: 'get',
    path: '/openapi.json',
    scope: 'public',
    tag: 'Operations',
    summary: 'This document',
    answer: openApiAnswer,
  },
});
