/** Reads the configuration from the environment; the only reader of `process.env`. The result is frozen. */

import { join, resolve } from 'node:path';
import type { ProxySettings } from '../../ingest/api/proxy-settings.ts';
import type { AccessLogShape, RawRetention } from '../../ingest/decode/pipeline.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../ingest/records/time.ts';
import type { RedactionRules } from '../../ingest/redaction/rules.ts';
import type { SmtpSettings } from '../alerts/egress/smtp-client.ts';
import type { PriceTerms } from '../analytics/cost/terms.ts';
import { hostNameOf } from '../http/access/host-names.ts';
import type { MetricExportTarget } from '../jobs/metric-export.ts';
import type { ParquetExportSettings } from '../jobs/parquet-export.ts';
import type { RemoteWriteTarget } from '../jobs/remote-write.ts';
import type { ClickHouseOptions } from '../storage/clickhouse/connection.ts';
import type { MetricOptions } from '../storage/metrics/quota.ts';
import type { RetentionPolicy } from '../storage/questions/retention/types.ts';
import type { Capacity } from './capacity.ts';
import { capacityOf } from './capacity.ts';
import { exportOf } from './export-settings.ts';
import { CLIENT_VARIABLES, isServiceLink } from './foreign-variables.ts';
import type { Machine } from './machine.ts';
import { readMachine } from './machine.ts';
import type { OidcSettings } from './oidc-settings.ts';
import { oidcOf } from './oidc-settings.ts';
import { rulesOf } from './redaction-settings.ts';
import { remoteWriteOf } from './remote-write-settings.ts';
import { parseHeaders, readSecret } from './secret-reference.ts';
import { settings, variables } from './settings.ts';
import { similarName } from './suggestion.ts';

export interface Config {
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  /** Host names by which this server may be addressed, in lower case; besides addresses and loopback names. */
  readonly hostNames: readonly string[];
  readonly adminToken: string | null;
  readonly rawLines: RawRetention;
  /** Most bytes of log lines; null for the default, which depends on the disk. */
  readonly lineBytes: number | null;
  /** Retention of points of metrics, and limits of their series. */
  readonly metrics: MetricOptions;
  readonly retention: RetentionPolicy;
  /** ClickHouse as the store of telemetry; null for SQLite. */
  readonly clickhouse: ClickHouseOptions | null;
  /** ClickHouse as the target of `thermocline move`; set even if the store is SQLite. */
  readonly moveTarget: ClickHouseOptions | null;
  /** PEM file of the authority that issued ClickHouse's certificate; null if none is set. */
  readonly authorityFile: string | null;
  readonly selfLogGroups: readonly string[];
  /** Names of subscription filters whose pattern is known to pass the errors that runtimes report. */
  readonly errorFilters: readonly string[];
  /** Sizes of threads, caches and queues. */
  readonly capacity: Capacity;
  readonly readDeadlineMs: number;
  /** Whether queries in SQL can be run. */
  readonly sqlConsole: boolean;
  readonly pull: {
    readonly logGroups: readonly string[];
    readonly exclude: readonly string[];
    readonly regions: readonly string[];
    readonly intervalMs: number;
    readonly overlapMs: number;
    readonly requestsPerSecond: number;
  };
  readonly traces: boolean;
  /** Interval of pulling metrics; null if they are not pulled. */
  readonly pullMetricsMs: number | null;
  readonly inventory: boolean;
  /** File of tags; null for none. */
  readonly tagsFile: string | null;
  /** Key of the tag whose value is the team of a function. */
  readonly teamTag: string;
  readonly accessLogs: AccessLogShape;
  /** What is replaced in log lines before they are stored; null for nothing. */
  readonly redaction: RedactionRules | null;
  /** 0: unlimited. */
  readonly keyBytesPerSecond: number;
  readonly deadLetterBytes: number;
  /** Minimum free disk space. */
  readonly minFreeBytes: number;
  readonly backups: {
    readonly folder: string;
    /** Interval of automatic backups; null disables them. */
    readonly everyMs: number | null;
    readonly keep: number;
  };
  /** What the account pays less than list price for. */
  readonly priceTerms: PriceTerms;
  readonly trustProxy: boolean;
  readonly outbound: { readonly allow: readonly string[]; readonly http: boolean };
  /** The identity provider with which users sign in; null without one. */
  readonly oidc: OidcSettings | null;
  /** File or folder of rules that are applied; null if none is set. */
  readonly rulesPath: string | null;
  /** Proxies of outgoing requests. */
  readonly proxy: ProxySettings;
  /** The mail server; null if e-mail is not sent. */
  readonly smtp: SmtpSettings | null;
  readonly logLevel: string;
  /** Variables of Kubernetes that look like settings and were ignored. */
  readonly serviceLinks: readonly string[];
  /** Where derived metrics are sent; null for nowhere. */
  readonly metricExport: MetricExportTarget | null;
  /** Where invocations and rollups are exported as Parquet; null for nowhere. */
  readonly parquetExport: ParquetExportSettings | null;
  /** Where samples are sent by remote write; null for nowhere. */
  readonly remoteWrite: RemoteWriteTarget | null;
}

