/**
 * Reads CloudTrail records of EC2 calls on network interfaces for Lambda. EFS, load balancers and dry runs use the same
 * event names and are ignored.
 */
import type { DocumentResult } from '../records/telemetry-record.ts';
import type { Json } from './json.ts';
import { isObject, isoMs, listAt, objectAt, textAt, textsOf } from './json.ts';

export const ENI_EVENTS = [
  'CreateNetworkInterface',
  'DeleteNetworkInterface',
  'CreateNetworkInterfacePermission',
  'AssignPrivateIpAddresses',
];
const LAMBDA = 'lambda.amazonaws.com';
/** `AWS Lambda VPC ENI-<function>-<id>`; the id is eight hex digits, or a UUID. */
const DESCRIPTION = /^AWS Lambda VPC ENI-(.{1,140}?)(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|-[0-9a-f]{8})?$/;

export function readCloudTrail(record: Json): DocumentResult {
  const name = textAt(record, 'eventName');
  if (name === null) return { ok: false, reason: 'network-event-without-name' };
  const errorCode = textAt(record, 'errorCode');
  if (!ENI_EVENTS.includes(name) || errorCode === 'Client.DryRunOperation') return { ok: false, reason: 'not-ours' };
  const request = objectAt(record, 'requestParameters');
  const response = objectAt(record, 'responseElements');
  const created = objectAt(response, 'networkInterface');
  const description = textAt(request, 'description') ?? textAt(created, 'description');
  if (!isForLambda(record, description)) return { ok: false, reason: 'not-ours' };
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
        functionName: description === null ? null : (DESCRIPTION.exec(description)?.[1] ?? null),
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
