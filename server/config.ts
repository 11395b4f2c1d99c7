/** The one reader of the environment. Every fault is reported at once; the result is frozen. */
import { resolve } from 'node:path';
import { z } from 'zod';
import type { AccessLogShape } from '../ingest/pipeline.ts';
import { parseNetworks } from './alerts/outbound-address.ts';
import type { RetentionPolicy } from './storage/retention.ts';

const DAY_MS = 86_400_000;

const port = z.coerce.number().int().min(0).max(65_535);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const days = z.coerce.number().min(1).max(3650);
const networks = list.superRefine((all, issue) => {
  try {
    parseNetworks(all);
  } catch (error) {
    issue.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});
const onOff = z.enum(['on', 'off']);
const names = z.array(z.string().min(1)).optional();
const accessLogFields = z
  .string()
  .transform((text, issue) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      issue.addIssue({ code: 'custom', message: 'expected JSON' });
      return z.NEVER;
    }
  })
  .pipe(
    z.strictObject({
      requestId: names,
      time: names,
      route: names,
      status: names,
      lambdaRequestId: names,
      integrationLatency: names,
      responseLatency: names,
    }),
  );

/** Keys, meaning and defaults; docs/configuration.md is tested against this. */
export const variables = {
  THERMOCLINE_DATA: z.string().min(1).default('./data').describe('Data folder'),
  THERMOCLINE_HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  THERMOCLINE_PORT: port.default(8020).describe('Port to listen on; 0 picks a free one'),
  THERMOCLINE_PUBLIC_URL: z.url().optional().describe('How others reach this server, for copyable snippets'),
  THERMOCLINE_ADMIN_TOKEN: z
    .string()
    .min(24)
    .max(4096)
    .optional()
    .describe('First admin token, for containers and tests'),
  THERMOCLINE_RAW_LINES: z
    .enum(['off', 'platform', 'all'])
    .default('platform')
    .describe('Which raw log lines are kept'),
  THERMOCLINE_RAW_RETENTION_DAYS: z.coerce
    .number()
    .min(0)
    .max(3650)
    .default(7)
    .describe('Days that raw log lines are kept after they were received'),
  THERMOCLINE_DETAIL_RETENTION_DAYS: days
    .default(35)
    .describe('Days that invocations and other single events are kept, from the event or its receipt'),
  THERMOCLINE_HISTORY_RETENTION_DAYS: days
    .default(400)
    .describe('Days that rollups, causes of cold starts and environments are kept'),
  THERMOCLINE_QUARANTINE_RETENTION_DAYS: days.default(30).describe('Days that the quarantine keeps what came'),
  THERMOCLINE_SELF_LOG_GROUPS: list.default([]).describe('Log groups of your delivery chain, never to be stored'),
  THERMOCLINE_DECODERS: z.coerce.number().int().min(1).max(16).default(1).describe('Threads that inflate and parse'),
  THERMOCLINE_READERS: z.coerce.number().int().min(1).max(16).default(2).describe('Threads that answer queries'),
  THERMOCLINE_READ_DEADLINE_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(300_000)
    .default(30_000)
    .describe('Longest a query may take'),
  THERMOCLINE_INGEST_BUDGET_MB: z.coerce
    .number()
    .int()
    .min(97)
    .max(65_536)
    .default(128)
    .describe('Request bodies held at once; more is answered 503'),
  THERMOCLINE_PULL_LOG_GROUPS: list
    .default([])
    .describe('Log groups to poll, `*` stands for anything; empty polls none'),
  THERMOCLINE_PULL_EXCLUDE: list.default([]).describe('Log groups never to poll, with `*`'),
  THERMOCLINE_PULL_REGIONS: list.default([]).describe('Regions to poll; empty takes the one the AWS SDK finds'),
  THERMOCLINE_PULL_INTERVAL_SECONDS: z.coerce
    .number()
    .int()
    .min(5)
    .max(86_400)
    .default(60)
    .describe('Seconds between polls'),
  THERMOCLINE_PULL_OVERLAP_MINUTES: z.coerce
    .number()
    .min(5)
    .max(1440)
    .default(15)
    .describe('Minutes read again on every poll, for events that appear late'),
  THERMOCLINE_PULL_REQUESTS_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(4)
    .describe('AWS requests per second, per account and region'),
  THERMOCLINE_TRACES: onOff.default('off').describe('Fetch X-Ray traces of sampled invocations, cold ones first'),
  THERMOCLINE_INVENTORY: onOff.default('off').describe('Read the configuration of functions from Lambda every hour'),
  THERMOCLINE_ACCESS_LOG_FORMAT: z
    .string()
    .max(4096)
    .optional()
    .describe('Format of API Gateway access logs in text, as configured there ($context.…)'),
  THERMOCLINE_ACCESS_LOG_FIELDS: accessLogFields
    .optional()
    .describe('JSON: names of members in JSON access logs, e.g. {"lambdaRequestId":["fnRequest"]}'),
  THERMOCLINE_INGEST_KEY_MB_PER_SECOND: z.coerce
    .number()
    .min(0)
    .max(10_000)
    .default(0)
    .describe('Request bodies that one ingest key may send, per second; more is answered 429; 0 sets no limit'),
  THERMOCLINE_QUARANTINE_MB: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_536)
    .default(256)
    .describe('What the quarantine keeps at most; the oldest goes first, counted'),
  THERMOCLINE_TRUST_PROXY: onOff
    .default('off')
    .describe('The last address of X-Forwarded-For is the client: only behind a proxy that sets it'),
  THERMOCLINE_OUTBOUND_ALLOW: networks
    .default([])
    .describe('Private networks that webhooks may reach, as addresses or CIDR; public ones always may'),
  THERMOCLINE_OUTBOUND_HTTP: onOff.default('off').describe('Webhooks may use http: as well'),
  THERMOCLINE_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Log level'),
} as const;

