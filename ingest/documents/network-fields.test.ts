/**
 * Each member of CloudTrail's network events and of flow logs ends in its own field: every value of a document differs from the others. Members and their meaning are those
 * of AWS's documentation: CloudTrail record contents, the EC2 API reference, flow log records.
 */
import { describe, expect, test } from 'vitest';
import { readCloudTrail } from './cloudtrail.ts';
import { looksLikeFlowLog, readFlowLog } from './flow-log.ts';
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
    ['AWS Lambda VPC ENI-my-0a1b2c3d-0a1b2c3d', 'my-0a1b2c3d'],
    // No id of AWS's: seven digits, nine, a capital, a UUID without its last group.
    ['AWS Lambda VPC ENI-f-0a1b2c3', 'f-0a1b2c3'],
    ['AWS Lambda VPC ENI-f-0a1b2c3d4', 'f-0a1b2c3d4'],
    ['AWS Lambda VPC ENI-f-0A1b2c3d', 'f-0A1b2c3d'],
    ['AWS Lambda VPC ENI-f-01234567-89ab-cdef-0123', 'f-01234567-89ab-cdef-0123'],
    ['AWS Lambda VPC ENI-f-01234567-89ab-cdef-0123-456789abcde', 'f-01234567-89ab-cdef-0123-456789abcde'],
    ['AWS Lambda VPC ENI-f-01234567-89ab-cde-0123-456789abcdef', 'f-01234567-89ab-cde-0123-456789abcdef'],
    [`AWS Lambda VPC ENI-${'f'.repeat(140)}-0a1b2c3d`, 'f'.repeat(140)],
    [`AWS Lambda VPC ENI-${'f'.repeat(141)}`, null],
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

  test('an interface and its subnet are those of the response, the description and the groups those of the request', () => {
    const event = {
      ...ENI,
      requestParameters: { ...ENI.requestParameters, networkInterfaceId: 'eni-request' },
      responseElements: {
        networkInterface: {
          ...ENI.responseElements.networkInterface,
          description: 'AWS Lambda VPC ENI-other-0a1b2c3d',
          groupSet: { items: [{ groupId: 'sg-response' }] },
        },
      },
    };
    expect(readCloudTrail(event)).toMatchObject({
      records: [
        { eniId: 'eni-0aa', subnetId: 'subnet-response', functionName: 'checkout', securityGroupIds: ['sg-1', 'sg-2'] },
      ],
    });
  });

  test('a description that is not Lambda’s decides, whoever calls; without times or places they are unknown', () => {
    const other = { ...ENI, userAgent: 'lambda.amazonaws.com', requestParameters: { description: 'ELB app/web/50dc' } };
    expect(readCloudTrail(other)).toEqual({ ok: false, reason: 'not-ours', why: 'other-call' });
    const bare = { eventName: 'CreateNetworkInterface', userAgent: 'lambda.amazonaws.com' };
    expect(readCloudTrail(bare)).toEqual({
      ok: true,
      records: [
        {
          kind: 'network-event',
          id: '',
          atMs: null,
          account: null,
          region: null,
          name: 'CreateNetworkInterface',
          errorCode: null,
          subnetId: null,
          securityGroupIds: [],
          eniId: null,
          addresses: null,
          functionName: null,
        },
      ],
    });
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

  test('fields have at most 15 digits, seconds 11, addresses 64 characters', () => {
    const fields = (change: Readonly<Record<number, string>>): string =>
      FLOW.split(' ')
        .map((field, at) => change[at] ?? field)
        .join(' ');
    const most = fields({
      3: 'a'.repeat(65),
      4: 'b'.repeat(64),
      6: '6'.repeat(15),
      8: '8'.repeat(16),
      11: '9'.repeat(11),
    });
    expect(readFlowLog(most)).toMatchObject({
      records: [
        {
          sourceAddress: 'a'.repeat(64),
          targetAddress: 'b'.repeat(64),
          targetPort: 666_666_666_666_666,
          packets: null,
          toMs: 99_999_999_999_000,
        },
      ],
    });
    for (const odd of ['x5', '5x', '-5', '5.5', ''])
      expect(readFlowLog(fields({ 6: odd, 7: odd, 8: odd }))).toMatchObject({
        records: [{ targetPort: null, protocol: null, packets: null }],
      });
    for (const odd of ['x1700000000', '1700000000x'])
      expect(readFlowLog(fields({ 10: odd }))).toEqual({ ok: false, reason: 'flow-log-unreadable' });
  });

  test('blanks around the line and fields after the fourteenth are left out; the first 1,024 characters count', () => {
    expect(readFlowLog(`  ${FLOW}\n`)).toEqual(readFlowLog(FLOW));
    expect(readFlowLog(`${FLOW} vpc-1 subnet-1`)).toEqual(readFlowLog(FLOW));
    const padded = FLOW.replace('10.0.0.1', '1'.repeat(1024 - FLOW.length + '10.0.0.1'.length));
    expect(padded).toHaveLength(1024);
    expect(readFlowLog(padded)).toMatchObject({ ok: true, records: [{ outcome: 'rejected' }] });
    expect(readFlowLog(padded.replace('eni-0a1b2c3d', 'eni-0a1b2c3d'.padEnd(15, '0')))).toEqual({
      ok: false,
      reason: 'flow-log-unreadable',
    });
  });

  test('a status of skipped or missing data counts before the action', () => {
    expect(readFlowLog(FLOW.replace(' OK', ' SKIPDATA'))).toMatchObject({ records: [{ outcome: 'skipped' }] });
    expect(readFlowLog(FLOW.replace(' OK', ' NODATA'))).toMatchObject({ records: [{ outcome: 'no-data' }] });
  });

  test.each([
    ['version 2', FLOW, true],
    ['two digits of a version, and blanks', `  ${FLOW.replace('2 ', '10 ')}`, true],
    ['an unknown account', FLOW.replace('111122223333', 'unknown'), true],
    ['six digits of an interface', FLOW.replace('0a1b2c3d', '0a1b2c'), true],
    ['32 digits of an interface', FLOW.replace('0a1b2c3d', '0'.repeat(32)), true],
    ['three digits of a version', FLOW.replace('2 ', '100 '), false],
    ['no version', FLOW.slice(2), false],
    ['words before it', `x ${FLOW}`, false],
    ['eleven digits of an account', FLOW.replace('111122223333', '11112222333'), false],
    ['thirteen digits of an account', FLOW.replace('111122223333', '1111222233334'), false],
    ['another word for an account', FLOW.replace('111122223333', 'unknowns'), false],
    ['five digits of an interface', FLOW.replace('0a1b2c3d', '0a1b2'), false],
    ['33 digits of an interface', FLOW.replace('0a1b2c3d', '0'.repeat(33)), false],
    ['capital letters in an interface', FLOW.replace('0a1b2c3d', '0A1B2C3D'), false],
    ['nothing after the interface', '2 111122223333 eni-0a1b2c3d', false],
    ['more than 80 characters before the interface', `${' '.repeat(60)}${FLOW}`, false],
  ])('a line with %s is recognised: %s', (_, line, expected) => {
    expect(looksLikeFlowLog(line)).toBe(expected);
  });
});
