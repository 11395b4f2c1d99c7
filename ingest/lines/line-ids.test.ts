import { expect, test } from 'vitest';
import { lineIds } from './line-ids.ts';

const ID = '16dbb0a8-4974-448a-a9b3-62eb73c48b8b';
const TRACE = '1-5759e988-bd862e3fe1be46a994272793';

test.each([
  [`START RequestId: ${ID} Version: $LATEST`, ID, null],
  [`REPORT RequestId: ${ID}\tDuration: 1.00 ms\tXRAY TraceId: ${TRACE}\tSegmentId: 1`, ID, TRACE],
  [`2026-11-30T15:59:46.651Z ${ID} Task timed out after 3.00 seconds\n\n`, ID, null],
  [`RequestId: ${ID} Error: Runtime exited with error: exit status 1`, ID, null],
  [`{"type":"platform.start","record":{"requestId":"${ID}"}}`, ID, null],
  ['INIT_START Runtime Version: python:3.13.v1', null, null],
  // The id of another thing, and no time before it.
  [`${ID} Task timed out after 3.00 seconds`, null, null],
])('of Lambda: %j', (message, requestId, traceId) => {
  expect(lineIds(message, true)).toEqual({ requestId, traceId });
});

test.each([
  [`2026-11-30T15:59:46.651Z\t${ID}\tINFO\treading order 17`, ID],
  [`{"level":"INFO","message":"x","function_request_id":"${ID}"}`, ID],
  // Log4j, in the layout of AWS's documentation.
  [`2020-08-31 20:40:17 ${ID} INFO  Handler - order 17`, ID],
  [`2020-08-31 20:40:17 ${ID} is the id of an order`, null],
  ['reading order 17', null],
])('of the function: %j', (message, requestId) => {
  expect(lineIds(message, false).requestId).toBe(requestId);
});
