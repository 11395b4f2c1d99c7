/** An address in S3 as the target of an export. The manifest is beside the data: every machine goes on where the last one was. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsScope } from '../../../ingest/aws/aws-clients.ts';
import { explainAws } from '../../../ingest/aws/aws-errors.ts';
import type { S3Address } from '../../../ingest/aws/s3/s3-address.ts';
import { openS3, S3Error } from '../../../ingest/aws/s3/s3-client.ts';
import { explainS3 } from '../../../ingest/aws/s3/s3-errors.ts';
import { getText, putFile, putText } from '../../../ingest/aws/s3/s3-upload.ts';
import { UserError } from '../user-error.ts';
import type { ExportTarget } from './export-target.ts';
import { MANIFEST } from './export-target.ts';

export interface S3TargetOptions {
  readonly address: S3Address;
  readonly scope: AwsScope;
  readonly signal: AbortSignal;
  /** Size of the parts of large files. */
  readonly partBytes?: number;
}

/** Files are written in the folder for temporary files before they are sent. @throws UserError if a setting is missing */
export async function s3Target({ address, scope, signal, partBytes }: S3TargetOptions): Promise<ExportTarget> {
  const where = `s3://${address.bucket}/${address.prefix}`;
  const client = await openS3(address, scope, signal).catch((error: unknown) => {
    throw new UserError(`--to ${where}: ${explainAws(error, 's3:GetObject', scope.region)}`);
  });
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-export-'));
  const partPath = join(folder, 'part.parquet');
  /** ETag of the manifest that was read or written last; null if there is none. */
  let known: string | null = null;
  const tried = async <T>(what: 'read' | 'write', work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof S3Error && (error.status === 412 || error.name === 'ConditionalRequestConflict'))
        throw new UserError(
          `--to ${where}: another export replaced ${MANIFEST} meanwhile. Run one at a time; the next run goes on.`,
        );
      throw new UserError(`--to ${where}: ${explainS3(error, what, client)}`);
    }
  };
  return {
    where,
    partPath,
    readManifest: () =>
      tried('read', async () => {
        const found = await getText(client, MANIFEST);
        known = found?.etag ?? null;
        return found?.text ?? null;
      }),
    writeManifest: (text) =>
      tried('write', async () => {
        known = (await putText(client, MANIFEST, text, known)).etag;
      }),
    store: (name) =>
      tried('write', () => putFile(client, name, partPath, partBytes === undefined ? {} : { partBytes })),
    close: () => {
      rmSync(folder, { recursive: true, force: true });
      client.close();
    },
  };
}
