/**
 * Reads lines of the durable execution SDKs. The SDK for JavaScript writes `executionArn`, `requestId` and `operationId`; the
 * one for Python, and Powertools, write the same in snake case. A text line may have words before the JSON.
 */
import { REQUEST_ID_MEMBERS } from '../lines/app-line.ts';
import { functionOfArn } from '../records/arn.ts';
import type { DocumentResult } from '../records/telemetry-record.ts';
import type { Json } from './json.ts';
import { parseJson, textAt } from './json.ts';

const MARK = '/durable-execution/';
const EXECUTION = /\/durable-execution\/([\w-]{1,140}\/[\w-]{1,140})$/;
const MOST_CHARACTERS = 262_144;

/** Returns null for any other line; cheap for lines that name no execution. */
export function readDurableLine(message: string): DocumentResult | null {
  if (message.length < MARK.length || !message.includes(MARK) || message.length > MOST_CHARACTERS) return null;
  const start = message.indexOf('{');
  const record = start === -1 ? null : parseJson(message.slice(start));
  if (record === null) return null;
  const arn = firstOf(record, ['executionArn', 'execution_arn', 'durableExecutionArn', 'durable_execution_arn']);
  const owner = functionOfArn(arn);
  const execution = arn?.match(EXECUTION)?.[1];
  const requestId = firstOf(record, [...REQUEST_ID_MEMBERS, 'request_id']);
  if (owner === null || execution === undefined || requestId === null) return null;
  const operation = firstOf(record, ['operationId', 'operation_id', 'operationName', 'operation_name']) ?? '';
  return {
    ok: true,
    records: [
      {
        kind: 'durable-line',
        account: owner.account,
        region: owner.region,
        functionName: owner.name,
        execution,
        requestId: requestId.slice(0, 256),
        operation: operation.slice(0, 256),
      },
    ],
  };
}

function firstOf(record: Json, names: readonly string[]): string | null {
  for (const name of names) {
    const text = textAt(record, name);
    if (text !== null) return text;
  }
  return null;
}
