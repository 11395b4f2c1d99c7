/** Schema of all settings: name, valid values, default, description. `thermocline settings` prints it. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { RAW_RETENTIONS } from '../../ingest/decode/pipeline.ts';
import { compileFormat } from '../../ingest/documents/access-log.ts';
import { parseNetworks } from '../alerts/egress/outbound-address.ts';
import type { LogTier, PriceTier } from '../analytics/cost/terms.ts';
import { hostNameOf } from '../http/access/host-names.ts';
import { accessLogFields } from './access-log-settings.ts';
import { exportVariables } from './export-settings.ts';
import { metricExportVariables } from './metric-export-settings.ts';
import { checkOidc, oidcVariables } from './oidc-settings.ts';
import { checkedList, keyFault, patternFault, redactionExpressions } from './redaction-settings.ts';
import { remoteWriteVariables } from './remote-write-settings.ts';
import { parseSavingsPlans } from './savings-plans.ts';
import { number } from './setting-numbers.ts';
import { smtpFaults, smtpVariables } from './smtp-settings.ts';
import { tagVariables } from './tag-settings.ts';

const port = number(0, 65_535, true);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const shown = (input: unknown): string => String(input).slice(0, 50);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const days = number(1, 3650, false);
const networks = list.superRefine((all, issue) => {
  // `0x10` and `1` are addresses to some parsers.
  for (const one of all)
    if (isIP(one.split('/')[0] ?? '') === 0)
      issue.addIssue({
        code: 'custom',
        message: `${one.slice(0, 100)}: expected an address or a range such as 10.0.0.0/8`,
      });
  try {
    parseNetworks(all);
  } catch (error) {
    issue.addIssue({ code: 'custom', message: `expected addresses or ranges such as 10.0.0.0/8: ${messageOf(error)}` });
  }
});
const hostNames = list.superRefine((all, issue) => {
  for (const name of all) {
    if (hostNameOf(name) !== name.toLowerCase() || name.includes(':'))
      issue.addIssue({
        code: 'custom',
        message: `${name.slice(0, 100)}: expected a host name without scheme and port`,
      });
  }
});
const httpUrl = z.url({ protocol: /^https?$/, error: 'expected a URL such as https://thermocline.example.com' });

/** A list whose entries have a form. */
const listOf = (form: RegExp, expected: string) =>
  list.superRefine((all, issue) => {
    for (const item of all)
      if (!form.test(item)) issue.addIssue({ code: 'custom', message: `${item.slice(0, 100)}: expected ${expected}` });
  });
