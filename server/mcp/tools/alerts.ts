/** Tools about alerts. */
import * as z from 'zod';
import { integer, plural, quantity } from '../../../ingest/text/quantities.ts';
import type { InstancesAnswer } from '../../http/contract/alert-instances.ts';
import { matcher, newSilence, type silenceAnswer } from '../../http/contract/silences.ts';
import { minuteText, restText } from '../phrases.ts';
import { link, MOST_ROWS, tool } from '../tool.ts';
import { shown } from '../untrusted.ts';

export const listAlerts = tool({
  name: 'list_alerts',
  title: 'List alerts',
  description: 'Pending and firing alerts with value, threshold and sample size, and whether they are silenced.',
  input: z.strictObject({}),
  run: async (ask) => {
    const { items } = await ask.get<InstancesAnswer>('/api/v1/alerts/instances');
    const firing = items.filter(({ state }) => state === 'firing').length;
    const listed = items.slice(0, MOST_ROWS);
    return {
      summary: [
        `${plural(items.length, 'alert')}, ${integer(firing)} firing.`,
        ...listed.map(({ id, ruleId, state, severity, value, threshold, unit, n, startsAt, silenced, inhibited }) => {
          const measured = value === null ? 'not known' : quantity(value, unit);
          const marks = `${silenced ? ', silenced' : ''}${inhibited ? ', inhibited' : ''}`;
          return `- ${id}, rule ${shown(ruleId)}: ${state}${marks}, ${shown(severity)}; ${measured}, threshold ${quantity(threshold, unit)}, n = ${integer(n)}; since ${minuteText(startsAt)} UTC.`;
        }),
        ...restText(listed.length, items.length),
      ],
      links: [link('alerts', {})],
      data: {
        alerts: listed.map(({ id, ruleId, state, value, threshold, unit, n, startsAt, silenced, inhibited }) => ({
          ...{ id, ruleId: shown(ruleId), state, value, threshold, unit, n, startsAt, silenced, inhibited },
        })),
      },
      untrusted: listed.map(({ id, ruleName, summary, labels, evidence }) => ({
        ...{ id, ruleName, summary, labels, evidence: evidence.slice(0, 3) },
      })),
    };
  },
});

type Silence = z.output<typeof silenceAnswer>;

export const createSilence = tool({
  name: 'create_silence',
  title: 'Create a silence',
  description:
    'Stops notifications of the alerts whose labels match, until endsAt. The only tool that changes something; it is in the audit log.',
  scope: 'edit',
  writes: true,
  // Without the names of the schemas, to which the JSON schema would refer: some clients resolve no references.
  input: z.strictObject({ ...newSilence.shape, matchers: z.array(z.strictObject(matcher.shape)).min(1).max(20) }),
  run: async (ask, body) => {
    const silence = await ask.post<Silence>('/api/v1/alerts/silences', body);
    return {
      summary: [
        `Created the silence ${silence.id} (${silence.state}), from ${minuteText(silence.startsAt)} to ${minuteText(silence.endsAt)} UTC.`,
      ],
      links: [link('alerts', {}, { tab: 'silences' })],
      data: { id: silence.id, state: silence.state, startsAt: silence.startsAt, endsAt: silence.endsAt },
      untrusted: [],
    };
  },
});
