/** The architecture of functions over time, of those whose times or versions differ. */
import type { ArchitectureFact } from '../../analytics/cost/architectures.ts';
import { Architectures } from '../../analytics/cost/architectures.ts';
import type { Databases } from './databases.ts';
import type { FunctionCount, FunctionValues } from './function-lists.ts';
import { functionCount, functionValues, ofFunctions } from './function-lists.ts';
import type { Param } from './read-connection.ts';
import { byShape, telemetryStatement } from './read-connection.ts';

const FACTS = byShape((functions: FunctionCount) =>
  telemetryStatement((db, param: Param<FunctionValues>) =>
    db
      .selectFrom('function')
      .innerJoin('architecture_fact', 'architecture_fact.function_id', 'function.id')
      .select(['function_id as functionId', 'architecture_fact.version', 'since_ms as sinceMs'])
      .select('architecture_fact.architecture')
      .where('moved', '=', 1)
      .where(ofFunctions('function.id', functions, param)),
  ),
);

export function architecturesOf({ telemetry }: Databases, functionIds: readonly number[]): Architectures {
  const facts: readonly ArchitectureFact[] = FACTS(functionCount(functionIds)).all(
    telemetry,
    functionValues(functionIds),
  );
  return new Architectures(facts);
}
