/**
 * Reads CloudTrail records: EC2 calls on network interfaces for Lambda (EFS, load balancers and dry runs use the same event
 * names and are ignored), and updates of functions.
 */
import { functionOfArn } from '../records/arn.ts';
import type { DeployEvent } from '../records/deploy-event.ts';
import type { DocumentResult } from '../records/telemetry-record.ts';
import { architectureOf } from './function-facts.ts';
import type { Json } from './json.ts';
import { isObject, isoMs, listAt, objectAt, textAt, textsOf } from './json.ts';

export const ENI_EVENTS = [
  'CreateNetworkInterface',
  'DeleteNetworkInterface',
  'CreateNetworkInterfacePermission',
  'AssignPrivateIpAddresses',
];
const LAMBDA = 'lambda.amazonaws.com';
/** Parts of event names that the reader of log lines looks for. */
export const DEPLOY_EVENTS = ['CreateFunction', 'UpdateFunctionCode', 'UpdateFunctionConfiguration'] as const;
/** CloudTrail appends the version of the API: `UpdateFunctionCode20150331v2`. */
const DEPLOY = new RegExp(`^(${DEPLOY_EVENTS.join('|')})(?:\\d{8}(?:v\\d)?)?$`);
/** `AWS Lambda VPC ENI-<function>-<id>`; the id is eight hex digits, or a UUID. */
const DESCRIPTION = /^AWS Lambda VPC ENI-(.{1,140}?)(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|-[0-9a-f]{8})?$/;

export function readCloudTrail(record: Json): DocumentResult {
  const name = textAt(record, 'eventName');
  if (name === null) return { ok: false, reason: 'network-event-without-name' };
  const errorCode = textAt(record, 'errorCode');
  const deploy = DEPLOY.exec(name)?.[1];
  if (deploy !== undefined) return readDeploy(record, deploy as DeployEvent['event'], errorCode);
  if (!ENI_EVENTS.includes(name)) return { ok: false, reason: 'not-ours', why: 'other-call' };
  if (errorCode === 'Client.DryRunOperation') return { ok: false, reason: 'not-ours', why: 'dry-run' };
  const request = objectAt(record, 'requestParameters');
  const response = objectAt(record, 'responseElements');
  const created = objectAt(response, 'networkInterface');
  const description = textAt(request, 'description') ?? textAt(created, 'description');
  if (!isForLambda(record, description)) return { ok: false, reason: 'not-ours', why: 'other-call' };
  return {
    ok: true,
    records: [
      {
        kind: 'network-event',
        id: textAt(record, 'eventID') ?? '',
        atMs: isoMs(textAt(record, 'eventTime')),
        account: textAt(record, 'recipientAccountId') ?? textAt(objectAt(record, 'userIdentity'), 'accountId'),
        region: textAt(record, 'awsRegion'),
        name,
        errorCode,
        subnetId: textAt(created, 'subnetId') ?? textAt(request, 'subnetId'),
        securityGroupIds: groupsOf(request),
        eniId: textAt(created, 'networkInterfaceId') ?? textAt(request, 'networkInterfaceId'),
        addresses: addressesOf(response),
        functionName: description?.match(DESCRIPTION)?.[1] ?? null,
      },
    ],
  };
}

/** Failed calls and dry runs update nothing. */
function readDeploy(record: Json, event: DeployEvent['event'], errorCode: string | null): DocumentResult {
  const request = objectAt(record, 'requestParameters');
  if (textAt(record, 'eventSource') !== LAMBDA) return { ok: false, reason: 'not-ours', why: 'other-call' };
  if (errorCode !== null) return { ok: false, reason: 'not-ours', why: 'failed-call' };
  if (request?.['dryRun'] === true) return { ok: false, reason: 'not-ours', why: 'dry-run' };
  const response = objectAt(record, 'responseElements');
  // The request may name the function by its name, its ARN or a part of it.
  const named = functionOfArn(textAt(response, 'functionArn')) ?? functionOfArn(textAt(request, 'functionName'));
  const functionName =
    named?.name ?? textAt(response, 'functionName') ?? textAt(request, 'functionName')?.split(':').at(-1) ?? '';
  if (functionName === '') return { ok: false, reason: 'deploy-without-function' };
  return {
    ok: true,
    records: [
      {
        kind: 'deploy-event',
        atMs: isoMs(textAt(response, 'lastModified')) ?? isoMs(textAt(record, 'eventTime')),
        account: named?.account ?? textAt(record, 'recipientAccountId'),
        region: named?.region ?? textAt(record, 'awsRegion'),
        functionName,
        event,
        codeSha256: textAt(response, 'codeSha256'),
        architecture:
          architectureOf(listAt(response, 'architectures')) ?? architectureOf(listAt(request, 'architectures')),
      },
    ],
  };
}

function isForLambda(record: Json, description: string | null): boolean {
  if (description !== null) return description.startsWith('AWS Lambda VPC ENI');
  const caller = objectAt(record, 'userIdentity');
  return [textAt(record, 'sourceIPAddress'), textAt(record, 'userAgent'), textAt(caller, 'invokedBy')].includes(LAMBDA);
}

function groupsOf(request: Json | null): readonly string[] {
  const items = listAt(objectAt(request, 'groupSet'), 'items');
  return textsOf(items.map((item) => (isObject(item) ? item['groupId'] : null)));
}

function addressesOf(response: Json | null): number | null {
  const assigned = listAt(objectAt(response, 'assignedPrivateIpAddressesSet'), 'assignedPrivateIpAddressSetType');
  return assigned.length === 0 ? null : assigned.length;
}
