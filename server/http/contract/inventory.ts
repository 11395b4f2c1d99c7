import * as z from 'zod';
import { isoTime, pageQuery } from './common.ts';
import { writeOutcome } from './ingest.ts';
import { declareRoutes } from './route.ts';

const texts = z.array(z.string().max(512)).max(500);

/** Facts that a user may declare for a function. Omitted fields keep their known values. */
export const declaredFacts = z.object({
  memoryMb: z.number().int().min(64).max(65_536).optional(),
  timeoutSeconds: z.number().min(1).max(86_400).optional(),
  runtime: z.string().max(64).optional(),
  architecture: z.enum(['x86_64', 'arm64']).optional(),
  vpcId: z.string().max(64).optional(),
  subnetIds: texts.optional().describe('Empty if the function is not in a VPC'),
  securityGroupIds: texts.optional(),
  layers: texts.optional(),
  packageType: z.enum(['Zip', 'Image']).optional(),
  codeSizeBytes: z.number().int().min(1).optional().describe('Size of the package or image, without layers'),
  ephemeralStorageMb: z.number().int().optional(),
  provisionedConcurrency: z.number().int().min(0).optional(),
  capacityProvider: z.string().max(512).optional().describe('ARN of the capacity provider of Managed Instances'),
  environmentConcurrency: z.number().int().min(1).max(10_000).optional(),
  instances: z.number().min(0).max(100_000).optional().describe('EC2 instances that run the function, on average'),
  instanceHourUsd: z.number().min(0).max(1000).optional().describe('EC2 on-demand price of one instance per hour'),
});

export const inventoryBody = z
  .union([
    z
      .object({ Functions: z.array(z.record(z.string(), z.unknown())).max(20_000) })
      .describe('Output of aws lambda list-functions'),
    z.strictObject({
      functions: z
        .array(
          declaredFacts.extend({ id: z.string().max(512).describe('account:region:name, or a known name') }).strict(),
        )
        .max(5000)
        .describe('Facts declared by the user'),
    }),
  ])
  .meta({ id: 'InventoryUpdate' });

export const inventoryQuery = z.strictObject({
  function: z.string().max(512).optional().describe('Lists the history of this function, newest first'),
  ...pageQuery,
});

export const inventoryEntry = z
  .object({
    id: z.string(),
    since: isoTime.describe('When this configuration was first known'),
    confirmedAt: isoTime,
    source: z.string().describe('lambda-api, list-functions or declared'),
    memoryMb: z.number().nullable(),
    timeoutMs: z.number().nullable(),
    runtime: z.string().nullable(),
    architecture: z.string().nullable(),
    vpcId: z.string().nullable(),
    subnetIds: texts.nullable(),
    securityGroupIds: texts.nullable(),
    layers: texts.nullable(),
    packageType: z.string().nullable(),
    codeSizeBytes: z.number().nullable(),
    ephemeralStorageMb: z.number().nullable(),
    provisionedConcurrency: z.number().nullable(),
    snapStart: z.boolean().nullable(),
    state: z.string().nullable(),
    logGroup: z.string().nullable(),
    lastModifiedAt: isoTime.nullable(),
    codeSha256: z.string().nullable(),
    versionCodes: z
      .record(z.string(), z.string())
      .nullable()
      .describe('CodeSha256 of each published version; versions with the same hash run the same code'),
    versionArchitectures: z
      .record(z.string(), z.enum(['x86_64', 'arm64']))
      .nullable()
      .describe('Architecture of each published version'),
    tenantIsolation: z.boolean().nullable(),
    durable: z.boolean().nullable(),
    capacityProvider: z.string().nullable(),
    environmentConcurrency: z.number().nullable(),
    instances: z.number().nullable(),
    instanceHourUsd: z.number().nullable(),
    subscriptionFilters: z
      .record(z.string(), z.boolean())
      .nullable()
      .describe(
        'Subscription filters of the log group and of the account, by name: whether the pattern passes the lines in which runtimes report errors',
      ),
  })
  .meta({ id: 'InventoryEntry' });
export const inventoryAnswer = z
  .object({ items: z.array(inventoryEntry), nextCursor: z.string().nullable() })
  .meta({ id: 'InventoryList' });

/** Fits a list of several thousand functions. A decode thread reads what is larger than 64 KiB. */
const MAX_INVENTORY_BYTES = 32 * 1_048_576;

export const inventoryRoutes = declareRoutes({
  listInventory: {
    method: 'get',
    path: '/api/v1/inventory',
    scope: 'admin',
    tag: 'Inventory',
    summary: 'List configurations of functions, from AWS or declared',
    query: inventoryQuery,
    answer: inventoryAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  updateInventory: {
    method: 'put',
    path: '/api/v1/inventory',
    scope: 'admin',
    tag: 'Inventory',
    summary: 'Declare facts, or import the output of aws lambda list-functions',
    body: inventoryBody,
    maxBodyBytes: MAX_INVENTORY_BYTES,
    answer: writeOutcome,
    problems: ['not-found', 'ambiguous'],
  },
});
