/**
 * Recognises documents and turns them into telemetry records. AWS's own log groups decide by name, other groups by the
 * document's shape. A function's log group holds no documents, because applications print
 * anything there, except lines of durable executions.
 */
import type { IgnoredReason } from '../records/ignored.ts';
import type { DocumentProblem, DocumentResult, TelemetryRecord } from '../records/telemetry-record.ts';
import type { WholeText } from '../text/known-members.ts';
import type { AccessLogNames, TextFormat } from './access-log.ts';
import {
  ACCESS_LOG_NAMES,
  CLF_FORMAT,
  CLF_SHAPE,
  compileFormat,
  LONGEST_LINE,
  looksLikeAccessLog,
  readAccessLog,
} from './access-log.ts';
import { DEPLOY_EVENTS, ENI_EVENTS, readCloudTrail } from './cloudtrail.ts';
import { readDurableLine } from './durable-line.ts';
import { looksLikeFlowLog, readFlowLog } from './flow-log.ts';
import { looksLikeFunctionFacts, readFunctionFacts } from './function-facts.ts';
import { readInsights } from './insights.ts';
import type { Json } from './json.ts';
import { isObject, jsonIn, listAt, parseJson, textAt } from './json.ts';
import { looksLikeMetric, readMetric } from './metric-stream.ts';
import { looksLikeTuning, looksLikeTuningUrl, readTuning, readTuningUrl } from './power-tuning.ts';
import { readSpanText } from './spans.ts';
import { readSegment, readSegmentOf } from './xray.ts';

const SPAN_GROUPS = ['aws/spans', '/aws/application-signals/data'];
const INSIGHTS_GROUP = '/aws/lambda-insights';
const NOT_A_DOCUMENT: DocumentResult = { ok: false, reason: 'not-a-document' };

/** The user's access log format. */
export interface DocumentOptions {
  readonly accessLog: AccessLogNames;
  readonly accessLogFormats: readonly TextFormat[];
}

export const DEFAULT_DOCUMENT_OPTIONS: DocumentOptions = documentOptions({}, null);

/** Tries the user's member names before the usual ones, and the user's text format before CLF. */
export function documentOptions(names: Partial<AccessLogNames>, format: string | null): DocumentOptions {
  const accessLog = Object.fromEntries(
    Object.entries(ACCESS_LOG_NAMES).map(([fact, usual]) => [
      fact,
      [...(names[fact as keyof AccessLogNames] ?? []), ...usual],
    ]),
  ) as unknown as AccessLogNames;
  const formats = [format, CLF_FORMAT].flatMap((text) => {
    const compiled = text === null ? null : compileFormat(text);
    return compiled === null ? [] : [compiled];
  });
  return { accessLog, accessLogFormats: formats };
}

/** Reads the message of one log event. `not-a-document` means an application's line. */
export function readDocumentMessage(logGroup: string, message: string, options: DocumentOptions): DocumentResult {
  const durable = readDurableLine(message);
  if (durable !== null) return durable;
  if (logGroup.startsWith('/aws/lambda/')) return NOT_A_DOCUMENT;
  if (SPAN_GROUPS.includes(logGroup)) return readSpanText(message);
  if (logGroup === INSIGHTS_GROUP) return withJson(parseJson(message), readInsights);
  const first = message.trimStart()[0];
  if (first === '{') return readShaped(message, options);
  if (looksLikeFlowLog(message)) return readFlowLog(message);
  return readTextAccessLog(message, options);
}

function withJson(record: Json | null, read: (record: Json) => DocumentResult): DocumentResult {
  return record === null ? { ok: false, reason: 'document-not-json' } : read(record);
}

/** Checks for member names in the text first, because parsing every JSON line would be slow. */
function readShaped(message: string, options: DocumentOptions): DocumentResult {
  const has = (word: string): boolean => message.includes(`"${word}"`);
  if (has('trace_id') && has('start_time') && has('id'))
    return withJson(parseJson(message), (document) => readSegment(document, message));
  if (has('traceId') && has('spanId')) return readSpanText(message);
  const isDeploy = (): boolean => DEPLOY_EVENTS.some((event) => message.includes(`"${event}`));
  if (has('eventName') && (ENI_EVENTS.some(has) || isDeploy())) return withJson(parseJson(message), readCloudTrail);
  const { accessLog } = options;
  if (!accessLog.requestId.some(has) || !accessLog.status.some(has)) return NOT_A_DOCUMENT;
  const record = parseJson(message);
  return record !== null && looksLikeAccessLog(record, accessLog) ? readAccessLog(record, accessLog) : NOT_A_DOCUMENT;
}

function readTextAccessLog(message: string, options: DocumentOptions): DocumentResult {
  if (message.length > LONGEST_LINE || !CLF_SHAPE.test(message)) return NOT_A_DOCUMENT;
  for (const format of options.accessLogFormats) {
    const record = format(message);
    if (record !== null) return readAccessLog(record, options.accessLog);
  }
  return NOT_A_DOCUMENT;
}

