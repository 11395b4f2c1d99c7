/** Describes an application's log line: enough to attach it to its invocation. */
import { parseJsonText } from '../text/json-syntax.ts';

export interface AppLine {
  readonly requestId: string | null;
  readonly level: string | null;
  readonly timestamp: string | null;
  readonly errorType: string | null;
  readonly xrayTraceId: string | null;
  readonly tenantId: string | null;
  /** True for CloudWatch embedded metric format. */
  readonly emf: boolean;
}

/** Members that hold the request id: AWS's runtimes, Powertools in each language and case, Lambda's loggers for Java, pino and structlog. */
export const REQUEST_ID_MEMBERS = [
  'requestId',
  'function_request_id',
  'AWSRequestId',
  'functionRequestId',
  'FunctionRequestId',
  'awsRequestId',
  'aws_request_id',
] as const;
const TRACE_ID_MEMBERS = ['xray_trace_id', 'xrayTraceId', 'xRayTraceId', 'XRayTraceId'] as const;
/** .NET's runtime prints the whole header. */
const TRACE_HEADER = /^Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/;

const NODE = /^(\d{4}-\d\d-\d\dT[\d:.]{5,24}Z)\t([^\t]{0,256})\t([A-Z]{1,16})\t/;
const PYTHON = /^\[([A-Z]{1,16})\]\t(\d{4}-\d\d-\d\dT[\d:.]{5,24}Z)\t([^\t]{0,256})\t/;
const BRACKET = /^\[([A-Z]{1,16})\] ([\w.]{1,256}):/;

/** Reads the prefixes that runtimes add, and JSON application logs. Fields that the line does not contain are null. */
export function describeAppLine(message: string): AppLine {
  const head = message.length > 65_536 ? message.slice(0, 65_536) : message;
  const node = NODE.exec(head);
  if (node !== null) {
    return facts({ timestamp: node[1], requestId: idOrNull(node[2]), level: node[3] });
  }
  const python = PYTHON.exec(head);
  if (python !== null) {
    return facts({ level: python[1], timestamp: python[2], requestId: idOrNull(python[3]) });
  }
  const bracket = BRACKET.exec(head);
  if (bracket !== null) return facts({ level: bracket[1], errorType: bracket[2] });
  return head.startsWith('{') ? jsonLine(message) : facts({});
}

function jsonLine(message: string): AppLine {
  const value = parseJsonText(message);
  if (typeof value !== 'object' || value === null) return facts({});
  const record = value as Readonly<Record<string, unknown>>;
  const text = (...keys: readonly string[]): string | undefined => {
    for (const key of keys) {
      const member = record[key];
      if (typeof member === 'string') return member;
    }
    return undefined;
  };
  return facts({
    requestId: text(...REQUEST_ID_MEMBERS),
    level: text('level') ?? text('log_level'),
    timestamp: text('timestamp'),
    errorType: text('errorType'),
    xrayTraceId: text(...TRACE_ID_MEMBERS) ?? TRACE_HEADER.exec(text('traceId') ?? '')?.[1],
    tenantId: text('tenantId'),
    emf: typeof record['_aws'] === 'object',
  });
}

function idOrNull(text: string | undefined): string | undefined {
  return text === '' || text === 'undefined' ? undefined : text;
}

function facts(given: {
  requestId?: string | undefined;
  level?: string | undefined;
  timestamp?: string | undefined;
  errorType?: string | undefined;
  xrayTraceId?: string | undefined;
  tenantId?: string | undefined;
  emf?: boolean;
}): AppLine {
  return {
    requestId: given.requestId ?? null,
    level: given.level ?? null,
    timestamp: given.timestamp ?? null,
    errorType: given.errorType ?? null,
    xrayTraceId: given.xrayTraceId ?? null,
    tenantId: given.tenantId ?? null,
    emf: given.emf ?? false,
  };
}
