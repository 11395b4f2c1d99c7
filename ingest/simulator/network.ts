/** Writes other documents about a fleet's network: API Gateway access logs, and CloudTrail records of network interfaces. */

import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../records/demo-scope.ts';
import type { Random } from '../records/random.ts';
import type { SimulatedStream } from './lines.ts';
import type { SimulatedRequest } from './truth.ts';

/** Latency that API Gateway adds to a request. */
const GATEWAY_MS = 7;

/** The access log of an API in front of one function. */
export function accessLog(route: string, requests: readonly SimulatedRequest[], random: Random): SimulatedStream {
  return {
    logGroup: '/aws/apigateway/shop',
    logStream: random.hex(32),
    events: requests.map(({ requestId, arrivalMs, endMs, failed }) => {
      const latency = Math.round(endMs - arrivalMs + GATEWAY_MS + random.exponential(3));
      const record = {
        requestId: random.uuid(),
        requestTimeEpoch: arrivalMs,
        routeKey: route,
        status: failed ? '502' : '200',
        integrationRequestId: requestId,
        integrationLatency: String(latency),
        responseLatency: String(latency + 2),
      };
      return { id: '', timestampMs: endMs + 1, message: JSON.stringify(record) };
    }),
  };
}

/** CloudTrail records of network interfaces that are created and deleted for functions in a VPC, and of throttled calls, about once an hour. */
export function networkEvents(random: Random, fromMs: number, toMs: number): SimulatedStream {
  const events: SimulatedStream['events'][number][] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += random.exponential(5_400_000)) {
    const draw = random.next();
    const eventName =
      draw < 0.6
        ? 'CreateNetworkInterface'
        : draw < 0.8
          ? 'DeleteNetworkInterface'
          : 'CreateNetworkInterfacePermission';
    const throttled = eventName === 'CreateNetworkInterface' && random.next() < 0.2;
    events.push({
      id: '',
      timestampMs: Math.round(atMs),
      message: JSON.stringify(trailRecord(random, Math.round(atMs), eventName, throttled)),
    });
  }
  return { logGroup: 'aws-cloudtrail-logs', logStream: `${SIMULATED_ACCOUNT}_CloudTrail_${SIMULATED_REGION}`, events };
}

function trailRecord(random: Random, atMs: number, eventName: string, throttled: boolean): object {
  const eni = `eni-0${random.hex(16)}`;
  return {
    eventVersion: '1.08',
    userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
    eventTime: new Date(Math.floor(atMs / 1000) * 1000).toISOString().replace('.000', ''),
    eventSource: 'ec2.amazonaws.com',
    eventName,
    awsRegion: SIMULATED_REGION,
    sourceIPAddress: 'lambda.amazonaws.com',
    ...(throttled ? { errorCode: 'Client.RequestLimitExceeded', errorMessage: 'Request limit exceeded.' } : {}),
    requestParameters:
      eventName === 'CreateNetworkInterface'
        ? {
            subnetId: random.next() < 0.5 ? 'subnet-0aaa1111' : 'subnet-0bbb2222',
            description: 'AWS Lambda VPC ENI-checkout-11111111-2222-3333-4444-555555555555',
            groupSet: { items: [{ groupId: 'sg-0123456789abcdef0' }] },
          }
        : { networkInterfaceId: eni },
    responseElements:
      throttled || eventName !== 'CreateNetworkInterface' ? null : { networkInterface: { networkInterfaceId: eni } },
    eventID: random.uuid(),
    recipientAccountId: SIMULATED_ACCOUNT,
  };
}
