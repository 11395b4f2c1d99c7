/** Rules as code: rules, receivers, routes and inhibitions of files, applied as one change. */
import * as z from 'zod';
import { id, revision } from './alert-fields.ts';
import { ruleDocument } from './alert-rules.ts';
import { nameOf } from './common.ts';
import { receiverDocument } from './receivers.ts';
import { declareRoutes } from './route.ts';
import { routingDocument } from './routing.ts';

const file = nameOf(512).describe('File that it was read from, as the API and the pages name it');
const owner = id
  .refine((text) => text !== 'folder', { error: 'folder is the owner of what THERMOCLINE_RULES names; choose another' })
  .describe('Who applies: what another owner applied is neither changed nor deleted');

/** A receiver of a file. Secrets are values here: the client resolved its references. */
const codeReceiver = receiverDocument
  .extend({
    signingSecret: z
      .string()
      .max(128)
      .nullable()
      .default(null)
      .describe('whsec_ and 24 to 64 bytes in base64; without it, one is generated and kept. Never returned'),
  })
  .meta({ id: 'CodeReceiver' });
export type CodeReceiver = z.infer<typeof codeReceiver>;

const configurationFields = {
  owner: owner.default('default'),
  prune: z.boolean().default(false).describe('Delete what this owner applied before and the files no longer hold'),
  rules: z
    .array(z.strictObject({ file, document: ruleDocument }))
    .max(1000)
    .default([]),
  receivers: z
    .array(
      z.strictObject({
        file,
        document: codeReceiver,
        references: z
          .record(z.string().max(128), z.string().max(1024))
          .default({})
          .describe('Where its secrets come from, by field: env:NAME or file:PATH'),
      }),
    )
    .max(200)
    .default([]),
  routes: z.strictObject({ file, list: routingDocument.shape.routes.unwrap() }).optional(),
  inhibitions: z.strictObject({ file, list: routingDocument.shape.inhibitions.unwrap() }).optional(),
};
export const configurationBody = z.strictObject(configurationFields).meta({ id: 'AlertConfiguration' });
export type ConfigurationDocument = z.infer<typeof configurationBody>;

export const applyBody = configurationBody
  .extend({
    revision: revision
      .optional()
      .describe('That of the plan: 409 if anything was changed since. Without it, whatever is stored is changed'),
  })
  .meta({ id: 'AppliedAlertConfiguration' });

const change = z.object({
  kind: z.enum(['rule', 'receiver', 'routes', 'inhibitions']),
  id: z.string().describe('Empty for routes and inhibitions'),
  name: z.string(),
  action: z
    .enum(['create', 'change', 'adopt', 'delete', 'unchanged'])
    .describe('adopt: nothing of it changes, but from then on only its file changes it'),
  file: z.string(),
  fields: z.array(
    z.object({
      field: z.string(),
      before: z.string().nullable().describe('JSON, or text; null where there was none'),
      after: z.string().nullable(),
    }),
  ),
});
export const planAnswer = z
  .object({
    revision: revision.describe('Of everything that the plan looked at'),
    counts: z.object({
      create: z.number().int(),
      change: z.number().int(),
      adopt: z.number().int(),
      delete: z.number().int(),
      unchanged: z.number().int(),
    }),
    changes: z.array(change).describe('Secrets are shown as their references, or as (hidden)'),
  })
  .meta({ id: 'AlertConfigurationPlan' });
export type PlanAnswer = z.infer<typeof planAnswer>;
export type PlannedChange = PlanAnswer['changes'][number];

export const releaseAnswer = z
  .object({ released: z.number().int().describe('Rules, receivers and lists that the API can change again') })
  .meta({ id: 'ReleasedAlertConfiguration' });
export type ReleaseAnswer = z.infer<typeof releaseAnswer>;

export const alertConfigurationRoutes = declareRoutes({
  exportAlertConfiguration: {
    method: 'get',
    path: '/api/v1/alerts/configuration',
    scope: 'admin',
    tag: 'Alerts',
    summary:
      'Export rules, receivers, routes and inhibitions as a rule file (YAML), which applies again without a change',
    answer: z.string(),
    stream: 'text',
  },
  planAlertConfiguration: {
    method: 'post',
    path: '/api/v1/alerts/configuration/plan',
    scope: 'admin',
    tag: 'Alerts',
    summary: 'Say what applying rules, receivers and routes of files would create, change and delete',
    body: configurationBody,
    answer: planAnswer,
    problems: ['conflict'],
  },
  applyAlertConfiguration: {
    method: 'put',
    path: '/api/v1/alerts/configuration',
    scope: 'admin',
    tag: 'Alerts',
    summary: 'Apply rules, receivers and routes of files in one transaction: all of it, or nothing',
    body: applyBody,
    answer: planAnswer,
    problems: ['conflict'],
  },
  releaseAlertConfiguration: {
    method: 'delete',
    path: '/api/v1/alerts/configuration/owners/:owner',
    scope: 'admin',
    tag: 'Alerts',
    summary: 'Let the API change again what an owner applied; nothing else changes',
    params: z.object({ owner }),
    answer: releaseAnswer,
  },
});
