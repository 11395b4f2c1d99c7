/** Reads and parses the JSON body of an API request, within limits. */
import type { Context as HonoContext } from 'hono';
import { readStrictJson } from '../../ingest/text/strict-json.ts';
import type { Principal } from './access/auth.ts';
import { clientOf } from './access/client-address.ts';
import type { Context } from './context.ts';
import type { BodyError, BodyResult } from './limits/body.ts';
import { bodyErrorMessage, readBody } from './limits/body.ts';
import { STRANGER_BODY_BYTES, STRANGER_BODY_MS } from './limits/stranger-bodies.ts';
import { ProblemError } from './problems.ts';

const MAX_API_BODY_BYTES = 1_048_576;

/** A body that is too large to be parsed on the main thread: its handler passes the bytes to another one. */
export class LargeBody {
  readonly bytes: Uint8Array;
  /** Ends the reservation of its memory. */
  readonly release: () => void;

  constructor(bytes: Uint8Array, release: () => void) {
    this.bytes = bytes;
    this.release = release;
  }
}

/** The parsed body, or its bytes if it is larger than the main thread parses. @throws ProblemError if the body is too large, too slow, not JSON, or there is no room for it now */
export async function jsonBody(
  context: Context,
  c: HonoContext,
  principal: Principal | null,
  maxBytes: number = MAX_API_BODY_BYTES,
): Promise<unknown> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json(?:;|$)/i.test(type))
    throw new ProblemError('unsupported-media-type', 'Content-Type: expected application/json');
  const most = principal === null ? Math.min(maxBytes, STRANGER_BODY_BYTES) : maxBytes;
  const read =
    principal === null ? await readFromStranger(context, c) : await readBody(c.req.raw, most, context.apiBodies);
  if (!read.ok) throw bodyProblem(read.reason, most, c.req.header('content-length'), principal === null);
  if (isLarge(read.body, maxBytes)) return new LargeBody(read.body, () => read.release());
  try {
    return parsed(Buffer.from(read.body).toString('utf8'));
  } finally {
    read.release();
  }
}

/** Lists up to this size take the main thread a few milliseconds: a mebibyte of the shortest entries took 50 to 100. */
const LIST_BYTES = 65_536;
/** A body with declared facts instead of a list, whose functions the main thread looks up. */
const DECLARES = /^\s*\{\s*"functions"\s*:/;
/** Declared facts hold neither a list as well nor a letter that is escaped, in which its name could hide. */
const HOLDS_LIST = ['"Functions"', '\\u'];

/** Whether another thread reads a body. `maxBytes`: above the usual size for lists, which another thread can read. */
export function isLarge(body: Uint8Array, maxBytes: number): boolean {
  if (body.length > MAX_API_BODY_BYTES) return true;
  if (maxBytes <= MAX_API_BODY_BYTES || body.length <= LIST_BYTES) return false;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  return !DECLARES.test(bytes.toString('latin1', 0, 1024)) || HOLDS_LIST.some((mark) => bytes.includes(mark));
}

function parsed(text: string): unknown {
  const read = readStrictJson(text);
  if (!read.ok) throw new ProblemError('invalid-request', 'The body is not valid', [read.error]);
  return read.value;
}

export async function readFromStranger({ strangers, config }: Context, c: HonoContext): Promise<BodyResult> {
  const leave = strangers.enter(clientOf(c, config));
  if (leave === null) return { ok: false, reason: 'busy' };
  try {
    return await readBody(c.req.raw, STRANGER_BODY_BYTES, strangers.budget, STRANGER_BODY_MS);
  } finally {
    leave();
  }
}

function bodyProblem(
  reason: BodyError,
  maxBytes: number,
  announced: string | undefined,
  isStranger: boolean,
): ProblemError {
  if (reason === 'busy')
    return new ProblemError('unavailable', 'Too many request bodies are being read. Retry the request');
  const message = bodyErrorMessage(reason, maxBytes, announced, isStranger ? STRANGER_BODY_MS : null);
  return new ProblemError(reason === 'too-large' ? 'payload-too-large' : 'invalid-request', message);
}
