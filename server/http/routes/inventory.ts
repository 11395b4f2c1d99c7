/** Handlers of the inventory: configurations with their history, from the Lambda API's JSON or declared. */

import type * as z from 'zod';
import { decodeStreams, inventoryUpload } from '../../../ingest/decode/pipeline.ts';
import { factsOf } from '../../../ingest/formats/inventory-list.ts';
import type { FunctionFacts } from '../../../ingest/records/function-facts.ts';
import { iso, isoOrNull } from '../../../ingest/records/time.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { InventoryEntry } from '../../storage/questions/inventory/types.ts';
import type { declaredFacts } from '../contract/inventory.ts';
import { inventoryRoutes } from '../contract/inventory.ts';
import { implement } from '../implement.ts';
import { decodeContext } from '../ingest/decode-context.ts';
import { LargeBody } from '../json-body.ts';
import { ProblemError } from '../problems.ts';
import { functionOf } from '../query.ts';
import type { FieldError } from '../validation.ts';

const SOURCE_HEADER = 'x-thermocline-source-name';

export const inventoryHandlers = implement(inventoryRoutes, {
  listInventory: async ({ context, query }) => {
    const functionId =
      query.function === undefined ? undefined : (await functionOf(query.function, context.store)).functionId;
    const entries = await context.store.read.inventory({
      functionId,
      limit: query.limit + 1,
      after: readCursor(query.cursor),
    });
    const page = entries.slice(0, query.limit);
    const last = entries.length > query.limit ? page.at(-1) : undefined;
    const ended = functionId === undefined ? last?.functionId : last?.fromMs;
    return { items: page.map(present), nextCursor: ended === undefined ? null : String(ended) };
  },
  updateInventory: async ({ context, principal, body, request }) => {
    const fromApi = request.headers.get(SOURCE_HEADER) === 'lambda-api';
    const declared = !(body instanceof LargeBody) && 'functions' in body;
    const name = declared ? 'declared' : fromApi ? 'lambda-api' : 'list-functions';
    const decode = decodeContext(context, '', 'admin');
    if (body instanceof LargeBody) {
      const decoded = await context.decoder.decode(
        { kind: 'inventory', body: body.bytes, context: decode },
        principal?.tokenId,
      );
      if (!decoded.ok) throw refused({ field: decoded.field ?? 'body', message: decoded.message });
      return { ...(await context.store.write(decoded.batch, { kind: 'inventory', name })) };
    }
    const facts =
      'functions' in body
        ? await Promise.all(
            body.functions.map(async ({ id, ...given }) => declaredOf(await scopeOf(id, context.store), given)),
          )
        : listed(body.Functions);
    const batch = decodeStreams(inventoryUpload(facts), { account: '', region: '' }, decode);
    return { ...(await context.store.write(batch, { kind: 'inventory', name })) };
  },
});

function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  // Ids of ClickHouse have 53 bits.
  if (/^\d{1,16}$/.test(cursor) && Number.isSafeInteger(Number(cursor))) return Number(cursor);
  throw new ProblemError('invalid-request', 'The cursor is not valid', [
    { field: 'cursor', message: 'expected nextCursor of a previous page' },
  ]);
}

function listed(entries: readonly unknown[]): readonly FunctionFacts[] {
  const read = factsOf(entries);
  if (read.ok) return read.facts;
  throw refused(read.error);
}

function refused(error: FieldError): ProblemError {
  return new ProblemError('invalid-request', 'The body is not valid', [error]);
}

type FunctionScope = Pick<FunctionFacts, 'account' | 'region' | 'name'>;

/** Resolves a function. A full id may be unknown so far; a plain name must be known. */
async function scopeOf(id: string, store: Parameters<typeof functionOf>[1]): Promise<FunctionScope> {
  const [account = '', region = '', ...rest] = id.split(':');
  if (/^\d{12}$/.test(account) && rest.length === 1 && rest[0] !== '') return { account, region, name: rest[0] ?? '' };
  return functionOf(id, store);
}

function declaredOf(scope: FunctionScope, given: z.infer<typeof declaredFacts>): FunctionFacts {
  return {
    kind: 'function-facts',
    account: scope.account,
    region: scope.region,
    name: scope.name,
    memoryMb: given.memoryMb ?? null,
    timeoutMs: given.timeoutSeconds === undefined ? null : given.timeoutSeconds * 1000,
    runtime: given.runtime ?? null,
    architecture: given.architecture ?? null,
    vpcId: given.vpcId ?? null,
    subnetIds: given.subnetIds ?? null,
    securityGroupIds: given.securityGroupIds ?? null,
    layers: given.layers ?? null,
    packageType: given.packageType ?? null,
    codeSizeBytes: given.codeSizeBytes ?? null,
    ephemeralStorageMb: given.ephemeralStorageMb ?? null,
    provisionedConcurrency: given.provisionedConcurrency ?? null,
    snapStart: null,
    state: null,
    logGroup: null,
    lastModifiedMs: null,
    codeSha256: null,
    versionCodes: null,
    versionArchitectures: null,
    tenantIsolation: null,
    durable: null,
    capacityProvider: given.capacityProvider ?? null,
    environmentConcurrency: given.environmentConcurrency ?? null,
    instances: given.instances ?? null,
    instanceHourUsd: given.instanceHourUsd ?? null,
    subscriptionFilters: null,
  };
}

function present(entry: InventoryEntry) {
  const {
    lastModifiedMs,
    vpcId,
    subnetIds,
    securityGroupIds,
    layers,
    versionCodes,
    versionArchitectures,
    subscriptionFilters,
    ...facts
  } = entry.facts;
  return {
    id: functionIdOf(entry),
    since: iso(entry.fromMs),
    confirmedAt: iso(entry.confirmedMs),
    source: entry.source,
    ...facts,
    versionCodes: versionCodes === null ? null : { ...versionCodes },
    versionArchitectures: versionArchitectures === null ? null : { ...versionArchitectures },
    subscriptionFilters: subscriptionFilters === null ? null : { ...subscriptionFilters },
    vpcId: vpcId === '' ? null : vpcId,
    subnetIds: copied(subnetIds),
    securityGroupIds: copied(securityGroupIds),
    layers: copied(layers),
    lastModifiedAt: isoOrNull(lastModifiedMs),
  };
}

function copied(list: readonly string[] | null): string[] | null {
  return list === null ? null : [...list];
}