const regions = listOf(/^[a-z]{2,3}(?:-[a-z]+)+-\d$/, 'a region such as eu-west-1');
// CreateLogGroup: 1 to 512 of these characters.
const logGroups = listOf(/^[\w./#*-]{1,512}$/, 'a name of a log group, of letters, digits and . - _ / #');
// PutSubscriptionFilter: 1 to 512 characters without : and *.
const filterNames = listOf(/^[^:*]{1,512}$/, 'a name of a subscription filter, without : and *');
const host = z
  .string()
  .refine((text) => isIP(text) !== 0 || hostNameOf(text) === text.toLowerCase(), 'expected an address or a host name');
/** One of the given words. */
const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: ({ input }) => `expected ${words.join(' or ')}, got ${JSON.stringify(shown(input))}` });
const onOff = oneOf(['on', 'off']);
/** Whether a URL has no user and no password. Texts that are no URL are refused by {@link httpUrl}. */
const hasNoUser = (text: string): boolean => {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return username === '' && password === '';
};
/** The address of ClickHouse: its user and password have settings of their own, which do not appear in messages. */
const clickhouseUrl = httpUrl.refine(
  hasNoUser,
  'expected a URL without user and password: set THERMOCLINE_CLICKHOUSE_USER and THERMOCLINE_CLICKHOUSE_PASSWORD',
);
/** The address of a server without credentials, a query or a fragment, which would end up in links and logs. */
const plainUrl = httpUrl.refine(
  (text) => hasNoUser(text) && !/[?#]/.test(text),
  'expected a URL without user, password, query and fragment, such as https://thermocline.example.com',
);
const tier = oneOf(['1', '2', '3']).transform((text): PriceTier => (text === '1' ? 1 : text === '2' ? 2 : 3));

const logTier = oneOf(['1', '2', '3', '4']).transform(
  (text): LogTier => (text === '1' ? 1 : text === '2' ? 2 : text === '3' ? 3 : 4),
);

const savingsPlans = list.transform((all, issue) => {
  try {
    return parseSavingsPlans(all);
  } catch (error) {
    issue.addIssue({ code: 'custom', message: `expected plans such as 12@2026-01-01/2027-01-01: ${messageOf(error)}` });
    return z.NEVER;
  }
});

/** Environment variables. The table in docs/configuration.md is generated from this. */
export const variables = {
  THERMOCLINE_DATA: z
    .string()
    .min(1)
    .default('./data')
    .describe('Data folder. Only one process can use it at a time. Must be on a local disk'),
  THERMOCLINE_STORE: oneOf(['sqlite', 'clickhouse'])
    .default('sqlite')
    .describe(
      'Store for telemetry: `sqlite` (in the data folder) or `clickhouse`. Tokens, rules and alerts are always in the data folder',
    ),
  THERMOCLINE_CLICKHOUSE_URL: clickhouseUrl
    .optional()
    .describe('URL of the ClickHouse HTTP interface, such as `https://clickhouse.internal:8443`'),
  THERMOCLINE_CLICKHOUSE_USER: z.string().min(1).default('default').describe('ClickHouse user'),
  THERMOCLINE_CLICKHOUSE_PASSWORD: z
    .string()
    .max(4096, 'expected at most 4096 characters')
    .optional()
    .describe('Password of the ClickHouse user'),
  THERMOCLINE_CLICKHOUSE_DATABASE: z
    .string()
    .min(1)
    .default('thermocline')
    .describe('ClickHouse database, used by Thermocline alone. It must exist'),
  THERMOCLINE_CLICKHOUSE_CLUSTER: z
    .string()
    .min(1)
    .optional()
    .describe('Cluster name as in `system.clusters`; unset for a single node'),
  THERMOCLINE_CLICKHOUSE_CA: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of the certificate authority, if the system does not trust it'),
  THERMOCLINE_HOST: host.default('127.0.0.1').describe('Address to listen on'),
  THERMOCLINE_PORT: port.default(8020).describe('Port to listen on; 0 selects a free port'),
  THERMOCLINE_PUBLIC_URL: plainUrl
    .optional()
    .describe(
      'External URL of this server, used in links and snippets. With `https:` session cookies are sent by HTTPS only',
    ),
  THERMOCLINE_HOST_NAMES: hostNames
    .default([])
    .describe(
      'Further host names by which browsers and API clients may address this server, comma-separated, besides that of `THERMOCLINE_PUBLIC_URL`, addresses and `localhost`. Requests for other names get 421, so that no foreign page can read from this server under a name of its own',
    ),
  THERMOCLINE_ADMIN_TOKEN: z
    .string()
    .min(24, 'expected at least 24 characters')
    .max(4096, 'expected at most 4096 characters')
    // It is sent in a header.
    .regex(/^[\x21-\x7e]*$/, 'expected letters, digits and punctuation of ASCII, without blanks')
    .optional()
    .describe(
      'First admin token (at least 24 characters), for containers and tests. If unset, the first start creates one and prints it',
    ),
  THERMOCLINE_RAW_LINES: oneOf(RAW_RETENTIONS)
    .default('all')
    .describe(
      'Log lines to keep: `off`, `platform` (lines of the Lambda service only), `errors` (also the application lines of failed attempts, and of their environments in the minute before) or `all`',
    ),
  THERMOCLINE_RAW_RETENTION_DAYS: number(0, 3650, false)
    .default(7)
    .describe('Retention of log lines, in days after receipt. Invocations and rollups are not affected'),
  THERMOCLINE_RAW_BUDGET_GB: number(0.001, 1_000_000, false)
    .optional()
    .describe(
      'Size limit of log lines as stored, in GiB. The oldest are deleted first, and it is said from when they are kept. Default: 10, or a fifth of the disk of the data folder (with ClickHouse: of its disks) if that is less',
    ),
  THERMOCLINE_METRIC_RETENTION_DAYS: days
    .default(15)
    .describe(
      'Retention of metrics in full resolution, in days: points of CloudWatch, and identities of lines in the embedded metric format. Their sums of an hour and a day are kept as long as other aggregates. On both stores',
    ),
  THERMOCLINE_METRIC_SERIES_OF_ONE: number(1, 1_000_000, true)
    .default(1000)
    .describe(
      'Most series of metrics of one function, or of one namespace where no function is known. Values of further series are not stored, and counted',
    ),
  THERMOCLINE_METRIC_SERIES: number(1, 10_000_000, true).default(20_000).describe('Most series of metrics in all'),
  THERMOCLINE_REDACT: checkedList(list, patternFault)
    .default([])
    .describe(
      'Patterns to replace in log lines, errors and dead letters before they are stored, comma-separated: `email`, `aws-keys`, `jwt`, `bearer`, `card`, `iban`, `phone`, `ipv4`. Empty, as the two settings below: lines are stored as they are sent',
    ),
  THERMOCLINE_REDACT_KEYS: checkedList(list, keyFault)
    .default([])
    .describe(
      'Names of members whose values are replaced in the same places, comma-separated, with `*` for any text, such as `password,authorization,*token*`. In JSON at any depth, in printed objects, and in `name=value`. Case, `-` and `_` do not count',
    ),
  THERMOCLINE_REDACT_EXPRESSIONS: redactionExpressions
    .optional()
    .describe(
      'Expressions of RE2 to replace in the same places: a JSON object by name, such as `{"order":"ORD-[0-9]+"}`. Of an expression with a group, the text of its first group is replaced',
    ),
  THERMOCLINE_DETAIL_RETENTION_DAYS: days
    .default(35)
    .describe('Retention of invocations and other single events, in days after the event or its receipt'),
  THERMOCLINE_HISTORY_RETENTION_DAYS: days
    .default(400)
    .describe('Retention of rollups, cold start causes and environments, in days'),
  THERMOCLINE_QUARANTINE_RETENTION_DAYS: days.default(30).describe('Retention of dead letters, in days'),
  THERMOCLINE_SELF_LOG_GROUPS: logGroups
    .default([])
    .describe('Log groups of your own delivery chain, comma-separated. They are rejected to prevent feedback loops'),
  THERMOCLINE_ERROR_FILTERS: filterNames
    .default(['thermocline'])
    .describe(
      'Names of subscription filters, comma-separated, whose pattern passes the lines in which runtimes report errors. For filters whose pattern the inventory did not read: error rates of functions that print nothing are known only with these. The kits and `subscribe` name a filter with the default pattern `thermocline`; `subscribe --status` compares the patterns. Empty if that filter was edited by hand',
    ),
  THERMOCLINE_MEMORY_MB: number(128, 1_048_576, true)
    .optional()
    .describe(
      'Memory that the server sizes its threads, caches, heaps and queues for, in MB. Default: the limit of its control group, or the memory of the machine. `doctor` shows what was chosen',
    ),
  THERMOCLINE_DECODERS: number(1, 16, true).optional().describe('Threads that decompress and parse. Default: 1'),
  THERMOCLINE_READERS: number(1, 16, true)
    .optional()
    .describe('Threads that run queries. Default: 2, or 1 below 384 MB of memory'),
  THERMOCLINE_READ_DEADLINE_MS: number(100, 300_000, true).default(30_000).describe('Query timeout, in milliseconds'),
  THERMOCLINE_SQL_CONSOLE: onOff
    .default('on')
    .describe('`off`: switches off read-only SQL over the documented views, for everybody'),
  THERMOCLINE_INGEST_BUDGET_MB: number(8, 65_536, true)
    .optional()
    .describe(
      'Limit of request bodies in memory, in MB, and of one body up to 96 MB. Requests beyond it get 503 and are retried by senders. Default: 97 to 128 MB, and a sixteenth of the memory below 1 GB',
    ),
  THERMOCLINE_PULL_LOG_GROUPS: logGroups
    .default([])
    .describe('Log groups that `serve` polls, comma-separated, with `*` as wildcard. Empty: no polling'),
  THERMOCLINE_PULL_EXCLUDE: logGroups.default([]).describe('Log groups to exclude from polling, with `*` as wildcard'),
  THERMOCLINE_PULL_REGIONS: regions.default([]).describe('Regions to poll. Empty: the default region of the AWS SDK'),
  THERMOCLINE_PULL_INTERVAL_SECONDS: number(5, 86_400, true).default(60).describe('Polling interval, in seconds'),
  THERMOCLINE_PULL_OVERLAP_MINUTES: number(5, 1440, false)
    .default(15)
    .describe(
      'Overlap of consecutive polls, in minutes, for late events. Once a day, the last two days are read again',
    ),
  THERMOCLINE_PULL_REQUESTS_PER_SECOND: number(1, 100, true)
    .default(4)
    .describe('Rate limit of AWS requests per service, account and region, including retries'),
  THERMOCLINE_TRACES: onOff
    .default('off')
    .describe('`on`: fetch X-Ray traces of sampled invocations, cold starts first'),
  THERMOCLINE_PULL_METRICS: onOff
    .default('off')
    .describe(
      '`on`: read the metrics of Lambda that no log has with GetMetricData, where there is no metric stream. AWS bills each metric in each request',
    ),
  THERMOCLINE_PULL_METRICS_MINUTES: number(1, 60, true)
    .default(5)
    .describe(
      'Interval of reading metrics, in minutes. Points are of one minute whatever the interval: twice the interval, half the price',
    ),
  THERMOCLINE_INVENTORY: onOff
    .default('off')
    .describe(
      '`on`: read function configurations from Lambda every hour, and their tags and the patterns of their subscription filters if permitted',
    ),
  ...tagVariables,
  THERMOCLINE_ACCESS_LOG_FORMAT: z
    .string()
    .max(4096, 'expected at most 4096 characters')
    .refine(
      (text) => compileFormat(text) !== null,
      'expected variables such as $context.requestId, with text between them',
    )
    .optional()
    .describe('Text format of API Gateway access logs, as configured there (`$context.…`). CLF is built in'),
  THERMOCLINE_ACCESS_LOG_FIELDS: accessLogFields
    .optional()
    .describe(
      'JSON that maps fields of JSON access logs, such as `{"lambdaRequestId":["fnRequest"]}`. Keys: `requestId`, `time`, `route`, `status`, `lambdaRequestId`, `integrationLatency`, `responseLatency`',
    ),
  THERMOCLINE_INGEST_KEY_MB_PER_SECOND: number(0, 10_000, false)
    .default(0)
    .describe(
      'Rate limit of one ingest key, in MB of request bodies per second, with bursts of ten seconds. Requests beyond it get 429. 0: unlimited',
    ),
  THERMOCLINE_QUARANTINE_MB: number(1, 65_536, true)
    .default(256)
    .describe('Size limit of dead letters, in MB. The oldest are deleted first and counted'),
  THERMOCLINE_MIN_FREE_MB: number(1, 1_048_576, true)
    .default(256)
    .describe('Minimum free disk space, in MB. Below it, ingest answers 503'),
  THERMOCLINE_BACKUP_HOURS: number(0, 8760, false)
    .default(0)
    .describe('Interval of automatic backups, in hours; 0 disables them'),
  THERMOCLINE_BACKUP_FOLDER: z
    .string()
    .min(1)
    .optional()
    .describe('Backup folder; default `backups` in the data folder. Use another disk to survive the loss of this one'),
  THERMOCLINE_BACKUP_KEEP: number(1, 1000, true)
    .default(7)
    .describe('Number of automatic backups to keep. The oldest are deleted first'),
  THERMOCLINE_SAVINGS_PLANS: savingsPlans
    .default([])
    .describe(
      'Compute Savings Plans, comma-separated: percentage off the list price of duration and provisioned concurrency, and the days (UTC) from and before which it applies, such as `12@2026-01-01/2027-01-01`. Requests, storage and logs are not covered. Empty: list prices',
    ),
  THERMOCLINE_PRICE_TIER: tier
    .default(1)
    .describe(
      'Price tier of duration on demand that usage is priced at: `1`, `2` (beyond 6 billion GB-seconds a month on x86_64, 7.5 billion on arm64, per account and region) or `3` (beyond 15 and 18.75 billion)',
    ),
  THERMOCLINE_LOG_PRICE_TIER: logTier
    .default(1)
    .describe(
      'Price tier of the ingestion of Lambda logs that log volume is priced at since May 2025: `1`, or `2`, `3` and `4` beyond 10, 30 and 50 TB a month per account and region',
    ),
  THERMOCLINE_RULES: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Rule file, or folder of rule files (`.yaml`, `.yml`, `.json`), which `serve` applies at start and when they change: rules, receivers, routes and inhibitions. What comes from files is changed there only',
    ),
  THERMOCLINE_TRUST_PROXY: onOff
    .default('off')
    .describe(
      '`on`: take the client address from the last entry of `X-Forwarded-For`. Use only behind a proxy that sets it; otherwise clients can evade throttling',
    ),
  ...oidcVariables,
  THERMOCLINE_OUTBOUND_ALLOW: networks
    .default([])
    .describe(
      'Private networks that outgoing requests (webhooks, e-mail, OTLP metrics, remote write, the identity provider) may reach: comma-separated addresses or CIDR ranges (`10.0.0.0/8`). Public addresses are always allowed, metadata services and link-local addresses never',
    ),
  THERMOCLINE_OUTBOUND_HTTP: onOff
    .default('off')
    .describe(
      '`on`: outgoing requests to webhooks, receivers of metrics and the identity provider may also use `http:`',
    ),
  ...smtpVariables,
  ...metricExportVariables,
  ...exportVariables,
  ...remoteWriteVariables,
  THERMOCLINE_LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('`fatal`, `error`, `warn`, `info`, `debug` or `silent`. Logs are JSON lines on standard error'),
} as const;

