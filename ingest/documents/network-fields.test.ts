/**
 * Each member of CloudTrail's network events and of flow logs ends in its own field: every value of a document differs from the others. Members and their meaning are those
 * of AWS's documentation: CloudTrail record contents, the EC2 API reference, flow log records.
 */
import { describe, expect, test } from 'vitest';
import { readCloudTrail } from './cloudtrail.ts';
import { readFlowLog } from './flow-log.ts';
import type { Json } from './json.ts';

const without = (record: Json, ...names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

const ENI = {
  eventName: 'CreateNetworkInterface',
  eventSource: 'ec2.amazonaws.com',
  eventID: '8f6f7b7e-2f3b-4f4e-9d5b-3f0a1c2d3e4f',
  eventTime: '2026-11-20T10:15:30Z',
  awsRegion: 'eu-west-1',
  recipientAccountId: '111122223333',
  userIdentity: { accountId: '444455556666', invokedBy: 'lambda.amazonaws.com' },
  requestParameters: {
    subnetId: 'subnet-request',
    description: 'AWS Lambda VPC ENI-checkout-01234567-89ab-cdef-0123-456789abcdef',
    groupSet: { items: [{ groupId: 'sg-1' }, { groupId: 'sg-2' }, 'sg-3'] },
  },
  responseElements: { networkInterface: { networkInterfaceId: 'eni-0aa', subnetId: 'subnet-response' } },
};

describe('network interfaces in CloudTrail', () => {
  test('each member', () => {
    expect(readCloudTrail(ENI)).toEqual({
      ok: true,
      records: [
        {
          kind: 'network-event',
          id: '8f6f7b7e-2f3b-4f4e-9d5b-3f0a1c2d3e4f',
          atMs: Date.UTC(2026, 10, 20, 10, 15, 30),
          account: '111122223333',
          region: 'eu-west-1',
          name: 'CreateNetworkInterface',
          errorCode: null,
          subnetId: 'subnet-response',
          securityGroupIds: ['sg-1', 'sg-2'],
          eniId: 'eni-0aa',
          addresses: null,
          functionName: 'checkout',
        },
      ],
    });
  });

  test('a failed call has no response: its subnet is that of the request, its account the caller’s', () => {
    const failed = {
      ...without(ENI, 'responseElements', 'recipientAccountId'),
      errorCode: 'Client.UnauthorizedOperation',
    };
    expect(readCloudTrail(failed)).toMatchObject({
      records: [
        { subnetId: 'subnet-request', account: '444455556666', errorCode: 'Client.UnauthorizedOperation', eniId: null },
      ],
    });
  });

  test('a deletion names the interface in its request, and Lambda as its caller', () => {
    const deletion = {
      ...ENI,
      eventName: 'DeleteNetworkInterface',
      requestParameters: { networkInterfaceId: 'eni-0bb' },
      responseElements: { requestId: 'x' },
    };
    expect(readCloudTrail(deletion)).toMatchObject({ records: [{ eniId: 'eni-0bb', functionName: null }] });
  });

  test('assigned addresses are counted; without an event id it is empty', () => {
    const assigned = {
      ...without(ENI, 'eventID'),
      eventName: 'AssignPrivateIpAddresses',
      requestParameters: { networkInterfaceId: 'eni-0cc' },
      responseElements: {
        assignedPrivateIpAddressesSet: {
          assignedPrivateIpAddressSetType: [{ privateIpAddress: '10.0.0.1' }, { privateIpAddress: '10.0.0.2' }],
        },
      },
    };
    expect(readCloudTrail(assigned)).toMatchObject({ records: [{ id: '', addresses: 2, eniId: 'eni-0cc' }] });
  });

  test.each([
    ['sourceIPAddress', { sourceIPAddress: 'lambda.amazonaws.com' }, true],
    ['userAgent', { userAgent: 'lambda.amazonaws.com' }, true],
    ['invokedBy', { userIdentity: { invokedBy: 'lambda.amazonaws.com' } }, true],
    ['another service', { userIdentity: { invokedBy: 'elasticfilesystem.amazonaws.com' } }, false],
    ['nobody', {}, false],
  ])('without a description, Lambda is known by %s', (_, caller, isOurs) => {
    const event = { ...without(ENI, 'userIdentity'), requestParameters: {}, responseElements: {}, ...caller };
    expect(readCloudTrail(event).ok).toBe(isOurs);
  });

  test.each([
    ['AWS Lambda VPC ENI-my-function-0a1b2c3d', 'my-function'],
    ['AWS Lambda VPC ENI-my-function', 'my-function'],
    ['AWS Lambda VPC ENI', null],
    ['AWS Lambda VPC ENI: 0a1b2c3d-89ab-cdef-0123-456789abcdef', null],
  ])('the description %j', (description, functionName) => {
    const event = { ...ENI, requestParameters: { description } };
    expect(readCloudTrail(event)).toMatchObject({ records: [{ functionName }] });
    const inResponse = { ...ENI, requestParameters: {}, responseElements: { networkInterface: { description } } };
    expect(readCloudTrail(inResponse)).toMatchObject({ records: [{ functionName }] });
  });

  test.each([
    [
      'an interface of a load balancer',
      { requestParameters: { description: 'ELB app/web/50dc6c495c0c9188' } },
      'other-call',
    ],
    ['a dry run', { errorCode: 'Client.DryRunOperation' }, 'dry-run'],
    ['another call', { eventName: 'ModifyNetworkInterfaceAttribute' }, 'other-call'],
  ])('%s is not Lambda’s, and counted by its reason', (_, change, why) => {
    expect(readCloudTrail({ ...ENI, ...change })).toEqual({ ok: false, reason: 'not-ours', why });
  });

  test('every event of network interfaces is read; a record without a name is refused', () => {
    for (const eventName of [
      'CreateNetworkInterface',
      'DeleteNetworkInterface',
      'CreateNetworkInterfacePermission',
      'AssignPrivateIpAddresses',
    ])
      expect(readCloudTrail({ ...ENI, eventName })).toMatchObject({ records: [{ name: eventName }] });
    expect(readCloudTrail(without(ENI, 'eventName'))).toEqual({ ok: false, reason: 'network-event-without-name' });
  });
});

describe('flow logs', () => {
  const FLOW = '2 111122223333 eni-0a1b2c3d 10.0.0.1 10.0.0.2 49761 5432 6 20 4249 1700000000 1700000060 REJECT OK';

  test('each field', () => {
    expect(readFlowLog(FLOW)).toEqual({
      ok: true,
      records: [
        {
          kind: 'flow',
          account: '111122223333',
          eniId: 'eni-0a1b2c3d',
          fromMs: 1_700_000_000_000,
          toMs: 1_700_000_060_000,
          outcome: 'rejected',
          sourceAddress: '10.0.0.1',
          targetAddress: '10.0.0.2',
          targetPort: 5432,
          protocol: 6,
          packets: 20,
        },
      ],
    });
  });

  test.each([
    ['NODATA', 'no-data'],
    ['SKIPDATA', 'skipped'],
  ])('%s has no addresses', (status, outcome) => {
    const gap = `2 111122223333 eni-0a1b2c3d - - - - - - - 1700000000 1700000060 - ${status}`;
    expect(readFlowLog(gap)).toMatchObject({
      records: [{ outcome, sourceAddress: null, targetAddress: null, targetPort: null, protocol: null, packets: null }],
    });
  });

  test.each([
    ['thirteen fields', FLOW.split(' ').slice(0, 13).join(' '), 'flow-log-unreadable'],
    ['no start', FLOW.replace('1700000000', '-'), 'flow-log-unreadable'],
    ['no end', FLOW.replace('1700000060', '-'), 'flow-log-unreadable'],
    ['a start of twelve digits', FLOW.replace('1700000000', '170000000000'), 'flow-log-unreadable'],
  ])('%s', (_, line, reason) => {
    expect(readFlowLog(line)).toEqual({ ok: false, reason });
  });

  test('accepted traffic is counted by its reason', () => {
    const why = 'accepted-traffic';
    expect(readFlowLog(FLOW.replace('REJECT', 'ACCEPT'))).toEqual({ ok: false, reason: 'not-ours', why });
  });
});
