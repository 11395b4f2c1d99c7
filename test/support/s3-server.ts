/**
 * Test double of S3 on loopback: the REST protocol with paths of buckets, Signature Version 4 and the digests of bodies verified as AWS
 * documents them, conditional writes, and uploads in parts. Its verification is its own: it shares no code with the client.
 */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const S3_KEYS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

export interface S3Object {
  readonly bytes: Buffer;
  readonly etag: string;
  /** SHA-256 in base64 as the client gave it: of an upload in parts, that of their digests. */
  readonly checksum: string | null;
}

interface Upload {
  readonly key: string;
  readonly parts: Map<number, S3Object>;
}

/** A request, as far as tests look at it. */
export interface S3Call {
  readonly method: string;
  /** Without the bucket; '' for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** What happens instead of the answer. `lost`: the request is carried out, and the connection breaks before the answer. */
export type S3Fault = 'hangUp' | 'lost' | { readonly status: number; readonly code: string } | null;

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly more: string;
  constructor(status: number, code: string, more = '') {
    super(code);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

const hex = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** What is signed. */
export interface SignedRequest {
  readonly method: string;
  /** As it was sent, with the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The signature that the headers should have, by the steps of AWS's documentation of Signature Version 4. */
export function expectedSignature({ method, url, headers }: SignedRequest, secret: string): string {
  const [path = '', query = ''] = url.split('?');
  const authorization = headers['authorization'] ?? '';
  const [, scope = ''] = /Credential=[^/]+\/([^,\s]+)/.exec(authorization) ?? [];
  const [, signed = ''] = /SignedHeaders=([^,\s]+)/.exec(authorization) ?? [];
  const canonicalQuery = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('&');
  const canonical = [
    method,
    path,
    canonicalQuery,
    ...signed.split(';').map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    signed,
    headers['x-amz-content-sha256'] ?? '',
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'] ?? '', scope, hex(canonical)].join('\n');
  const [date = '', region = '', service = '', end = ''] = scope.split('/');
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), end);
  return hmac(key, toSign).toString('hex');
}

export class S3Server {
  /** Regions of buckets. */
  readonly buckets = new Map<string, string>();
  /** By bucket and key. */
  readonly objects = new Map<string, S3Object>();
  readonly uploads = new Map<string, Upload>();
  readonly calls: S3Call[] = [];
  /** Called before each request is carried out. */
  fault: (call: S3Call) => S3Fault = () => null;
  /** Whether GET of a missing object is denied, as without s3:ListBucket. */
  deniesMissing = false;
  url = '';
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #nextUpload = 1;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Keys of a bucket, in order. */
  keys(bucket: string): string[] {
    return [...this.objects.keys()]
      .flatMap((key) => (key.startsWith(`${bucket}/`) ? [key.slice(bucket.length + 1)] : []))
      .toSorted();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const [, bucket = '', ...rest] = path.split('/').map(decodeURIComponent);
    const headers = request.headers as Record<string, string>;
    const call = { method: request.method ?? '', key: rest.join('/'), query: new URLSearchParams(query), headers };
    this.calls.push(call);
    const fault = this.fault(call);
    const refuse = ({ status, code, more }: Refusal): void => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code} &amp; more</Message>${more}</Error>`,
      );
    };
    if (fault === 'hangUp') return void request.socket.destroy();
    if (fault !== null && fault !== 'lost') return refuse(new Refusal(fault.status, fault.code));
    try {
      const body = Buffer.concat(chunks);
      this.#verify(request, body, bucket);
      const { status = 200, headers: more = {}, text = '' } = this.#carryOut(call, bucket, body);
      if (fault === 'lost') return void request.socket.destroy();
      response.writeHead(status, more).end(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(error);
    }
  }

  #verify(request: IncomingMessage, body: Buffer, bucket: string): void {
    const headers = request.headers as Record<string, string | undefined>;
    const { authorization = '' } = headers;
    const [, key, scope = '', signature] =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=[^,]+, ?Signature=([0-9a-f]{64})$/.exec(
        authorization,
      ) ?? [];
    if (key === undefined) throw new Refusal(403, 'AccessDenied');
    if (key !== S3_KEYS.accessKeyId) throw new Refusal(403, 'InvalidAccessKeyId');
    if (
      expectedSignature({ method: request.method ?? '', url: request.url ?? '', headers }, S3_KEYS.secretAccessKey) !==
      signature
    )
      throw new Refusal(403, 'SignatureDoesNotMatch');
    const digest = headers['x-amz-content-sha256'];
    if (digest !== 'UNSIGNED-PAYLOAD' && digest !== hex(body)) throw new Refusal(400, 'XAmzContentSHA256Mismatch');
    const checksum = headers['x-amz-checksum-sha256'];
    if (checksum !== undefined && Buffer.from(checksum, 'base64').toString('hex') !== hex(body))
      throw new Refusal(400, 'BadDigest');
    const region = this.buckets.get(bucket);
    if (region === undefined) throw new Refusal(404, 'NoSuchBucket');
    if (scope.split('/')[1] !== region)
      throw new Refusal(400, 'AuthorizationHeaderMalformed', `<Region>${region}</Region>`);
  }

  #carryOut(
    { method, key, query, headers }: S3Call,
    bucket: string,
    body: Buffer,
  ): { status?: number; headers?: Record<string, string>; text?: string | Buffer } {
    const at = `${bucket}/${key}`;
    const uploadId = query.get('uploadId');
    const upload = uploadId === null ? undefined : this.uploads.get(uploadId);
    if (uploadId !== null && upload === undefined) throw new Refusal(404, 'NoSuchUpload');
    const checksum = headers['x-amz-checksum-sha256'] ?? null;
    if (method === 'GET' && query.has('uploads')) {
      const found = [...this.uploads].filter(([, one]) => one.key.startsWith(`${bucket}/${query.get('prefix') ?? ''}`));
      const all = found.map(
        ([id, one]) => `<Upload><Key>${one.key.slice(bucket.length + 1)}</Key><UploadId>${id}</UploadId></Upload>`,
      );
      return { text: `<ListMultipartUploadsResult>${all.join('')}</ListMultipartUploadsResult>` };
    }
    if (method === 'GET') {
      const found = this.objects.get(at);
      if (found === undefined)
        throw this.deniesMissing ? new Refusal(403, 'AccessDenied') : new Refusal(404, 'NoSuchKey');
      return { headers: { etag: found.etag }, text: found.bytes };
    }
    if (method === 'DELETE' && uploadId !== null) {
      this.uploads.delete(uploadId);
      return { status: 204 };
    }
    if (method === 'POST' && query.has('uploads')) {
      const id = `upload&${this.#nextUpload++}`;
      this.uploads.set(id, { key: at, parts: new Map() });
      return {
        text: `<InitiateMultipartUploadResult><UploadId>${id.replace('&', '&amp;')}</UploadId></InitiateMultipartUploadResult>`,
      };
    }
    const object = { bytes: body, etag: `"${createHash('md5').update(body).digest('hex')}"`, checksum };
    const kept: Record<string, string> = checksum === null ? {} : { 'x-amz-checksum-sha256': checksum };
    if (method === 'PUT' && upload !== undefined) {
      upload.parts.set(Number(query.get('partNumber')), object);
      return { headers: { etag: object.etag, ...kept } };
    }
    if (method === 'POST' && upload !== undefined) {
      const listed = [
        ...body
          .toString()
          .matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>(?:<ChecksumSHA256>([^<]+)<)?/g),
      ];
      const parts = listed.map(([, number, etag, sum]) => {
        const part = upload.parts.get(Number(number));
        if (part === undefined || part.etag !== etag || (sum !== undefined && part.checksum !== sum))
          throw new Refusal(400, 'InvalidPart');
        return part;
      });
      if (parts.slice(0, -1).some(({ bytes }) => bytes.length < 5_242_880)) throw new Refusal(400, 'EntityTooSmall');
      const bytes = Buffer.concat(parts.map((part) => part.bytes));
      const digests = Buffer.concat(parts.map((part) => Buffer.from(part.checksum ?? '', 'base64')));
      const etag = `"${createHash('md5').update(bytes).digest('hex')}-${parts.length}"`;
      const whole = `${createHash('sha256').update(digests).digest('base64')}-${parts.length}`;
      this.objects.set(at, { bytes, etag, checksum: whole });
      this.uploads.delete(uploadId ?? '');
      return { text: `<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>` };
    }
    if (method !== 'PUT') throw new Refusal(405, 'MethodNotAllowed');
    const now = this.objects.get(at);
    if (headers['if-none-match'] === '*' && now !== undefined) throw new Refusal(412, 'PreconditionFailed');
    if (headers['if-match'] !== undefined && headers['if-match'] !== now?.etag)
      throw new Refusal(412, 'PreconditionFailed');
    this.objects.set(at, object);
    return { headers: { etag: object.etag, ...kept } };
  }
}
