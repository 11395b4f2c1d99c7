/** Finds the function of a log stream: from the stream's name if it contains one, else from the log group. */

import { REGION } from '../records/arn.ts';
import type { StreamIdentity } from '../records/log-event.ts';
import type { StreamHeader } from '../records/stream-header.ts';

/** `2023/11/06/name[$LATEST]<32 hex>`; without the name in a function's own log group. */
const STREAM = /^\d{4}\/[01]\d\/[0-3]\d\/([0-9A-Za-z_.-]{0,140})\[(\$LATEST|[0-9A-Za-z_-]{1,129})\][0-9a-f]{32}$/;
/** Web Functions log to `/aws/lambda/web/<name>`. */
const GROUP = /^\/aws\/lambda\/(?:web\/)?([^/]{1,140})$/;

/** A group that CloudWatch centralises has account and region of its source before its name. */
const CENTRALISED = /^\/?(\d{12})\/([a-z0-9-]{9,20})\/(aws\/lambda\/.{1,512})$/;
/** Lambda@Edge writes in every region, to a group with the region of the function before its name. */
const EDGE = /^\/aws\/lambda\/(us-east-1)\.([\w-]{1,140})$/;

/** The last group whose name shows neither: streams that follow each other are usually of one group. */
let lastPlainGroup = '';

/** Account, region and log group of the function itself, where the group's name shows that they differ from those of the message. */
export function sourceOf(stream: StreamIdentity): StreamIdentity {
  if (stream.logGroup === lastPlainGroup || !stream.logGroup.includes('/aws/lambda/')) return stream;
  const [, account, region = '', group] = CENTRALISED.exec(stream.logGroup) ?? [];
  const source =
    account === undefined || !REGION.test(region) ? stream : { ...stream, account, region, logGroup: `/${group}` };
  const [, home, name] = EDGE.exec(source.logGroup) ?? [];
  if (home !== undefined) return { ...source, region: home, logGroup: `/aws/lambda/${name}` };
  if (source === stream) lastPlainGroup = stream.logGroup;
  return source;
}

/** The function that the last group is named after. */
let lastGroup: { readonly name: string; readonly functionName: string | null } = { name: '', functionName: null };

function functionOf(logGroup: string): string | null {
  if (lastGroup.name !== logGroup) lastGroup = { name: logGroup, functionName: GROUP.exec(logGroup)?.[1] ?? null };
  return lastGroup.functionName;
}

/** Reads function name and version from the stream's and group's names. */
export function identify({ account, region, logGroup, logStream }: StreamIdentity): StreamHeader {
  const match = STREAM.exec(logStream);
  const inStream = match?.[1] ?? '';
  const inGroup = functionOf(logGroup);
  const functionName = inStream !== '' ? inStream : (inGroup ?? logGroup);
  // Named one by one: spreading the stream takes fifty times as long, and there may be a stream for each line.
  return {
    account,
    region,
    logGroup,
    logStream,
    functionName,
    nameInferred: inStream === '' && inGroup === null,
    version: match?.[2] ?? null,
  };
}

/** The stream that was asked for last, and the answer: that is the same for each of its lines. */
let lastStream: { readonly group: string; readonly name: string; readonly isLambda: boolean } = {
  group: '',
  name: '',
  isLambda: false,
};

/** Is this the log stream of a function? Its name ends in the version and the environment's id, whatever group holds it. */
export function isLambdaStream({ logGroup: group, logStream: name }: StreamIdentity): boolean {
  if (lastStream.group !== group || lastStream.name !== name)
    lastStream = { group, name, isLambda: group.startsWith('/aws/lambda/') || STREAM.test(name) };
  return lastStream.isLambda;
}
