/** What files manage: rules, receivers and routes name the file, and have no buttons that the server would refuse. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Alerts } from './alerts.tsx';

afterEach(restore);

const managed = { file: 'rules/checkout.yaml', owner: 'folder' };
const show = (search: string, answers: Answers) =>
  showPage(h(Alerts, {}), { path: '/alerts', search: `?from=now-7d&to=now-1d&${search}`, answers });

const [rule] = examples.listAlertRules.answer.items as NonNullable<Answers['listAlertRules']>['items'];
const [receiver] = examples.listReceivers.answer.items as NonNullable<Answers['listReceivers']>['items'];
const [route] = examples.getAlertRouting.answer.routes as NonNullable<Answers['getAlertRouting']>['routes'];
if (rule === undefined || receiver === undefined || route === undefined) throw new Error('no example');

test('a rule names its file, and can be duplicated, not disabled or deleted', async () => {
  const items = [
    { ...rule, managed },
    { ...rule, id: 'hand', name: 'By hand' },
  ];
  const page = await show('tab=rules', { listAlertRules: { items, nextCursor: null } });
  expect(page.table('Rules')[1]?.[0]).toContain('from rules/checkout.yaml');
  const labels = page.elements('button').map(({ attributes }) => attributes['aria-label'] ?? '');
  expect(labels.filter((label) => label.includes(rule.name))).toEqual([`Duplicate ${rule.name}`]);
  expect(labels.filter((label) => label.includes('By hand'))).toEqual([
    ...['Disable By hand', 'Duplicate By hand', 'Delete By hand'],
  ]);
  const editor = await show(`tab=rules&edit=${rule.id}`, { listAlertRules: { items, nextCursor: null } });
  expect(editor.text).toContain('Managed by rules/checkout.yaml. Change it there: changes here are refused.');
});

test('a receiver names its file, and can be tested, not removed', async () => {
  const page = await show('tab=receivers', {
    listReceivers: { items: [{ ...receiver, managed }], nextCursor: null, canSendMail: true },
  });
  expect(page.section(receiver.name)).toContain('from rules/checkout.yaml Webhook Test http');
});

test('routes of a file are neither moved, removed nor added', async () => {
  const page = await show('tab=routes', {
    getAlertRouting: {
      routes: [route],
      inhibitions: [],
      revision: 'r',
      managed: { routes: managed, inhibitions: null },
    },
  });
  expect(page.text).toContain('Managed by rules/checkout.yaml.');
  expect(page.text).not.toMatch(/Move up|Remove route|New route/);
});
