/** Stores objects in S3, each whole or not at all: in one request, or in parts that become an object together. */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { S3Body, S3Client } from './s3-client.ts';
import { S3Error } from './s3-client.ts';
import { xmlElements, xmlEscaped, xmlText } from './s3-xml.ts';

/** Larger files are stored in parts of this size: a part that fails is sent again, not the file. 10,000 of them are 625 GiB. */
const PART_BYTES = 67_108_864;

export interface StoredObject {
  /** Names what is stored, in quotation marks; empty if the service names none. */
  readonly etag: string;
}

/** What an object must be so that a write replaces it: of this ETag, or null for none. undefined: whatever it is. */
type Replaces = string | null | undefined;

/** The text of an object and its ETag; null if there is none. @throws like {@link S3Client.send} */
export async function getText(
  client: S3Client,
  key: string,
): Promise<(StoredObject & { readonly text: string }) | null> {
  try {
    const { body, headers } = await client.send({ method: 'GET', key });
    return { text: body, etag: headers['etag'] ?? '' };
  } catch (error) {
    if (error instanceof S3Error && error.name === 'NoSuchKey') return null;
    throw error;
  }
}

/**
 * Stores a text. @throws S3Error `PreconditionFailed` if another object is stored than it may replace. A service without conditions
 * stores it all the same.
 */
export async function putText(client: S3Client, key: string, text: string, replaces: Replaces): Promise<StoredObject> {
  const bytes = Buffer.from(text);
  const sha256 = createHash('sha256').update(bytes).digest();
  const body: S3Body = { bytes: bytes.length, sha256: sha256.toString('hex'), open: () => bytes };
  const condition = conditionOf(replaces);
  const headers = { 'content-type': 'application/json', 'x-amz-checksum-sha256': sha256.toString('base64') };
  const put = async (more: Readonly<Record<string, string>>): Promise<StoredObject> => {
    const { headers: answer } = await client.send({ method: 'PUT', key, headers: { ...headers, ...more }, body });
    return { etag: answer['etag'] ?? '' };
  };
  try {
    return await put(condition);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    if (error.status === 501 && replaces !== undefined) return put({});
    if (error.status !== 412) throw error;
    // The answer to a write that was stored may have been lost, and its repetition refused.
    const stored = await getText(client, key);
    if (stored?.text === text) return stored;
    throw error;
  }
}

function conditionOf(replaces: Replaces): Readonly<Record<string, string>> {
  if (replaces === undefined || replaces === '') return {};
  return replaces === null ? { 'if-none-match': '*' } : { 'if-match': replaces };
}

/** Stores a file. Rests of an upload of the key that was killed are removed. Returns its bytes. @throws like {@link S3Client.send} */
export async function putFile(
  client: S3Client,
  key: string,
  path: string,
  { partBytes = PART_BYTES }: { readonly partBytes?: number } = {},
): Promise<number> {
  const { size } = statSync(path);
  const type = { 'content-type': 'application/vnd.apache.parquet' };
  if (size <= partBytes) {
    const { body, checksum } = await bodyOf(path, 0, size);
    await client.send({ method: 'PUT', key, headers: { ...type, 'x-amz-checksum-sha256': checksum }, body });
    return size;
  }
  await removeRests(client, key);
  const begun = await client.send({
    ...{ method: 'POST', key, query: { uploads: '' } },
    headers: { ...type, 'x-amz-checksum-algorithm': 'SHA256' },
  });
  const uploadId = xmlText(begun.body, 'UploadId');
  if (uploadId === null) throw new Error('the service began no upload in parts');
  try {
    const parts: string[] = [];
    for (let from = 0; from < size; from += partBytes) {
      const partNumber = parts.length + 1;
      const { body, checksum } = await bodyOf(path, from, Math.min(partBytes, size - from));
      const { headers } = await client.send({
        ...{ method: 'PUT', key, query: { partNumber: String(partNumber), uploadId }, body },
        headers: { 'x-amz-checksum-sha256': checksum },
      });
      // Only a service that keeps the checksum of a part knows it at the end.
      const kept = headers['x-amz-checksum-sha256'] === checksum ? `<ChecksumSHA256>${checksum}</ChecksumSHA256>` : '';
      const etag = xmlEscaped(headers['etag'] ?? '');
      parts.push(`<Part><PartNumber>${partNumber}</PartNumber><ETag>${etag}</ETag>${kept}</Part>`);
    }
    const bytes = Buffer.from(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`,
    );
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const body = { bytes: bytes.length, sha256, open: () => bytes };
    await client.send({
      method: 'POST',
      key,
      query: { uploadId },
      headers: { 'content-type': 'application/xml' },
      body,
    });
  } catch (error) {
    await abort(client, key, uploadId);
    throw error;
  }
  return size;
}

/** A part of a file, read for its digest now and again when it is sent. */
async function bodyOf(
  path: string,
  from: number,
  bytes: number,
): Promise<{ readonly body: S3Body; readonly checksum: string }> {
  const open = () => createReadStream(path, { start: from, end: from + bytes - 1, highWaterMark: 262_144 });
  const hash = createHash('sha256');
  for await (const chunk of open()) hash.update(chunk);
  const digest = hash.digest();
  return { body: { bytes, sha256: digest.toString('hex'), open }, checksum: digest.toString('base64') };
}

/** Aborts uploads of a key that a killed run left: their parts are billed and belong to no object. Without permission they stay. */
async function removeRests(client: S3Client, key: string): Promise<void> {
  const whole = `${client.address.prefix}${key}`;
  const listed = await client
    .send({ method: 'GET', key: null, query: { uploads: '', prefix: whole } })
    .catch((error: unknown) => unlessRefused(error));
  for (const upload of xmlElements(listed?.body ?? '', 'Upload')) {
    const uploadId = xmlText(upload, 'UploadId');
    if (uploadId !== null && xmlText(upload, 'Key') === whole) await abort(client, key, uploadId);
  }
}

/** What cannot be aborted now is aborted before the next upload of the key. */
async function abort(client: S3Client, key: string, uploadId: string): Promise<void> {
  await client.send({ method: 'DELETE', key, query: { uploadId } }).catch(() => undefined);
}

/** null for an error of the service. @throws any other */
function unlessRefused(error: unknown): null {
  if (error instanceof S3Error) return null;
  throw error;
}
