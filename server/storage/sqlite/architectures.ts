/** The architecture of functions over time, of those whose times or versions differ. */
import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { ArchitectureFact } from '../../analytics/cost/architectures.ts';
import { Architectures } from '../../analytics/cost/architectures.ts';
import type { Databases } from './databases.ts';
import type { FunctionCount, FunctionValues } from './function-lists.ts';
import { functionCount, functionValues, ofFunctions } from './function-lists.ts';
import type { Param } from './read-connection.ts';
import { byShape, jsonList, telemetryStatement } from './read-connection.ts';

const FACTS = byShape((functions: FunctionCount) =>
  telemetryStatement((db, param: Param<FunctionValues>) =>
    db
      .selectFrom('function')
      .innerJoin('architecture_fact', 'architecture_fact.function_id', 'function.id')
      .select(['function_id as functionId', 'architecture_fact.version', 'since_ms as sinceMs'])
      .select('architecture_fact.architecture')
      .where('moved', '=', 1)
      .where(functions === 'one' ? ofFunctions('function.id', functions, param) : listed(param)),
  ),
);

/** With the plus, SQLite looks up the few functions that moved in the list, and not each function of the list in the table. */
function listed(param: Param<FunctionValues>): RawBuilder<boolean> {
  return sql<boolean>`+${sql.ref('function.id')} in ${jsonList(param('functionIds'))}`;
}

export function architecturesOf({ telemetry }: Databases, functionIds: readonly number[]): Architectures {
  const facts: readonly ArchitectureFact[] = FACTS(functionCount(functionIds)).all(
    telemetry,
    functionValues(functionIds),
  );
  return new Architectures(facts);
}
