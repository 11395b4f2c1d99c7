/** Severity of a log line, by the prefixes of runtimes and by members of JSON lines. */
import { parseJsonText } from '../text/json-syntax.ts';
import { COLOURS, textLevel } from './text-level.ts';

/** Begins the colours of a terminal. */
const ESCAPE = 0x1b;

/** From least to most severe. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];

/** Node.js: time, request id and level, divided by tabs. */
const NODE = /^\d{4}-\d\d-\d\dT[\d:.]{5,24}Z\t[^\t]{0,256}\t([A-Za-z]{1,16})\t/;
/** Python: `[ERROR]`, then a tab or a blank. .NET writes the level after time and request id. */
const BRACKET = /^\[([A-Za-z]{1,16})\][\t ]/;
const DOTNET = /^\d{4}-\d\d-\d\dT[\d:.]{5,24}Z\t[^\t]{0,256}\t([a-z]{4})\t/;

/** Elastic Common Schema as an object: `{"log":{"level":"error"}}`. */
const NESTED = 'log';
/**
 * Members that state the level: Powertools, pino, zap and logback; AWS's runtimes; Google; Elastic (ECS); Serilog; python-json-logger;
 * Monolog, whose `level` is a number of its own; .NET's console; log15; OpenTelemetry.
 */
const MEMBERS: ReadonlySet<string> = new Set([
  'level',
  'log_level',
  'logLevel',
  'severity',
  'log.level',
  NESTED,
  '@l',
  'levelname',
  'level_name',
  'Level',
  'LogLevel',
  'loglevel',
  'lvl',
  'severityText',
  'SeverityText',
  'severity_text',
]);
const NAME = [...MEMBERS].map((name) => name.replaceAll('.', '\\.')).join('|');
const MEMBER = new RegExp(`"(?:${NAME})"\\s*:`);
/** The value after the most usual name, near the beginning. */
const USUAL = '"level":';
const USUAL_CHARS = 512;
const VALUE = /\s*(?:"([A-Za-z]{1,16})"|(\d{1,3})(?=[\s,}]))/y;

const NAMES: Readonly<Record<string, Level>> = {
  trace: 'trace',
  verbose: 'trace',
  trce: 'trace',
  debug: 'debug',
  dbug: 'debug',
  info: 'info',
  information: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  // log15.
  eror: 'error',
  fail: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  emergency: 'fatal',
  emerg: 'fatal',
  alert: 'fatal',
  panic: 'fatal',
  dpanic: 'fatal',
  // java.util.logging.
  severe: 'error',
  config: 'debug',
  fine: 'debug',
  finer: 'trace',
  finest: 'trace',
  // Serilog in three letters.
  vrb: 'trace',
  dbg: 'debug',
  inf: 'info',
  wrn: 'warn',
  ftl: 'fatal',
};

/** The level; null if the line does not state one. Numbers are those of pino and bunyan. */
export function lineLevel(message: string): Level | null {
  const first = message.charCodeAt(0);
  if (first === 0x7b || (first <= 0x20 && first !== ESCAPE)) return jsonLevel(message);
  if (first === 0x5b) return levelNamed(BRACKET.exec(message)?.[1] ?? textLevel(message));
  const prefix = first < 0x30 || first > 0x39 ? null : (NODE.exec(message) ?? DOTNET.exec(message));
  if (prefix === null) return levelNamed(textLevel(message));
  const [{ length }, name] = prefix;
  // `console.log(JSON.stringify(…))`: the runtime's level is that of the method, the program's own is in the JSON.
  const own = message.charCodeAt(length) === 0x7b ? jsonLevel(message.slice(length)) : null;
  return own ?? levelNamed(name);
}

function jsonLevel(message: string): Level | null {
  const usual = usualLevel(message);
  if (usual !== undefined) return usual;
  if (!MEMBER.test(message) || !message.trimStart().startsWith('{')) return null;
  const value = parseJsonText(message);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  for (const [name, stated] of Object.entries(value)) {
    const level = MEMBERS.has(name) ? levelOf(name === NESTED ? memberOf(stated) : stated) : null;
    if (level !== null) return level;
  }
  return null;
}

function memberOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'level' in value ? value.level : null;
}

function levelOf(stated: unknown): Level | null {
  // Loggers for terminals colour the name.
  if (typeof stated === 'string') return levelNamed(stated.replaceAll(COLOURS, ''));
  return typeof stated === 'number' ? numbered(stated) : null;
}

/** The level where its member comes before any other object, list or member of the kind; undefined where it does not. */
function usualLevel(message: string): Level | null | undefined {
  if (message.charCodeAt(0) !== 0x7b) return undefined;
  const at = message.indexOf(USUAL);
  if (at === -1 || at > USUAL_CHARS || message.charCodeAt(at - 1) === 0x5c) return undefined;
  const before = message.slice(1, at);
  if (/[{}[\]]/.test(before) || MEMBER.test(before)) return undefined;
  VALUE.lastIndex = at + USUAL.length;
  const match = VALUE.exec(message);
  if (match === null) return undefined;
  // Where it is no level, another member may state one.
  return (match[2] === undefined ? levelNamed(match[1]) : numbered(Number(match[2]))) ?? undefined;
}

/** The level that loggers call by this name, in any case: `WARNING` is warn. Null if none does. */
export function levelNamed(text: string | undefined): Level | null {
  const name = text?.toLowerCase();
  return name !== undefined && Object.hasOwn(NAMES, name) ? (NAMES[name] ?? null) : null;
}

/** 10 is trace, 60 fatal; levels between the named ones count as the one below. */
function numbered(value: number): Level | null {
  if (value < 10 || value >= 70) return null;
  return LEVELS[Math.floor(value / 10) - 1] ?? null;
}
