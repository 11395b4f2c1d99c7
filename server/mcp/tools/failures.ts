/** Tools about failures. */
import * as z from 'zod';
import { duration, integer, plural, usd } from '../../../ingest/text/quantities.ts';
import type { ErrorGroupAnswer, ErrorGroupDetail, ErrorsAnswer } from '../../http/contract/errors.ts';
import { errorKind, errorState } from '../../http/contract/errors.ts';
import type { FailuresAnswer } from '../../http/contract/failures.ts';
import { functionInput, limitInput, rangeInput } from '../inputs.ts';
import { countsText, errorRateText, minuteText, rangeText, restText } from '../phrases.ts';
import { link, MOST_ROWS, tool } from '../tool.ts';
import { sentence, shown, unusual } from '../untrusted.ts';

export const explainFailures = tool({
  name: 'explain_failures',
  title: 'Explain failures',
  description:
    'Failures of a function by kind (timeout, out of memory, error, exit), retries, requests that always fail, what they cost, and whether the timeout fits.',
  input: z.strictObject({ function: functionInput, ...rangeInput() }),
  run: async (ask, { function: id, ...range }) => {
    const answer = await ask.get<FailuresAnswer>(`/api/v1/functions/${encodeURIComponent(id)}/failures`, range);
    const { rate, byStatus, initFailures, suspectedOutOfMemory, retries, cost, timeout } = answer;
    const failedInits = initFailures.reduce((sum, { n }) => sum + n, 0);
    return {
      summary: [
        `Failures from ${rangeText(answer.range)}: ${errorRateText(rate)}.`,
        ...(byStatus.length === 0
          ? []
          : [`By kind: ${countsText(byStatus.map(({ status, n }) => ({ name: status, n })))}.`]),
        ...(failedInits === 0 ? [] : [`${plural(failedInits, 'init')} failed.`]),
        ...(suspectedOutOfMemory === 0
          ? []
          : [
              `${plural(suspectedOutOfMemory, 'environment')} may have run out of memory without a log line that says so.`,
            ]),
        `Retries: ${integer(retries.retried)} of ${plural(retries.requests, 'request')} were retried, ${integer(retries.recovered)} recovered, ${integer(retries.poison.length)} failed on every attempt.`,
        `Failed attempts cost ${usd(cost.failedUsd)} and ${duration(cost.failedMinutes * 60_000)} of billed time.`,
        `Timeout ${duration(timeout.timeoutMs)}: ${timeout.verdict}. ${sentence(timeout.reason)}`,
      ],
      links: [
        link('function', { id }, { tab: 'failures', ...range }),
        ...answer.examples.slice(0, 3).map(({ requestId }) => link('invocation', { requestId })),
      ],
      data: {
        ...{ range: answer.range, rate, byStatus, suspectedOutOfMemory, failedUsd: cost.failedUsd },
        timeout: { timeoutMs: timeout.timeoutMs, verdict: timeout.verdict },
        examples: answer.examples
          .slice(0, MOST_ROWS)
          .map(({ requestId, endedAt, status }) => ({ requestId: shown(requestId), endedAt, status })),
      },
      untrusted: [
        ...answer.errorTypes.slice(0, MOST_ROWS),
        ...initFailures.slice(0, MOST_ROWS),
        ...answer.examples
          .slice(0, MOST_ROWS)
          .map(({ requestId, errorType, errorMessage }) => ({ requestId, errorType, errorMessage })),
      ],
    };
  },
});

function groupText(group: ErrorGroupAnswer): string {
  const { function: where, fingerprint, kind, state, failures, invocations, firstAt, lastAt } = group;
  const versions = group.versions.map(({ version }) => (version === null ? 'not known' : shown(version)));
  const of = versions.length === 0 ? '' : `; versions ${versions.slice(0, 5).join(', ')}`;
  return `${shown(where.id)}, group ${fingerprint} (${kind}, ${state}): ${plural(failures, 'failure')} of ${plural(invocations, 'request')}; first ${minuteText(firstAt)}, last ${minuteText(lastAt)} UTC${of}.`;
}

function groupData({ function: where, fingerprint, kind, state, failures, invocations, ...times }: ErrorGroupAnswer) {
  const { firstAt, lastAt } = times;
  return { function: shown(where.id), fingerprint, kind, state, failures, invocations, firstAt, lastAt };
}

const groupTexts = ({ fingerprint, errorType, message, frame }: ErrorGroupAnswer) => ({
  ...{ fingerprint, errorType, message, frame },
});

export const listErrorGroups = tool({
  name: 'list_error_groups',
  title: 'List groups of failures',
  description:
    'Failures grouped by what failed and where, with counts, first and last occurrence and versions. regressed: resolved, and seen again.',
  input: z.strictObject({
    function: functionInput.optional(),
    ...rangeInput(),
    kind: errorKind.optional(),
    state: errorState.optional(),
    sort: z.enum(['failures', 'invocations', 'first', 'last']).optional().describe('Default: failures'),
    limit: limitInput,
  }),
  run: async (ask, query) => {
    const { range, items, total, failures, truncated } = await ask.get<ErrorsAnswer>('/api/v1/errors', query);
    return {
      summary: [
        `${plural(total, 'group')} with ${plural(failures, 'failure')} from ${rangeText(range)}.`,
        ...items.map((group) => `- ${groupText(group)}`),
        ...restText(items.length, total),
        ...(truncated ? ['Only the groups with the most failures were read.'] : []),
      ],
      links: [
        link('errors', {}, { function: query.function, from: query.from, to: query.to }),
        ...items.slice(0, 3).map(({ function: { id }, fingerprint }) => link('errorGroup', { id, fingerprint })),
      ],
      data: { range, total, failures, groups: items.map(groupData) },
      untrusted: [...unusual(items.map(({ function: { id } }) => id)), ...items.map(groupTexts)],
    };
  },
});

export const getErrorGroup = tool({
  name: 'get_error_group',
  title: 'Get a group of failures',
  description: 'One group of failures with its newest failures, their messages and stacks.',
  input: z.strictObject({
    function: functionInput,
    fingerprint: z
      .string()
      .regex(/^[0-9a-f]{16}$/, { error: 'expected 16 hexadecimal digits' })
      .describe('From list_error_groups'),
    ...rangeInput(),
  }),
  run: async (ask, { function: id, fingerprint, ...range }) => {
    const path = `/api/v1/functions/${encodeURIComponent(id)}/errors/${fingerprint}`;
    const { group, deploy, examples } = await ask.get<ErrorGroupDetail>(path, range);
    const newest = examples.slice(0, MOST_EXAMPLES);
    return {
      summary: [
        groupText(group),
        ...(deploy === null
          ? []
          : [
              `The last update of $LATEST before the first failure was at ${minuteText(deploy.at)} UTC (${deploy.kind}).`,
            ]),
        `${plural(newest.length, 'example')} with message and stack ${newest.length === 1 ? 'is' : 'are'} in the untrusted data.`,
      ],
      links: [
        link('errorGroup', { id, fingerprint }, range),
        ...newest.flatMap(({ requestId }) => (requestId === null ? [] : [link('invocation', { requestId })])),
      ],
      data: { group: groupData(group), deploy },
      untrusted: [groupTexts(group), ...newest],
    };
  },
});

const MOST_EXAMPLES = 5;
