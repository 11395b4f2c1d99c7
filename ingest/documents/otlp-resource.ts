/** Where telemetry of OpenTelemetry comes from: the function and log stream that the attributes of a resource name. */
import { arnRegion, functionOfArn, REGION } from '../records/arn.ts';
import type { Json } from './json.ts';
import { textAt } from './json.ts';

/** What attributes of a resource tell of a function. Names that are not known are "". */
export interface OtlpPlace {
  readonly account: string;
  readonly region: string;
  /** "" if no attribute names a function or a log group. */
  readonly logGroup: string;
  readonly logStream: string;
}

/** Names of Lambda's log streams: date, perhaps the function, version and environment. */
const LAMBDA_STREAM =
  /^\d{4}\/[01]\d\/[0-3]\d\/([0-9A-Za-z_.-]{0,140})\[(?:\$LATEST|[0-9A-Za-z_-]{1,129})\][0-9a-f]{32}$/;

/**
 * Attributes of the semantic conventions (`faas.*`, `cloud.*`, `aws.log.*`) and of the collector's receiver of CloudWatch logs. Of
 * `faas.instance` only a log stream's name counts: another id would be another environment than that of the same lines from CloudWatch.
 */
export function placeOfResource(resource: Json): OtlpPlace {
  const arn = [textAt(resource, 'cloud.resource_id'), textAt(resource, 'faas.id')].find((one) => one !== null) ?? null;
  const named = functionOfArn(arn);
  const account = textAt(resource, 'cloud.account.id') ?? '';
  const region =
    textAt(resource, 'cloud.region') ?? textAt(resource, 'aws.region') ?? textAt(resource, 'faas.invoked_region') ?? '';
  const instance = textAt(resource, 'faas.instance') ?? '';
  const logStream =
    firstText(resource, 'aws.log.stream.names') ??
    firstText(resource, 'cloudwatch.log.stream') ??
    (LAMBDA_STREAM.test(instance) ? instance : '');
  const functionName = named?.name ?? textAt(resource, 'faas.name');
  const stated = firstText(resource, 'aws.log.group.names') ?? firstText(resource, 'cloudwatch.log.group.name');
  // A group of another name does not tell the function, unless its streams do.
  const tells = stated !== null && (stated.startsWith('/aws/lambda/') || namesFunction(logStream));
  return {
    account: named?.account ?? (/^\d{12}$/.test(account) ? account : ''),
    region: arnRegion(arn) ?? (REGION.test(region) ? region : ''),
    logGroup: tells || functionName === null ? (stated ?? '') : `/aws/lambda/${functionName}`,
    logStream,
  };
}

function namesFunction(logStream: string): boolean {
  return (LAMBDA_STREAM.exec(logStream)?.[1] ?? '') !== '';
}

/** A text, or the first of a list. */
function firstText(resource: Json, name: string): string | null {
  const value = resource[name];
  if (!Array.isArray(value)) return textAt(resource, name);
  const [first] = value as readonly unknown[];
  return typeof first === 'string' && first !== '' ? first.slice(0, 2048) : null;
}