/** A document that could not be read, or a part of it. */
interface DocumentReject {
  readonly reason: DocumentProblem;
  readonly text: string;
  /** What was found and what is allowed, where the reason alone does not say it. */
  readonly detail?: string;
}

/** The content of a document in a file. */
export interface ParsedDocument {
  readonly records: readonly TelemetryRecord[];
  readonly problems: readonly DocumentReject[];
  readonly ignored: readonly IgnoredReason[];
}

/** Collects what the parts of a document are read as: of a long list, nothing is held beside the records. */
class DocumentParts implements ParsedDocument {
  readonly records: TelemetryRecord[] = [];
  readonly problems: DocumentReject[] = [];
  readonly ignored: IgnoredReason[] = [];

  /** `text` makes the text of a part that could not be read. */
  add(result: DocumentResult, text: () => string): void {
    if (result.ok) {
      for (const record of result.records) this.records.push(record);
      if (result.left !== undefined)
        this.problems.push({ reason: 'trace-document-shortened', text: text(), detail: result.left });
      if (result.ignored !== undefined) this.ignored.push(result.ignored);
    } else if (result.reason === 'not-ours') this.ignored.push(result.why);
    else this.problems.push({ reason: result.reason, text: text() });
  }
}

/**
 * Reads a JSON document as tools save it: traces, CloudTrail files, function lists, tuning results, periods of metrics. Null for any other
 * document. `text` returns the original text; it is called only when needed. `given`: that text where there is one, or "". `whole`: the text
 * around the value, if not all of that was parsed.
 */
export function readDocument(
  value: unknown,
  text: () => string,
  given = '',
  whole: WholeText | null = null,
): ParsedDocument | null {
  if (!isObject(value)) return null;
  const each = <T>(items: readonly T[], add: AddPart<T>): ParsedDocument => {
    const parts = new DocumentParts();
    for (const item of items) add(parts, item, whole);
    return parts;
  };
  const isPart = whole !== null && whole.partOf(value) !== null;
  if (Array.isArray(value['Traces'])) return each(listAt(value, 'Traces'), addTrace);
  if (Array.isArray(value['Segments']) && value['Id'] !== undefined) return each([value], addTrace);
  if (Array.isArray(value['Functions'])) return each(listAt(value, 'Functions'), addFunction);
  const trail = value['Records'];
  if (Array.isArray(trail) && trail.every(isCloudTrail)) return each(trail, addTrail);
  if (looksLikeTuning(value)) return single(readTuning(value), text);
  if (looksLikeFunctionFacts(value)) return single(readFunctionFacts(value), text);
  if (isCloudTrail(value)) return each([value], addTrail);
  if (looksLikeMetric(value)) return single(readMetric(value, given, isPart), text);
  if (value['trace_id'] !== undefined && value['start_time'] !== undefined)
    return single(readSegment(value, given, isPart), text);
  if (value['traceId'] !== undefined && value['spanId'] !== undefined) return single(readSpanText(text()), text);
  return null;
}

/** Adds a part of a document. */
type AddPart<T> = (parts: DocumentParts, item: T, whole: WholeText | null) => void;

function single(result: DocumentResult, text: () => string): ParsedDocument {
  const parts = new DocumentParts();
  parts.add(result, text);
  return parts;
}

/** What `execute.sh` of AWS Lambda Power Tuning prints before the output of an execution. */
const BEFORE_OUTPUT = /^Execution started[.\s]*SUCCEEDED\s*Execution output:\s*(?=\{)/;

/** Reads text that holds a document without being JSON; null for any other text. */
export function readTextDocument(text: string): ParsedDocument | null {
  if (looksLikeTuningUrl(text)) return single(readTuningUrl(text), () => text);
  const before = BEFORE_OUTPUT.exec(text)?.[0];
  return before === undefined ? null : readDocument(parseJson(text.slice(before.length)), () => text);
}

/** `Document` is JSON text inside the JSON. */
function addTrace(parts: DocumentParts, trace: unknown, whole: WholeText | null): void {
  const said = isObject(trace) ? trace['LimitExceeded'] : null;
  const limitExceeded = typeof said === 'boolean' ? said : null;
  for (const segment of listAt(isObject(trace) ? trace : null, 'Segments')) {
    const text = isObject(segment) ? segment['Document'] : null;
    if (typeof text !== 'string') parts.add({ ok: false, reason: 'document-not-json' }, () => jsonIn(whole, segment));
    else
      parts.add(
        withJson(parseJson(text), (document) => readSegmentOf(document, limitExceeded, text)),
        () => text,
      );
  }
}

function addFunction(parts: DocumentParts, entry: unknown, whole: WholeText | null): void {
  if (isObject(entry)) parts.add(readFunctionFacts(entry), () => jsonIn(whole, entry));
  else parts.add({ ok: false, reason: 'function-without-name' }, () => jsonIn(whole, entry));
}

function isCloudTrail(entry: unknown): entry is Json {
  return isObject(entry) && textAt(entry, 'eventName') !== null && textAt(entry, 'eventSource') !== null;
}

function addTrail(parts: DocumentParts, entry: Json, whole: WholeText | null): void {
  parts.add(readCloudTrail(entry), () => jsonIn(whole, entry));
}
