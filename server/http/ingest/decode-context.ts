/** The configuration that decoders need. */
import type { DecodeContext } from '../../../ingest/decode/pipeline.ts';
import type { IngestContext } from '../context.ts';

export function decodeContext({ config }: Pick<IngestContext, 'config'>, region: string): DecodeContext {
  return { raw: config.rawLines, region, selfLogGroups: config.selfLogGroups, accessLogs: config.accessLogs };
}
