/** What makes an installation complete. */
import * as z from 'zod';
import { declareRoutes } from './route.ts';

export const setupAnswer = z
  .object({
    connected: z
      .boolean()
      .describe('A source delivers by itself: Firehose, a forwarder, a shipper or pull; not files and the demo'),
    inventory: z
      .boolean()
      .describe('Configurations of functions are known, from AWS or declared; not those of the demo'),
    retention: z.boolean().describe('Retention was decided in the settings, if only to keep the configured one'),
    alert: z.boolean().describe('A rule that is evaluated, or a route, names a receiver that is not disabled'),
    password: z.boolean().describe('A password is set'),
  })
  .meta({ id: 'SetupState' });

export type SetupAnswer = z.infer<typeof setupAnswer>;

export const setupRoutes = declareRoutes({
  getSetup: {
    method: 'get',
    path: '/api/v1/setup',
    scope: 'read',
    tag: 'Settings',
    summary: 'Get which steps of the setup are done',
    answer: setupAnswer,
  },
});
