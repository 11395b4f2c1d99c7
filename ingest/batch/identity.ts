/** Finds the function of a log stream: from the stream's name if it contains one, else from the log group. */

import type { StreamIdentity } from '../records/log-event.ts';
import type { StreamHeader } from '../records/stream-header.ts';

/** `2023/11/06/name[$LATEST]<32 hex>`; without the name in a function's own log group. */
const STREAM = /^\d{4}\/[01]\d\/[0-3]\d\/([0-9A-Za-z_.-]{0,140})\[(\$LATEST|[0-9A-Za-z_-]{1,129})\][0-9a-f]{32}$/;
/** Web Functions log to `/aws/lambda/web/<name>`. */
const GROUP = /^\/aws\/lambda\/(?:web\/)?([^/]{1,140})$/;

/** Reads function name and version from the stream's and group's names. */
export function identify(stream: StreamIdentity): StreamHeader {
  const match = STREAM.exec(stream.logStream);
  const inStream = match?.[1] ?? '';
  const inGroup = GROUP.exec(stream.logGroup)?.[1];
  const functionName = inStream !== '' ? inStream : (inGroup ?? stream.logGroup);
  return {
    ...stream,
    functionName,
    nameInferred: inStream === '' && inGroup === undefined,
    version: match?.[2] ?? null,
  };
}

/** Is this the log stream of a function? Its name ends in the version and the environment's id, whatever group holds it. */
export function isLambdaStream({ logGroup, logStream }: StreamIdentity): boolean {
  return logGroup.startsWith('/aws/lambda/') || STREAM.test(logStream);
}
