/** Addresses of objects in S3 and in what is compatible with it: `s3://bucket/prefix`. */
import { partitionOf } from '../aws-regions.ts';

export interface S3Address {
  readonly bucket: string;
  /** Begins every key: empty, or with a slash at its end. */
  readonly prefix: string;
}

/** Rules for names of buckets: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Bytes of a key, at most 1,024, of which the names below the prefix take less than a hundred. */
const MOST_PREFIX_BYTES = 900;

/** The address in a text such as `s3://bucket/prefix`; null if the text has another form. */
export function parseS3Address(text: string): S3Address | null {
  const found = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text);
  const [, bucket = '', path = ''] = found ?? [];
  const parts = path.split('/').filter((part) => part !== '');
  if (found === null || !BUCKET.test(bucket) || /\p{Cc}/u.test(path)) return null;
  // Clients normalize these, and would sign another path than they send.
  if (parts.some((part) => part === '.' || part === '..')) return null;
  const prefix = parts.map((part) => `${part}/`).join('');
  return new TextEncoder().encode(prefix).length > MOST_PREFIX_BYTES ? null : { bucket, prefix };
}

/** Where requests for a bucket go: a host, and what precedes the key in the path. */
export interface BucketUrl {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number | undefined;
  /** Empty, or begins with a slash and ends without one. */
  readonly path: string;
}

/**
 * The URL of a bucket. AWS is addressed by the host of the bucket, or by its path where the name has a dot, which the certificate does
 * not cover. At other services the bucket is in the path, unless the endpoint's host names it already.
 */
export function bucketUrl({ bucket }: S3Address, region: string, endpoint: string | undefined): BucketUrl {
  if (endpoint === undefined) {
    const host = `s3.${region}.${partitionOf(region).suffix}`;
    const isPath = bucket.includes('.');
    const hostname = isPath ? host : `${bucket}.${host}`;
    return { protocol: 'https:', hostname, port: undefined, path: isPath ? `/${bucket}` : '' };
  }
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  const base = pathname.replace(/\/+$/, '');
  const path = hostname.startsWith(`${bucket}.`) ? base : `${base}/${bucket}`;
  return { protocol, hostname, port: port === '' ? undefined : Number(port), path };
}

/** Percent-encodes a key as AWS signs it (RFC 3986); slashes stay. */
export function encodedKey(key: string): string {
  return key
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join('/');
}