export const settings = z.object(variables).superRefine((set, issue) => {
  checkOidc(set, (name, message) => issue.addIssue({ code: 'custom', path: [name], message }));
  if (set.THERMOCLINE_STORE === 'clickhouse' && set.THERMOCLINE_CLICKHOUSE_URL === undefined) {
    issue.addIssue({
      code: 'custom',
      path: ['THERMOCLINE_CLICKHOUSE_URL'],
      message: 'required if THERMOCLINE_STORE=clickhouse; expected a URL such as https://clickhouse.internal:8443',
    });
  }
  const { THERMOCLINE_CLICKHOUSE_CA: ca, THERMOCLINE_CLICKHOUSE_URL: clickhouse } = set;
  if (ca !== undefined && clickhouse !== undefined && !/^https:/i.test(clickhouse)) {
    issue.addIssue({
      code: 'custom',
      path: ['THERMOCLINE_CLICKHOUSE_CA'],
      message: 'expected THERMOCLINE_CLICKHOUSE_URL to begin with https: if this is set',
    });
  }
  for (const [path, message] of smtpFaults(set)) issue.addIssue({ code: 'custom', path: [path], message });
  const { THERMOCLINE_INGEST_BUDGET_MB: budgetMb, THERMOCLINE_MEMORY_MB: memoryMb } = set;
  if (budgetMb !== undefined && memoryMb !== undefined && budgetMb > memoryMb / 2) {
    issue.addIssue({
      code: 'custom',
      path: ['THERMOCLINE_INGEST_BUDGET_MB'],
      message: `expected at most half of THERMOCLINE_MEMORY_MB (${memoryMb}), got ${budgetMb}`,
    });
  }
  const { THERMOCLINE_RAW_RETENTION_DAYS: raw, THERMOCLINE_HISTORY_RETENTION_DAYS: history } = set;
  if (Math.max(raw, set.THERMOCLINE_DETAIL_RETENTION_DAYS) > history) {
    issue.addIssue({
      code: 'custom',
      path: ['THERMOCLINE_HISTORY_RETENTION_DAYS'],
      message: `expected at least THERMOCLINE_RAW_RETENTION_DAYS (${raw}) and THERMOCLINE_DETAIL_RETENTION_DAYS (${set.THERMOCLINE_DETAIL_RETENTION_DAYS}), got ${history}`,
    });
  }
});

/** Settings as a Markdown table, as in docs/configuration.md. */
export function settingsTable(): string {
  const rows = Object.entries(variables).map(([name, type]) => {
    const found = type.safeParse(undefined);
    const value = found.success ? found.data : undefined;
    const empty = value === undefined || (Array.isArray(value) && value.length === 0);
    return `| \`${name}\` | ${empty ? '–' : `\`${String(value)}\``} | ${type.description ?? ''} |`;
  });
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}
