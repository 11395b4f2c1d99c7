/** Handler of searches of log lines. */
import { readShaped } from '../answers/shape-answer.ts';
import { logRoutes } from '../contract/logs.ts';
import { implement } from '../implement.ts';
import { functionOf, rangeOf } from '../query.ts';

export const logHandlers = implement(logRoutes, {
  searchLogs: async ({ context, query }) => {
    const { from, to, function: name, q, limit, cursor } = query;
    const range = rangeOf({ from, to }, context.now());
    const functionId = name === undefined ? undefined : (await functionOf(name, context.store)).functionId;
    const question = ['logs', { ...range, text: q, functionId, limit, cursor }] as const;
    return readShaped(context, [question], 'logList', context.config.rawLines);
  },
});
