/** Reads what attribution knows of environments as a whole. */
import { sql } from 'kysely';
import { deployOf, encodeConfiguration } from '../../analytics/cold-starts/configuration.ts';
import type { EnvironmentInfo, EnvironmentInfos } from '../../analytics/cold-starts/hour-state.ts';
import { extensionNames } from '../questions/extensions/sqlite.ts';
import type { Databases } from './databases.ts';
import type { Param } from './read-connection.ts';
import { telemetryStatement } from './read-connection.ts';

type Telemetry = Databases['telemetry'];

/** Updates of $LATEST that came after the function's first line; earlier ones replaced no environment on record. */
const DEPLOYS = telemetryStatement((db, param: Param<{ functionId: number }>) =>
  db
    .selectFrom('deploy')
    .innerJoin('function', 'function.id', 'deploy.function_id')
    .select('at_ms')
    .distinct()
    .where('function_id', '=', param('functionId'))
    .whereRef('at_ms', '>', 'first_seen_ms')
    .orderBy('at_ms'),
).asValues();

const ENVIRONMENT = telemetryStatement((db, param: Param<{ id: number }>) =>
  db
    .selectFrom('environment')
    .select(['version', 'memory_mb as memoryMb', 'runtime_version_arn as runtime'])
    .select(['init_start_ms as initStartMs', 'first_seen_ms as firstSeenMs', 'last_end_ms as lastEndMs'])
    .select((eb) => [
      eb
        .selectFrom('environment_tenant')
        .innerJoin('label', 'label.id', 'environment_tenant.tenant_id')
        .select('text')
        .whereRef('environment_tenant.environment_id', '=', 'environment.id')
        .as('tenant'),
      eb
        .selectFrom('environment_tenant as own')
        .innerJoin('environment_tenant as same', (join) =>
          join.onRef('same.function_id', '=', 'own.function_id').onRef('same.tenant_id', '=', 'own.tenant_id'),
        )
        .innerJoin('environment as other', 'other.id', 'same.environment_id')
        .select(({ fn }) => fn.min<number>('other.first_seen_ms').as('ms'))
        .whereRef('own.environment_id', '=', 'environment.id')
        .as('tenantFirstMs'),
    ])
    .select(extensionNames(sql.ref('environment.id')).as('extensions'))
    .where('id', '=', param('id')),
);

type EnvironmentRow = NonNullable<ReturnType<(typeof ENVIRONMENT)['get']>>;

/** Reads environments when they are first needed; keeps those that this hour or the one before it needed. */
export class EnvironmentReader implements EnvironmentInfos {
  readonly #telemetry: Telemetry;
  readonly #deploysMs: readonly number[];
  #now = new Map<number, EnvironmentInfo>();
  #before = new Map<number, EnvironmentInfo>();

  constructor(telemetry: Telemetry, functionId: number) {
    this.#telemetry = telemetry;
    this.#deploysMs = DEPLOYS.all(telemetry, { functionId });
  }

  get(id: number): EnvironmentInfo | undefined {
    const known = this.#now.get(id);
    if (known !== undefined) return known;
    const before = this.#before.get(id);
    const row = before === undefined ? ENVIRONMENT.get(this.#telemetry, { id }) : undefined;
    const info = before ?? (row && infoOf(row, this.#deploysMs));
    if (info !== undefined) this.#now.set(id, info);
    return info;
  }

  /** Call after each hour. */
  forget(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }
}

function infoOf(row: EnvironmentRow, deploysMs: readonly number[]): EnvironmentInfo {
  const { version, memoryMb, extensions, runtime, initStartMs, firstSeenMs, lastEndMs, tenant, tenantFirstMs } = row;
  const deployedAtMs = deployOf({ version, startedMs: initStartMs ?? firstSeenMs }, deploysMs);
  return {
    configuration: encodeConfiguration({ version, memoryMb, extensions, deployedAtMs }),
    runtime: runtime ?? '',
    tenant,
    isFirstOfTenant: tenant !== null && tenantFirstMs === firstSeenMs,
    initStartMs,
    lastEndMs: lastEndMs ?? 0,
  };
}