const schema = z.object(variables).superRefine((set, issue) => {
  const { THERMOCLINE_RAW_RETENTION_DAYS: raw, THERMOCLINE_HISTORY_RETENTION_DAYS: history } = set;
  if (Math.max(raw, set.THERMOCLINE_DETAIL_RETENTION_DAYS) > history) {
    issue.addIssue({
      code: 'custom',
      path: ['THERMOCLINE_HISTORY_RETENTION_DAYS'],
      message: 'expected no less than the other two: what events add up to is kept at least as long as they are',
    });
  }
});

export interface Config {
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  readonly adminToken: string | null;
  readonly rawLines: 'off' | 'platform' | 'all';
  readonly retention: RetentionPolicy;
  readonly selfLogGroups: readonly string[];
  readonly decoders: number;
  readonly readers: number;
  readonly readDeadlineMs: number;
  readonly ingestBudgetBytes: number;
  readonly pull: {
    readonly logGroups: readonly string[];
    readonly exclude: readonly string[];
    readonly regions: readonly string[];
    readonly intervalMs: number;
    readonly overlapMs: number;
    readonly requestsPerSecond: number;
  };
  readonly traces: boolean;
  readonly inventory: boolean;
  readonly accessLogs: AccessLogShape;
  /** 0: no limit. */
  readonly keyBytesPerSecond: number;
  readonly quarantineBytes: number;
  readonly trustProxy: boolean;
  readonly outbound: { readonly allow: readonly string[]; readonly http: boolean };
  readonly logLevel: string;
}

/** Every fault of the environment, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** @throws ConfigError naming each variable that is wrong and what was expected; unknown THERMOCLINE_ names among them. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const unknown = Object.keys(environment).filter((key) => key.startsWith('THERMOCLINE_') && !(key in variables));
  // Compose and the like hand over what is not set as empty text.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  const faults = unknown.map((key) => `${key}: no such setting`);
  if (!result.success)
    for (const issue of result.error.issues) faults.push(`${issue.path.join('.')}: ${issue.message}`);
  if (!result.success || faults.length > 0) throw new ConfigError(faults.join('\n'));
  const set = result.data;
  return Object.freeze({
    dataFolder: resolve(set.THERMOCLINE_DATA),
    host: set.THERMOCLINE_HOST,
    port: set.THERMOCLINE_PORT,
    publicUrl: set.THERMOCLINE_PUBLIC_URL ?? null,
    adminToken: set.THERMOCLINE_ADMIN_TOKEN ?? null,
    rawLines: set.THERMOCLINE_RAW_LINES,
    retention: Object.freeze({
      rawMs: set.THERMOCLINE_RAW_RETENTION_DAYS * DAY_MS,
      detailMs: set.THERMOCLINE_DETAIL_RETENTION_DAYS * DAY_MS,
      historyMs: set.THERMOCLINE_HISTORY_RETENTION_DAYS * DAY_MS,
      quarantineMs: set.THERMOCLINE_QUARANTINE_RETENTION_DAYS * DAY_MS,
    }),
    selfLogGroups: Object.freeze(set.THERMOCLINE_SELF_LOG_GROUPS),
    decoders: set.THERMOCLINE_DECODERS,
    readers: set.THERMOCLINE_READERS,
    readDeadlineMs: set.THERMOCLINE_READ_DEADLINE_MS,
    ingestBudgetBytes: set.THERMOCLINE_INGEST_BUDGET_MB * 1_048_576,
    pull: Object.freeze({
      logGroups: Object.freeze(set.THERMOCLINE_PULL_LOG_GROUPS),
      exclude: Object.freeze(set.THERMOCLINE_PULL_EXCLUDE),
      regions: Object.freeze(set.THERMOCLINE_PULL_REGIONS),
      intervalMs: set.THERMOCLINE_PULL_INTERVAL_SECONDS * 1000,
      overlapMs: set.THERMOCLINE_PULL_OVERLAP_MINUTES * 60_000,
      requestsPerSecond: set.THERMOCLINE_PULL_REQUESTS_PER_SECOND,
    }),
    traces: set.THERMOCLINE_TRACES === 'on',
    inventory: set.THERMOCLINE_INVENTORY === 'on',
    accessLogs: Object.freeze({
      names: definedOnly(set.THERMOCLINE_ACCESS_LOG_FIELDS ?? {}),
      format: set.THERMOCLINE_ACCESS_LOG_FORMAT ?? null,
    }),
    keyBytesPerSecond: set.THERMOCLINE_INGEST_KEY_MB_PER_SECOND * 1_048_576,
    quarantineBytes: set.THERMOCLINE_QUARANTINE_MB * 1_048_576,
    trustProxy: set.THERMOCLINE_TRUST_PROXY === 'on',
    outbound: Object.freeze({
      allow: Object.freeze(set.THERMOCLINE_OUTBOUND_ALLOW),
      http: set.THERMOCLINE_OUTBOUND_HTTP === 'on',
    }),
    logLevel: set.THERMOCLINE_LOG_LEVEL,
  });
}

function definedOnly(fields: Readonly<Record<string, readonly string[] | undefined>>): AccessLogShape['names'] {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The process's own environment. */
export function configFromProcess(): Config {
  return readConfig(process.env);
}
