import type { QueryResult } from '../api/use-query.ts';
import { ErrorBanner } from './query-states.tsx';

/** In the place of a tab that has no data yet: grey shapes while it loads, or why it could not be loaded. */
export function FirstAnswer({
  result,
  what,
  tiles = 0,
}: {
  readonly result: QueryResult<unknown>;
  readonly what: string;
  readonly tiles?: number;
}) {
  return <ErrorBanner result={result} what={what} shapes={{ tiles }} />;
}
