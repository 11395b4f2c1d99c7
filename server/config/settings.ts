/** Every setting: its name, what is valid, its default and its meaning. Read by config.ts, told by `thermocline settings`. */
import { z } from 'zod';
import { parseNetworks } from '../alerts/egress/outbound-address.ts';

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

/** Keys, meaning and defaults; the table of docs/configuration.md is generated from this. */
export const variables = {
  THERMOCLINE_DATA: z
    .string()
    .min(1)
    .default('./data')
    .describe('Data folder. One process owns it at a time; use a local disk'),
  THERMOCLINE_STORE: z
    .enum(['sqlite', 'clickhouse'])
    .default('sqlite')
    .describe(
      'Where telemetry is kept: `sqlite`, in the data folder, or `clickhouse`. Tokens, rules and alerts are in the data folder either way',
    ),
  THERMOCLINE_CLICKHOUSE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('ClickHouse over HTTP, such as `https://clickhouse.internal:8443`'),
  THERMOCLINE_CLICKHOUSE_USER: z.string().min(1).default('default').describe('User of ClickHouse'),
  THERMOCLINE_CLICKHOUSE_PASSWORD: z.string().max(4096).optional().describe("That user's password"),
  THERMOCLINE_CLICKHOUSE_DATABASE: z
    .string()
    .min(1)
    .default('thermocline')
    .describe('Database of its own; it has to be there'),
  THERMOCLINE_CLICKHOUSE_CLUSTER: z
    .string()
    .min(1)
    .optional()
    .describe('Name of the cluster, as `system.clusters` has it; none for a single node'),
  THERMOCLINE_CLICKHOUSE_CA: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of the authority that signed its certificate, where the system does not trust it'),
  THERMOCLINE_HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  THERMOCLINE_PORT: port.default(8020).describe('Port to listen on; 0 picks a free one'),
  THERMOCLINE_PUBLIC_URL: z.url().optional().describe('How others reach this server, for copyable snippets'),
  THERMOCLINE_ADMIN_TOKEN: z
    .string()
    .min(24)
    .max(4096)
    .optional()
    .describe(
      'First admin token (24 characters or more), for containers and tests; without it the first start makes one and prints it',
    ),
  THERMOCLINE_RAW_LINES: z
    .enum(['off', 'platform', 'all'])
    .default('platform')
    .describe('Which raw log lines are kept for "show me the lines": `off`, `platform` or `all`'),
  THERMOCLINE_RAW_RETENTION_DAYS: z.coerce
    .number()
    .min(0)
    .max(3650)
    .default(7)
    .describe('Days that raw log lines are kept after they were received; rows and rollups stay'),
  THERMOCLINE_DETAIL_RETENTION_DAYS: days
    .default(35)
    .describe('Days that invocations and other single events are kept, from the event or its receipt'),
  THERMOCLINE_HISTORY_RETENTION_DAYS: days
    .default(400)
    .describe('Days that rollups, causes of cold starts and environments are kept'),
  THERMOCLINE_QUARANTINE_RETENTION_DAYS: days.default(30).describe('Days that the quarantine keeps what came'),
  THERMOCLINE_SELF_LOG_GROUPS: list
    .default([])
    .describe(
      'Log groups of your own delivery chain, comma-separated: they are refused, or they would feed themselves',
    ),
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
    .describe('Request bodies held in memory at once; more is answered 503 and sent again'),
  THERMOCLINE_PULL_LOG_GROUPS: list
    .default([])
    .describe('Log groups that `serve` polls, comma-separated, `*` stands for anything; empty polls none'),
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
    .describe('Minutes read again on every poll, for events that appear late; once a day two days are read again'),
  THERMOCLINE_PULL_REQUESTS_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(4)
    .describe('AWS requests per second, per service, account and region, retries included'),
  THERMOCLINE_TRACES: onOff
    .default('off')
    .describe('`on`: fetch the X-Ray traces of sampled invocations, cold ones first'),
  THERMOCLINE_INVENTORY: onOff
    .default('off')
    .describe('`on`: read the configuration of functions from Lambda every hour'),
  THERMOCLINE_ACCESS_LOG_FORMAT: z
    .string()
    .max(4096)
    .optional()
    .describe('Format of API Gateway access logs in text, as configured there (`$context.…`); CLF is known'),
  THERMOCLINE_ACCESS_LOG_FIELDS: accessLogFields
    .optional()
    .describe(
      'JSON naming members of JSON access logs, e.g. `{"lambdaRequestId":["fnRequest"]}`; keys `requestId`, `time`, `route`, `status`, `lambdaRequestId`, `integrationLatency`, `responseLatency`',
    ),
  THERMOCLINE_INGEST_KEY_MB_PER_SECOND: z.coerce
    .number()
    .min(0)
    .max(10_000)
    .default(0)
    .describe(
      "Request bodies that one ingest key may send per second, ten seconds' worth at once; more is answered 429 and sent again; 0 sets no limit",
    ),
  THERMOCLINE_QUARANTINE_MB: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_536)
    .default(256)
    .describe('What the quarantine keeps at most; the oldest goes first, counted'),
  THERMOCLINE_MIN_FREE_MB: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_048_576)
    .default(256)
    .describe('Free space on the disk of the data folder below which ingest answers 503, until there is more'),
  THERMOCLINE_BACKUP_HOURS: z.coerce
    .number()
    .min(0)
    .max(8760)
    .default(0)
    .describe('Hours between backups that the server makes by itself; 0 makes none'),
  THERMOCLINE_BACKUP_FOLDER: z
    .string()
    .min(1)
    .optional()
    .describe('Where backups go; otherwise `backups` in the data folder. Another disk survives the loss of this one'),
  THERMOCLINE_BACKUP_KEEP: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(7)
    .describe('Backups that are kept of those the server makes by itself; the oldest go first'),
  THERMOCLINE_TRUST_PROXY: onOff
    .default('off')
    .describe(
      "`on`: the last address of `X-Forwarded-For` is the client's; only behind a proxy that sets it, or throttles can be evaded",
    ),
  THERMOCLINE_OUTBOUND_ALLOW: networks
    .default([])
    .describe(
      'Private networks that webhooks may reach, comma-separated addresses or CIDR (`10.0.0.0/8`); public ones always may, metadata services and link-local never',
    ),
  THERMOCLINE_OUTBOUND_HTTP: onOff.default('off').describe('`on`: webhooks may use `http:` as well'),
  THERMOCLINE_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('`fatal`, `error`, `warn`, `info`, `debug` or `silent`; one JSON line an event, on standard error'),
} as const;

