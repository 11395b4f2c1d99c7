/** The configuration that decoders need. */
import type { DecodeContext } from '../../../ingest/decode/pipeline.ts';
import type { IngestContext } from '../context.ts';

export function decodeContext({ config }: Pick<IngestContext, 'config'>, region: string): DecodeContext {
  const { rawLines, selfLogGroups, accessLogs, errorFilters } = config;
  return { raw: rawLines, region, selfLogGroups, accessLogs, errorFilters };
}