/** Invalid environment. The message has one line per error. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const MOST_MESSAGE_CHARS = 300;
/** Longest value of a setting. */
const MOST_CHARS = 32_768;

/** Parses an environment. Variables of commands that ask a server, and those of Kubernetes, are no settings. `machine` is what the process may use. @throws ConfigError naming every invalid and every unknown `THERMOCLINE_` variable. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  machine: Machine = readMachine(),
): Config {
  const serviceLinks = Object.keys(environment).filter((key) => isServiceLink(key, environment[key] ?? ''));
  const foreign = [...CLIENT_VARIABLES, ...serviceLinks];
  const unknown = Object.keys(environment).filter(
    (key) => key.startsWith('THERMOCLINE_') && !(key in variables) && !foreign.includes(key),
  );
  // Docker Compose passes unset variables as empty strings. An empty list of filters is a declaration of its own.
  const given = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => (value !== '' && !foreign.includes(name)) || name === 'THERMOCLINE_ERROR_FILTERS',
    ),
  );
  const result = settings.safeParse(given);
  const errors = unknown.map((key) => `${key}: unknown setting${suggestion(key)}`);
  for (const name of Object.keys(variables)) {
    const value = given[name] ?? '';
    if (/\p{Cc}/u.test(value)) errors.push(`${name}: expected text without control characters`);
    if (value.length > MOST_CHARS) errors.push(`${name}: expected at most ${MOST_CHARS} characters`);
    if (value !== '' && value.trim() === '') errors.push(`${name}: expected a value, got only blanks`);
  }
  const proxy = readProxies(given, errors);
  const password = readSmtpPassword(given, environment, errors);
  if (!result.success)
    for (const issue of result.error.issues) {
      const name = String(issue.path[0]);
      // One sentence for each setting says enough, and this one would repeat the text.
      if (!errors.some((line) => line.startsWith(`${name}: `)))
        errors.push(`${name}: ${issue.message.slice(0, MOST_MESSAGE_CHARS)}`);
    }
  const metricExport = result.success ? metricExportOf(result.data, environment, errors) : null;
  const remoteWrite = result.success ? remoteWriteOf(result.data, environment, errors) : null;
  if (!result.success || errors.length > 0) throw new ConfigError(errors.join('\n'));
  const set = result.data;
  return Object.freeze({
    dataFolder: resolve(set.THERMOCLINE_DATA),
    host: set.THERMOCLINE_HOST,
    port: set.THERMOCLINE_PORT,
    hostNames: Object.freeze(ownNames(set)),
    publicUrl: set.THERMOCLINE_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    adminToken: set.THERMOCLINE_ADMIN_TOKEN ?? null,
    rawLines: set.THERMOCLINE_RAW_LINES,
    lineBytes: set.THERMOCLINE_RAW_BUDGET_GB === undefined ? null : set.THERMOCLINE_RAW_BUDGET_GB * 1_073_741_824,
    metrics: Object.freeze({
      keptMs: set.THERMOCLINE_METRIC_RETENTION_DAYS * DAY_MS,
      seriesOfOne: set.THERMOCLINE_METRIC_SERIES_OF_ONE,
      series: set.THERMOCLINE_METRIC_SERIES,
    }),
    retention: Object.freeze({
      rawMs: set.THERMOCLINE_RAW_RETENTION_DAYS * DAY_MS,
      detailMs: set.THERMOCLINE_DETAIL_RETENTION_DAYS * DAY_MS,
      historyMs: set.THERMOCLINE_HISTORY_RETENTION_DAYS * DAY_MS,
      quarantineMs: set.THERMOCLINE_QUARANTINE_RETENTION_DAYS * DAY_MS,
    }),
    clickhouse: set.THERMOCLINE_STORE === 'clickhouse' ? clickhouseOf(set) : null,
    moveTarget: clickhouseOf(set),
    authorityFile: set.THERMOCLINE_CLICKHOUSE_CA ?? null,
    selfLogGroups: Object.freeze(set.THERMOCLINE_SELF_LOG_GROUPS),
    errorFilters: Object.freeze(set.THERMOCLINE_ERROR_FILTERS),
    capacity: Object.freeze(
      capacityOf(machine, {
        memoryMb: set.THERMOCLINE_MEMORY_MB,
        decoders: set.THERMOCLINE_DECODERS,
        readers: set.THERMOCLINE_READERS,
        bodyBudgetMb: set.THERMOCLINE_INGEST_BUDGET_MB,
      }),
    ),
    readDeadlineMs: set.THERMOCLINE_READ_DEADLINE_MS,
    sqlConsole: set.THERMOCLINE_SQL_CONSOLE === 'on',
    pull: Object.freeze({
      logGroups: Object.freeze(set.THERMOCLINE_PULL_LOG_GROUPS),
      exclude: Object.freeze(set.THERMOCLINE_PULL_EXCLUDE),
      regions: Object.freeze(set.THERMOCLINE_PULL_REGIONS),
      intervalMs: set.THERMOCLINE_PULL_INTERVAL_SECONDS * 1000,
      overlapMs: set.THERMOCLINE_PULL_OVERLAP_MINUTES * 60_000,
      requestsPerSecond: set.THERMOCLINE_PULL_REQUESTS_PER_SECOND,
    }),
    traces: set.THERMOCLINE_TRACES === 'on',
    pullMetricsMs: set.THERMOCLINE_PULL_METRICS === 'on' ? set.THERMOCLINE_PULL_METRICS_MINUTES * MINUTE_MS : null,
    inventory: set.THERMOCLINE_INVENTORY === 'on',
    tagsFile: set.THERMOCLINE_TAGS === undefined ? null : resolve(set.THERMOCLINE_TAGS),
    teamTag: set.THERMOCLINE_TEAM_TAG,
    redaction: rulesOf(set.THERMOCLINE_REDACT, set.THERMOCLINE_REDACT_KEYS, set.THERMOCLINE_REDACT_EXPRESSIONS ?? {}),
    accessLogs: Object.freeze({
      names: definedOnly(set.THERMOCLINE_ACCESS_LOG_FIELDS ?? {}),
      format: set.THERMOCLINE_ACCESS_LOG_FORMAT ?? null,
    }),
    keyBytesPerSecond: set.THERMOCLINE_INGEST_KEY_MB_PER_SECOND * 1_048_576,
    deadLetterBytes: set.THERMOCLINE_QUARANTINE_MB * 1_048_576,
    minFreeBytes: set.THERMOCLINE_MIN_FREE_MB * 1_048_576,
    backups: Object.freeze({
      folder: resolve(set.THERMOCLINE_BACKUP_FOLDER ?? join(set.THERMOCLINE_DATA, 'backups')),
      everyMs: set.THERMOCLINE_BACKUP_HOURS === 0 ? null : set.THERMOCLINE_BACKUP_HOURS * HOUR_MS,
      keep: set.THERMOCLINE_BACKUP_KEEP,
    }),
    priceTerms: Object.freeze({
      plans: Object.freeze(set.THERMOCLINE_SAVINGS_PLANS),
      tier: set.THERMOCLINE_PRICE_TIER,
      logTier: set.THERMOCLINE_LOG_PRICE_TIER,
    }),
    trustProxy: set.THERMOCLINE_TRUST_PROXY === 'on',
    outbound: Object.freeze({
      allow: Object.freeze(set.THERMOCLINE_OUTBOUND_ALLOW),
      http: set.THERMOCLINE_OUTBOUND_HTTP === 'on',
    }),
    oidc: oidcOf(set),
    rulesPath: set.THERMOCLINE_RULES === undefined ? null : resolve(set.THERMOCLINE_RULES),
    proxy: Object.freeze(proxy),
    smtp: smtpOf(set, password),
    logLevel: set.THERMOCLINE_LOG_LEVEL,
    serviceLinks: Object.freeze(serviceLinks),
    metricExport,
    parquetExport: exportOf(set),
    remoteWrite,
  });
}

/** Adds an error for headers that cannot be read. */
function metricExportOf(
  set: Settings,
  environment: Readonly<Record<string, string | undefined>>,
  errors: string[],
): MetricExportTarget | null {
  const { THERMOCLINE_OTLP_METRICS_URL: url, THERMOCLINE_OTLP_METRICS_HEADERS: reference } = set;
  let headers: Readonly<Record<string, string>> = {};
  try {
    if (reference !== undefined) headers = parseHeaders(readSecret(reference, environment));
  } catch (error) {
    errors.push(`THERMOCLINE_OTLP_METRICS_HEADERS: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (url === undefined) return null;
  return Object.freeze({
    url,
    headers: Object.freeze(headers),
    encoding: set.THERMOCLINE_OTLP_METRICS_ENCODING,
    intervalMs: set.THERMOCLINE_OTLP_METRICS_SECONDS * SECOND_MS,
  });
}

/** What an unknown setting was probably meant to be. What all names begin with says nothing. */
function suggestion(key: string): string {
  const prefix = 'THERMOCLINE_';
  const known = Object.keys(variables).map((name) => name.slice(prefix.length));
  const similar = similarName(key.slice(prefix.length), known);
  return similar === null ? '' : `; did you mean ${prefix}${similar}?`;
}

/** Reads the usual variables of proxies; the lower-case name wins. Adds an error for a proxy that cannot be used. */
function readProxies(environment: Readonly<Record<string, string | undefined>>, errors: string[]): ProxySettings {
  const read = (name: string): string | null => {
    const text = environment[name] ?? environment[name.toUpperCase()];
    if (text === undefined) return null;
    const url = /^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`;
    if (URL.canParse(url) && /^(?:https?|socks5):$/.test(new URL(url).protocol)) return url;
    errors.push(`${name.toUpperCase()}: expected a URL such as http://proxy.example:3128`);
    return null;
  };
  const bypass = (environment['no_proxy'] ?? environment['NO_PROXY'] ?? '')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
  return { http: read('http_proxy'), https: read('https_proxy'), bypass };
}

/** The password of the mail server; from another variable if the setting names one. Adds an error if that is not set. */
function readSmtpPassword(
  { THERMOCLINE_SMTP_PASSWORD: given }: Readonly<Record<string, string | undefined>>,
  environment: Readonly<Record<string, string | undefined>>,
  errors: string[],
): string | null {
  if (given === undefined || !given.startsWith('env:')) return given ?? null;
  try {
    return readSecret(given, environment);
  } catch (error) {
    errors.push(`THERMOCLINE_SMTP_PASSWORD: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

function smtpOf(set: Settings, password: string | null): SmtpSettings | null {
  const { THERMOCLINE_SMTP_URL: text, THERMOCLINE_SMTP_FROM: from } = set;
  if (text === undefined || from === undefined) return null;
  const url = new URL(text);
  const isTls = url.protocol === 'smtps:';
  return Object.freeze({
    host: url.hostname,
    port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
    security: isTls ? 'tls' : set.THERMOCLINE_SMTP_STARTTLS === 'off' ? 'none' : 'starttls',
    user: set.THERMOCLINE_SMTP_USER ?? null,
    password,
    from,
    caFile: set.THERMOCLINE_SMTP_CA ?? null,
  });
}

type Settings = ReturnType<typeof settings.parse>;

function clickhouseOf(set: Settings): ClickHouseOptions | null {
  if (set.THERMOCLINE_CLICKHOUSE_URL === undefined) return null;
  return Object.freeze({
    url: set.THERMOCLINE_CLICKHOUSE_URL,
    user: set.THERMOCLINE_CLICKHOUSE_USER,
    password: set.THERMOCLINE_CLICKHOUSE_PASSWORD ?? '',
    database: set.THERMOCLINE_CLICKHOUSE_DATABASE,
    cluster: set.THERMOCLINE_CLICKHOUSE_CLUSTER ?? null,
    caFile: set.THERMOCLINE_CLICKHOUSE_CA ?? null,
    requestTimeoutMs: set.THERMOCLINE_READ_DEADLINE_MS,
  });
}

/** Names of the public address, of the listening address, and further ones. */
function ownNames(set: Settings): readonly string[] {
  const { THERMOCLINE_PUBLIC_URL: url, THERMOCLINE_HOST: host, THERMOCLINE_HOST_NAMES: further } = set;
  const names = [...(url === undefined ? [] : [new URL(url).host]), host, ...further].map(hostNameOf);
  return [...new Set(names.filter((name) => name !== null))];
}

function definedOnly(fields: Readonly<Record<string, readonly string[] | undefined>>): AccessLogShape['names'] {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Reads the environment of this process; `flags` are settings by name that take precedence. @throws ConfigError */
export function configFromProcess(flags: Readonly<Record<string, string>> = {}): Config {
  return readConfig({ ...process.env, ...flags });
}

/** The environment of this process for one of the command line on a data folder, which flags may have set here. */
export function environmentFor(dataFolder: string): Readonly<Record<string, string | undefined>> {
  return { ...process.env, THERMOCLINE_DATA: dataFolder };
}

/** A variable that rule files refer to as `env:NAME`; undefined if it is not set. */
export function environmentVariable(name: string): string | undefined {
  return process.env[name];
}
