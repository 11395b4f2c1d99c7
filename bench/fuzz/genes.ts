/** Texts that consist of a beginning, a repeated piece and an end, and the mutations between them. */
const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const HASH = '0123456789abcdef0123456789abcdef';

/** The parts of a text, and its entry point: an index into the list of entry points. */
export interface Genes {
  readonly entryPoint: number;
  readonly head: string;
  readonly piece: string;
  readonly tail: string;
}

/** Beginnings of every format that is read, and of some nearly valid ones. */
export const HEADS: readonly string[] = [
  '',
  `REPORT RequestId: ${ID}\tDuration: `,
  `REPORT RequestId: ${ID}\t`,
  `START RequestId: ${ID} Version: `,
  'END RequestId: ',
  'INIT_START Runtime Version: ',
  'INIT_REPORT Init Duration: ',
  'RESTORE_REPORT ',
  'EXTENSION\tName: ',
  'XRAY TraceId: ',
  `2026-11-20T10:00:00.000Z ${ID} Task timed out after `,
  `RequestId: ${ID} Error: `,
  '[ERROR] ',
  '[ERROR] Type: ',
  'Traceback (most recent call last):\n',
  'LAMBDA_WARNING: Unhandled exception. \r',
  '{"time":"2026-11-20T10:00:00Z","type":"platform.report","record":{"requestId":"x","metrics":{"durationMs":',
  '{"time":"2026-11-20T10:00:00Z","type":"platform.fault","record":"',
  '{"timestamp":"',
  '{"message":"',
  '{"level":"ERROR","errorMessage":"',
  '{"errorType":"Error","stackTrace":["',
  '{"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"53995c3f42cd8ad8","start_time":1.7e9,"subsegments":[',
  `{"traceId":"${HASH}","spanId":"0123456789abcdef","startTimeUnixNano":1791300000000000000,"attributes":{`,
  '{"_aws":{"Timestamp":1},"request_id":"x","function_name":"f","x":',
  '{"eventName":"CreateNetworkInterface","eventSource":"ec2.amazonaws.com","requestParameters":',
  '{"Records":[{"kinesis":{"data":"',
  '{"Records":[{"body":"',
  '{"_aws":{"Timestamp":1795888740000,"CloudWatchMetrics":[',
  '{"d":"v","m":1,"_aws":{"Timestamp":1795888740000,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[',
  '{"metric_stream_name":"s","namespace":"n","metric_name":"m","timestamp":1795888740000,"value":{"count":1,"sum":1,"x":',
  '{"metric_stream_name":"s","namespace":"n","metric_name":"m","timestamp":1795888740000,"value":{"count":1,"sum":1},"dimensions":{',
  '{"awslogs":{"data":"',
  '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/g","logStream":"s","subscriptionFilters":[],"logEvents":[',
  '{"requestId":"r","timestamp":1,"records":[',
  '{"requestId":"r","timestamp":1,"records":[{"data":"',
  '{"events":[',
  '{"Functions":[',
  '{"Traces":[',
  '{"results":[[',
  '{"streams":[{"stream":{},"values":[',
  '{"resourceLogs":[',
  '{"checkpoint":{},"events":[',
  `2026-11-20T10:00:00.000Z\t${ID}\tERROR\tInvoke Error\t`,
  '2026-11-20T10:00:00.000Z ',
  `2026/11/20/[$LATEST]${HASH} 2026-11-20T10:00:00 `,
  '[2026-11-20T10:00:00] (',
  '203.0.113.7 - - [09/Feb/2024:08:42:44 +0000] "GET /items HTTP/1.1" 200 34 ',
  '2 123456789010 eni-1235b8ca 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK ',
  '| timestamp | message |\n|---|---|\n| ',
  'timestamp,message\n',
  'timestamp,message\n1795888751426,"',
  'timestamp,',
  '@timestamp,@message\n',
  'events:\n- message: ',
  'events:\n- eventId: "',
  'EVENTS\t',
  'Summary:\n  Total:\t1 secs\n',
  'Type,Name,Request Count,Failure Count\n',
  'response-time,DNS+dialup,DNS\n',
  'java.lang.Error: ',
  'panic: ',
  'Unhandled exception. System.',
  "thread 'main' panicked at ",
  '\u001b[',
  '1795888751426 ',
  '1795888751426\t',
];

