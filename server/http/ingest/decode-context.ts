/** The configuration that decoders need. */
import type { DecodeContext } from '../../../ingest/decode/pipeline.ts';
import type { Scope } from '../../storage/ports.ts';
import type { IngestContext } from '../context.ts';

/** `scope` is that of the sender: only admins declare configurations of functions. */
export function decodeContext({ config }: Pick<IngestContext, 'config'>, region: string, scope: Scope): DecodeContext {
  const { rawLines, selfLogGroups, accessLogs, errorFilters, redaction } = config;
  return { raw: rawLines, region, selfLogGroups, accessLogs, errorFilters, redaction, declares: scope === 'admin' };
}
