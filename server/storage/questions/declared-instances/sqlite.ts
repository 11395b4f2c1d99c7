/** Functions on Managed Instances whose inventory declares what the instances cost. */
import { sql } from 'kysely';
import type { Databases } from '../../sqlite/databases.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import type { DeclaredInstances } from './types.ts';

const DECLARED = telemetryStatement((db) => {
  const instances = declared('instances');
  const instanceHourUsd = declared('instanceHourUsd');
  return db
    .selectFrom('function_fact')
    .select(['function_id as functionId', instances.as('instances'), instanceHourUsd.as('instanceHourUsd')])
    .where(instances, 'is not', null)
    .where(instanceHourUsd, 'is not', null)
    .where('from_ms', '=', (eb) =>
      eb
        .selectFrom('function_fact as newest')
        .select((inner) => inner.fn.max('newest.from_ms').as('newest'))
        .whereRef('newest.function_id', '=', 'function_fact.function_id'),
    )
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('environment')
          .select('environment.id')
          .whereRef('environment.function_id', '=', 'function_fact.function_id')
          .where('initialization_type', '=', 'lambda-managed-instances'),
      ),
    )
    .orderBy('function_id');
});

export async function declaredInstances({
  telemetry,
}: Pick<Databases, 'telemetry'>): Promise<readonly DeclaredInstances[]> {
  return DECLARED.all(telemetry);
}

/** The expression of the partial index `function_fact_instances`: null where the facts are damaged. */
function declared(name: 'instances' | 'instanceHourUsd') {
  const value = sql<number>`json_extract(function_fact.facts, ${sql.lit(`$.${name}`)})`;
  return sql<number>`CASE WHEN json_valid(function_fact.facts) THEN ${value} END`;
}