/** `#` becomes the number of the repetition. */
export const PIECES: readonly string[] = [
  ...[
    '1',
    '1.',
    '.1',
    'a',
    'A',
    ' ',
    '\t',
    '"',
    '\\',
    '\\"',
    '{',
    '[',
    '(',
    ':',
    ': ',
    '-',
    '=',
    ',',
    '|',
    "'",
    '.',
    '/',
  ],
  ...[
    'x=1,',
    '| ',
    '\n',
    '\r\n',
    '\n ',
    '\n\t',
    '0x',
    '1e',
    '1e5,',
    '1e400,',
    'é',
    '😀',
    '\ud800',
    '\u0000',
    'a:',
    'A: ',
    'a.',
  ],
  ...['{\n', '[\n', 'x\n', 'x y z\n', '-\n', '1\n', '"\n', '\\n', 'at a\n', '\tat a(b:1)\n', 'Caused by: ', ' ms\t'],
  ...[
    'Duration: 1 ms\t',
    'a=b&',
    '%',
    '@',
    '2026-',
    '2026-11-20T10:00:00Z ',
    '2026-11-20T10:00:00Z x\n',
    '- ',
    '- a: b\n',
  ],
  ...[
    '""',
    '","',
    '{"a":',
    '"a":[',
    '[[',
    ']}',
    '{},',
    '[],',
    '"a#":1,',
    '"#":#,',
    '{"a#":#},',
    '"\\u00e9",',
    '\u001b[1m',
    '...',
  ],
  ...[
    '{"id":"#","timestamp":1795888751426,"message":"x"},',
    '{"timestamp":1795888751426,"message":"x","logStreamName":"s#"},',
  ],
  ...['{"timestamp":1795888751426,"message":"x","extractedFields":{"@aws.account":"#","@aws.region":"r#"}},'],
  ...[
    `2026/11/20/[$LATEST]#${HASH} 2026-11-20T10:00:00 x\n`,
    `START RequestId: #${ID} Version: 1\n`,
    '{"data":"eA=="},',
  ],
  ...[
    `{"time":"2026-11-20T10:00:00Z","type":"platform.runtimeDone","record":{"requestId":"#","metrics":{"durationMs":1}}}\n`,
  ],
  ...[
    '{"time":"2026-11-20T10:00:00Z","type":"platform.extension","record":{"name":"#"}}\n',
    '|#|#|\n',
    '#,#\n',
    'a,',
    '"a,#",',
  ],
  ...[
    'H4sIAAAAAAAAA',
    '1795888751426,x\n',
    '[x] y\n',
    '/x y\n',
    '{"message":"x","timestamp":1795888751426}\n',
    'timestamp,',
  ],
];

export const TAILS: readonly string[] = ['', '!', '\n!', '"}', ']}', '}', '"', '\n', '"]}]}', '1}}}'];

/** The text of a number of characters. */
export function textOf({ head, piece, tail }: Genes, chars: number): string {
  const n = Math.max(1, Math.ceil((chars - head.length - tail.length) / Math.max(1, piece.length)));
  if (!piece.includes('#')) return head + piece.repeat(n) + tail;
  let text = head;
  for (let at = 0; at < n && text.length < chars; at += 1) text += piece.replaceAll('#', String(at));
  return text + tail;
}

/** A mutation of the given text. */
export function mutated(genes: Genes, random: () => number, entryPoints: number): Genes {
  const pick = <T>(list: readonly T[], otherwise: T): T => list[Math.floor(random() * list.length)] ?? otherwise;
  const piece = pick(PIECES, 'x');
  switch (Math.floor(random() * 8)) {
    case 0:
      return { ...genes, entryPoint: Math.floor(random() * entryPoints) };
    case 1:
      return { ...genes, head: pick(HEADS, '') };
    case 2:
      return { ...genes, head: (genes.head + pick(HEADS, '')).slice(0, 400) };
    case 3:
      return { ...genes, piece };
    case 4:
      return { ...genes, piece: (genes.piece + piece).slice(0, 200) };
    case 5:
      return { ...genes, piece: (piece + genes.piece).slice(0, 200) };
    case 6: {
      const at = Math.floor(random() * (genes.piece.length + 1));
      const cut = genes.piece.slice(0, at) + genes.piece.slice(at + 1 + Math.floor(random() * 3));
      return { ...genes, piece: cut === '' ? piece : cut };
    }
    default:
      return { ...genes, tail: pick(TAILS, '') };
  }
}
