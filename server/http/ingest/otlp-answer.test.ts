/** Answers of OTLP as the exporters of OpenTelemetry read them, and Status by its field numbers in status.proto. */
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import protobuf from 'protobufjs/minimal.js';
import { expect, test } from 'vitest';
import { encodingOf, exportAnswer, statusAnswer } from './otlp-answer.ts';

const bytesOf = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer());

test('what was not stored, in Protocol Buffers and in JSON', async () => {
  const message = '300 spans were not stored: ü';
  const partial = { field: 'rejectedSpans', rejected: 300, message } as const;
  const traces = ProtobufTraceSerializer.deserializeResponse(await bytesOf(exportAnswer('protobuf', partial)));
  expect(traces.partialSuccess).toMatchObject({ errorMessage: message });
  expect(Number(traces.partialSuccess?.rejectedSpans)).toBe(300);
  const logs = ProtobufLogsSerializer.deserializeResponse(
    await bytesOf(exportAnswer('protobuf', { ...partial, field: 'rejectedLogRecords', rejected: 5_000_000_000 })),
  );
  expect(Number(logs.partialSuccess?.rejectedLogRecords)).toBe(5_000_000_000);
  expect(await exportAnswer('json', partial).json()).toEqual({
    partialSuccess: { rejectedSpans: '300', errorMessage: message },
  });
});

test('everything was stored: no field is set', async () => {
  const response = exportAnswer('protobuf', null);
  expect(response.headers.get('content-type')).toBe('application/x-protobuf');
  expect(await bytesOf(response)).toHaveLength(0);
  expect(await exportAnswer('json', null).json()).toEqual({});
});

test('a failure is google.rpc.Status, with a pause where a retry helps', async () => {
  const response = statusAnswer('protobuf', 503, 'overloaded');
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  const reader = protobuf.Reader.create(await bytesOf(response));
  expect([reader.uint32(), reader.int32(), reader.uint32(), reader.string(), reader.pos]).toEqual([
    8,
    14,
    18,
    'overloaded',
    reader.len,
  ]);
  expect(await statusAnswer('json', 400, 'x'.repeat(5000)).json()).toEqual({ code: 3, message: 'x'.repeat(4000) });
  expect(statusAnswer('json', 429, '').headers.get('retry-after')).toBe('5');
  expect(statusAnswer('json', 400, '').headers.get('retry-after')).toBeNull();
});

test.each([
  ['application/x-protobuf', 'protobuf'],
  ['application/protobuf', 'protobuf'],
  ['Application/JSON; charset=utf-8', 'json'],
  ['text/plain', null],
  ['', null],
  [undefined, null],
])('Content-Type %s is %s', (type, encoding) => {
  expect(encodingOf(type)).toBe(encoding);
});
