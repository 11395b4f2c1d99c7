/** Handlers that delete stored telemetry. */
import { isoOrNull, parseTime } from '../../../ingest/records/time.ts';
import type { LineScope, LinesInScope } from '../../storage/ports.ts';
import type { Context } from '../context.ts';
import type { LinesInScopeAnswer } from '../contract/deletion.ts';
import { deletionRoutes } from '../contract/deletion.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';
import { functionOf } from '../query.ts';

export const deletionHandlers = implement(deletionRoutes, {
  deleteFunction: async ({ context, params }) => {
    const { functionId, account, region, name } = await functionOf(params.id, context.store);
    await context.store.deleteTelemetry({ functionIds: [functionId] });
    await context.tags.forget({ account, region, name });
    return {};
  },
  previewLineDeletion: async ({ context, query }) => {
    const scope = await scopeOf(context, query);
    return shown(await context.store.lines.deletion.preview(scope));
  },
  deleteLines: async ({ context, query }) => {
    const scope = await scopeOf(context, query);
    return shown(await context.store.lines.deletion.run(scope));
  },
});

interface ScopeQuery {
  readonly function?: string | undefined;
  readonly request?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** @throws ProblemError for a scope that is empty, everything, or of an unknown function */
async function scopeOf(context: Context, { function: name, request, from, to }: ScopeQuery): Promise<LineScope> {
  if ([name, request, from, to].every((given) => given === undefined))
    throw new ProblemError('invalid-request', 'Give a function, a request or a time range', [
      { field: 'function', message: 'expected at least one of function, request, from and to' },
    ]);
  const [fromMs, toMs] = [timeOf(context, 'from', from), timeOf(context, 'to', to)];
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw new ProblemError('invalid-request', 'The time range is empty', [
      { field: 'from', message: 'must be before to' },
    ]);
  const functionId = name === undefined ? undefined : (await functionOf(name, context.store)).functionId;
  return { functionId, requestId: request, fromMs, toMs };
}

function timeOf(context: Context, field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseTime(text, context.now());
  if (ms !== null) return ms;
  throw new ProblemError('invalid-request', 'The time range is not valid', [
    { field, message: 'expected epoch ms, ISO 8601 or now-24h' },
  ]);
}

function shown({ lines, rawBytes, firstMs, lastMs, damaged }: LinesInScope): LinesInScopeAnswer {
  return { lines, bytes: rawBytes, firstAt: isoOrNull(firstMs), lastAt: isoOrNull(lastMs), damagedBlocks: damaged };
}
