/** Addresses in S3, and where requests for them go. */
import { expect, test } from 'vitest';
import { bucketUrl, encodedKey, parseS3Address } from './s3-address.ts';

test.each([
  ['s3://my-bucket', { bucket: 'my-bucket', prefix: '' }],
  ['s3://my-bucket/', { bucket: 'my-bucket', prefix: '' }],
  ['s3://my.bucket/a/b', { bucket: 'my.bucket', prefix: 'a/b/' }],
  ['s3://my-bucket//a//b/', { bucket: 'my-bucket', prefix: 'a/b/' }],
  ['s3://my-bucket/日本 ü', { bucket: 'my-bucket', prefix: '日本 ü/' }],
])('%s', (text, address) => {
  expect(parseS3Address(text)).toEqual(address);
});

test.each([
  ['s3://'],
  ['s3://ab'],
  ['s3://My-Bucket'],
  ['s3://10.0.0.1/x'],
  ['s3://a..b/x'],
  ['s3://bucket_/x'],
  ['s3://bucket/../x'],
  ['s3://bucket/a\nb'],
  ['https://bucket.s3.amazonaws.com'],
  [`s3://bucket/${'x'.repeat(900)}`],
])('%s is refused', (text) => {
  expect(parseS3Address(text)).toBeNull();
});

const url = (bucket: string, region: string, endpoint?: string): string => {
  const { protocol, hostname, port, path } = bucketUrl({ bucket, prefix: '' }, region, endpoint);
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`;
};

test('AWS is addressed by the host of the bucket, other services by the path', () => {
  expect(url('logs', 'eu-west-1')).toBe('https://logs.s3.eu-west-1.amazonaws.com');
  expect(url('logs', 'cn-north-1')).toBe('https://logs.s3.cn-north-1.amazonaws.com.cn');
  // The certificate *.s3.… covers no further dot.
  expect(url('my.logs', 'eu-west-1')).toBe('https://s3.eu-west-1.amazonaws.com/my.logs');
  expect(url('logs', 'us-east-1', 'http://minio:9000')).toBe('http://minio:9000/logs');
  expect(url('logs', 'us-east-1', 'https://ceph.example/s3/')).toBe('https://ceph.example/s3/logs');
  expect(url('logs', 'x', 'https://logs.oss.example.com')).toBe('https://logs.oss.example.com');
});

test('keys are percent-encoded as they are signed', () => {
  expect(encodedKey("a b/day=2026-11-30/ü'(*)!.x")).toBe('a%20b/day%3D2026-11-30/%C3%BC%27%28%2A%29%21.x');
});