export const settings = z.object(variables).superRefine((set, issue) => {
  if (set.THERMOCLINE_STORE === 'clickhouse' && set.THERMOCLINE_CLICKHOUSE_URL === undefined) {
    issue.addIssue({
      code: 'custom',
      path: ['THERMOCLINE_CLICKHOUSE_URL'],
      message: 'expected an address such as https://clickhouse.internal:8443, since THERMOCLINE_STORE is clickhouse',
    });
  }
  const { THERMOCLINE_RAW_RETENTION_DAYS: raw, THERMOCLINE_HISTORY_RETENTION_DAYS: history } = set;
  if (Math.max(raw, set.THERMOCLINE_DETAIL_RETENTION_DAYS) > history) {
    issue.addIssue({
      code: 'custom',
      path: ['THERMOCLINE_HISTORY_RETENTION_DAYS'],
      message: 'expected no less than the other two: what events add up to is kept at least as long as they are',
    });
  }
});

/** The settings as a table in Markdown, as docs/configuration.md shows it. */
export function settingsTable(): string {
  const rows = Object.entries(variables).map(([name, type]) => {
    const found = type.safeParse(undefined);
    const value = found.success ? found.data : undefined;
    const empty = value === undefined || (Array.isArray(value) && value.length === 0);
    return `| \`${name}\` | ${empty ? '–' : `\`${String(value)}\``} | ${type.description ?? ''} |`;
  });
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}
