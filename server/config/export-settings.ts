/** Settings of the daily export to Parquet. */
import { resolve } from 'node:path';
import * as z from 'zod';
import { parseS3Address } from '../../ingest/aws/s3/s3-address.ts';
import type { ParquetExportSettings } from '../jobs/parquet-export.ts';
import { number } from './setting-numbers.ts';

export const exportVariables = {
  THERMOCLINE_EXPORT_TO: z
    .string()
    .refine(
      (text) => parseS3Address(text) !== null || !/^[a-z0-9]+:\/\//i.test(text),
      'expected a folder or an address such as s3://bucket/prefix',
    )
    .optional()
    .describe(
      'Folder, or address in S3 or a compatible service (`s3://bucket/prefix`), to which invocations and hourly rollups are exported as Parquet each day at 06:00 UTC. Region, endpoint and credentials of S3 as in the AWS command line (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_PROFILE`, …). Unset: nothing is exported',
    ),
  THERMOCLINE_EXPORT_DAYS: number(1, 3650, true)
    .default(35)
    .describe('Days before today that each of these exports compares, and writes again if late events changed them'),
} as const;

/** Null if nothing is exported. */
export function exportOf(set: {
  readonly THERMOCLINE_EXPORT_TO?: string | undefined;
  readonly THERMOCLINE_EXPORT_DAYS: number;
}): ParquetExportSettings | null {
  const { THERMOCLINE_EXPORT_TO: to, THERMOCLINE_EXPORT_DAYS: days } = set;
  if (to === undefined) return null;
  return Object.freeze({ to: parseS3Address(to) === null ? resolve(to) : to, days });
}
