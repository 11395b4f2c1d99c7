/**
 * Requests to S3 and compatible services: signed by AWS's own signer (Signature Version 4, bodies included), retried, and limited in the
 * size of answers. The few operations that an export needs do without the 5 MB of AWS's client.
 */
import type { Readable } from 'node:stream';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { NO_PROXIES } from '../../api/proxy-settings.ts';
import type { AwsScope } from '../aws-clients.ts';
import { ProxiedHandler } from '../proxied-handler.ts';
import type { BucketUrl, S3Address } from './s3-address.ts';
import { bucketUrl, encodedKey } from './s3-address.ts';
import type { S3Settings } from './s3-settings.ts';
import { s3Settings } from './s3-settings.ts';
import { xmlText } from './s3-xml.ts';

/** A body whose digest is known before it is sent. */
export interface S3Body {
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  /** Called for each attempt. */
  open(): Uint8Array | Readable;
}

export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Without the prefix of the address; null for the bucket. */
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: S3Body;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** S3 refused a request. `name` is S3's code, such as `NoSuchBucket`. */
export class S3Error extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Region that the service names instead; null if it names none. */
  readonly region: string | null;

  constructor(code: string, message: string, status: number, region: string | null) {
    super(message);
    this.name = code;
    this.status = status;
    this.region = region;
  }
}

const TIMEOUTS = { requestTimeout: 120_000, connectionTimeout: 10_000 };
const MOST_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 250;
/** Largest answer that is read: a manifest of a hundred years. */
const MOST_ANSWER_BYTES = 33_554_432;
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** Codes of refusals that pass. */
const PASSING = new Set(['RequestTimeout', 'SlowDown', 'InternalError', 'ServiceUnavailable', 'OperationAborted']);

export interface S3ClientOptions {
  readonly address: S3Address;
  readonly settings: S3Settings;
  readonly handler: Pick<ProxiedHandler, 'handle' | 'destroy'>;
  readonly signal: AbortSignal;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly now?: () => Date;
}

export class S3Client {
  readonly address: S3Address;
  readonly settings: S3Settings;
  readonly #options: S3ClientOptions;
  readonly #url: BucketUrl;
  readonly #signer: SignatureV4;

  constructor(options: S3ClientOptions) {
    const { address, settings } = options;
    this.#options = options;
    this.address = address;
    this.settings = settings;
    this.#url = bucketUrl(address, settings.region, settings.endpoint);
    const { region, credentials } = settings;
    this.#signer = new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false });
  }

  /** Sends a request until it is answered. @throws S3Error if it is refused; the error of the connection or of the credentials */
  async send(request: S3Request): Promise<S3Answer> {
    const { sleep = pause, signal } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#sendOnce(request);
      } catch (error) {
        signal.throwIfAborted();
        if (attempt >= MOST_ATTEMPTS || !isPassing(error)) throw error;
      }
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (1 + Math.random()));
      signal.throwIfAborted();
    }
  }

  close(): void {
    this.#options.handler.destroy();
  }

  async #sendOnce({ method, key, query = {}, headers = {}, body }: S3Request): Promise<S3Answer> {
    const { handler, signal, now = () => new Date() } = this.#options;
    const { protocol, hostname, port, path } = this.#url;
    const whole = key === null ? '' : encodedKey(`${this.address.prefix}${key}`);
    const host = port === undefined ? hostname : `${hostname}:${port}`;
    const payload = {
      'x-amz-content-sha256': body?.sha256 ?? EMPTY_SHA256,
      ...(method === 'GET' || method === 'DELETE' ? {} : { 'content-length': String(body?.bytes ?? 0) }),
    };
    const plain = { method, protocol, hostname, ...(port === undefined ? {} : { port }), path: `${path}/${whole}` };
    const signed = await this.#signer.sign(
      { ...plain, query: { ...query }, headers: { host, ...payload, ...headers } },
      // The digest of the body says enough, and proxies change the length.
      { signingDate: now(), unsignableHeaders: new Set(['content-length']) },
    );
    const { response } = await handler.handle({ ...signed, body: body?.open() ?? null }, { abortSignal: signal });
    const text = await readText(response.body as AsyncIterable<Uint8Array>);
    const answer = { status: response.statusCode, headers: response.headers, body: text };
    // A multipart upload can fail after its status was sent.
    if (answer.status < 200 || answer.status > 299 || /^\s*(?:<\?xml[^>]*>)?\s*<Error[\s>]/.test(text))
      throw errorOf(answer);
    return answer;
  }
}

/** A client for a bucket, with settings as the AWS command line has them. @throws Error if a setting is missing */
export async function openS3(address: S3Address, scope: AwsScope, signal: AbortSignal): Promise<S3Client> {
  const handler = new ProxiedHandler(scope.proxy ?? NO_PROXIES, TIMEOUTS);
  return new S3Client({ address, settings: await s3Settings(scope, handler), handler, signal });
}

function errorOf({ status, headers, body }: S3Answer): S3Error {
  const code = xmlText(body, 'Code') ?? `status ${status}`;
  const message = xmlText(body, 'Message') ?? (body === '' ? 'no explanation' : 'an answer that is not of S3');
  const region = headers['x-amz-bucket-region'] ?? xmlText(body, 'Region');
  return new S3Error(code.slice(0, 100), message, status, region);
}

/** Whether the same request may be answered later. */
function isPassing(error: unknown): boolean {
  if (error instanceof S3Error)
    return error.status >= 500 ? error.status !== 501 : error.status === 429 || PASSING.has(error.name);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?:ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EAI_AGAIN|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT))$/.test(
    code,
  );
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) throw new Error('the answer of the service is larger than 32 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
