/** Groups lines of durable executions. */
import type { DurableExecution, InvocationExecution } from './types.ts';

export interface DurableRow {
  readonly execution: string;
  readonly requestId: string;
  readonly operation: string;
  readonly firstMs: number;
  readonly lastMs: number;
}

interface Invocation {
  firstMs: number;
  readonly operations: Set<string>;
}

/** `rows`: all lines of the executions. Newest execution first. */
export function executionsOf(
  rows: readonly DurableRow[],
  limit: number,
): { readonly items: readonly DurableExecution[]; readonly total: number } {
  const byExecution = new Map<string, DurableRow[]>();
  for (const row of rows) {
    const mine = byExecution.get(row.execution) ?? [];
    byExecution.set(row.execution, mine);
    mine.push(row);
  }
  const items = [...byExecution].map(([execution, lines]): DurableExecution => {
    const [name = '', executionId = ''] = execution.split('/');
    const invocations = new Map<string, Invocation>();
    const operations = new Set<string>();
    for (const { requestId, operation, firstMs } of lines) {
      const invocation = invocations.get(requestId) ?? { firstMs, operations: new Set() };
      invocations.set(requestId, invocation);
      invocation.firstMs = Math.min(invocation.firstMs, firstMs);
      if (operation === '') continue;
      invocation.operations.add(operation);
      operations.add(operation);
    }
    const inOrder = [...invocations].toSorted(
      ([a, one], [b, other]) => one.firstMs - other.firstMs || (a < b ? -1 : 1),
    );
    return {
      name,
      executionId,
      firstMs: Math.min(...lines.map((line) => line.firstMs)),
      lastMs: Math.max(...lines.map((line) => line.lastMs)),
      invocations: inOrder.map(([requestId, one], at) => ({
        requestId,
        firstMs: one.firstMs,
        replay: at > 0,
        operations: one.operations.size,
      })),
      operations: operations.size,
    };
  });
  const newestFirst = items.toSorted((a, b) => b.lastMs - a.lastMs || (a.executionId < b.executionId ? -1 : 1));
  return { items: newestFirst.slice(0, limit), total: items.length };
}

/** The execution of one invocation. `rows`: all lines of the executions that lines of the request name. */
export function executionOfInvocation(rows: readonly DurableRow[], requestId: string): InvocationExecution | null {
  const [execution] = executionsOf(rows, 1).items;
  const at = execution?.invocations.findIndex((one) => one.requestId === requestId) ?? -1;
  const invocation = execution?.invocations[at];
  if (execution === undefined || invocation === undefined) return null;
  const { name, executionId, invocations } = execution;
  return { name, executionId, position: at + 1, invocations: invocations.length, operations: invocation.operations };
}
