import * as z from 'zod';
import { optionalReasonCode } from './reasons.ts';
import { declareRoutes } from './route.ts';

export const connectAnswer = z
  .object({
    baseUrl: z.string().describe('Address of this server, as used in the kits'),
    problem: z.string().nullable().describe('Why Firehose cannot deliver to that address'),
    problemCode: optionalReasonCode,
    keyPlaceholder: z.string().describe('Placeholder for the ingest key in the kits'),
    kits: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        summary: z.string(),
        steps: z.array(
          z.object({
            code: z.string().describe('Of the text'),
            text: z.string(),
            command: z.string().nullable(),
          }),
        ),
        files: z.array(z.object({ name: z.string(), text: z.string() })),
      }),
    ),
  })
  .meta({ id: 'ConnectInstructions' });
export type ConnectAnswer = z.infer<typeof connectAnswer>;

export const connectRoutes = declareRoutes({
  getConnectInstructions: {
    method: 'get',
    path: '/api/v1/connect',
    scope: 'read',
    tag: 'Ingest',
    summary: 'Get templates and commands that connect an AWS account',
    answer: connectAnswer,
  },
});
