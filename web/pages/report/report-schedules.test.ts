/** Scheduled reports on the Report page, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { ReportScheduleView } from '../../../server/http/contract/reports.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Report } from './report.tsx';

afterEach(restore);

const [example] = examples.listReportSchedules.answer.items as ReportScheduleView[];
if (example === undefined) throw new Error('no example');
const list = (...items: ReportScheduleView[]): Answers => ({ listReportSchedules: { items, nextCursor: null } });
/** The change that was requested last: the costs of the page are asked for meanwhile. */
const changeOf = (page: Awaited<ReturnType<typeof show>>) =>
  page.sent.findLast(([request]) => request.includes('report-schedules'));
const show = (answers: Answers = {}, failures: Failures = {}) =>
  showPage(h(Report, {}), { path: '/report', search: '?schedules=on', answers, failures });

test('the button opens the schedules, which are part of the address', async () => {
  const page = await showPage(h(Report, {}), { path: '/report', search: '' });
  expect(page.requested.some((address) => address.includes('report-schedules'))).toBe(false);
  await page.click('Schedule');
  expect(page.address).toBe('/report?schedules=on');
  expect(page.text).toContain('New scheduled report');
});

test('each says when it comes, to whom, and what came last', async () => {
  const page = await show(
    list(example, {
      ...example,
      ...{ id: 'monthly', name: 'Monthly', every: 'month', day: 3, receivers: [], nextAt: null, nextPeriod: null },
      ...{ last: null, error: 'the overview is not available' },
    }),
  );
  expect(page.section('Weekly report')).toContain(
    'Every Monday at 8:00, Europe/Berlin Next: 2026-W48 at 2026-11-30 07:00:00 To team-mail Last: 2026-W47 HTML CSV',
  );
  expect(page.section('Monthly')).toContain(
    'On day 3 of each month at 8:00, Europe/Berlin Stored only, sent to no one.',
  );
  expect(page.section('Monthly')).toContain('The report could not be made: the overview is not available');
});

test('one is sent now, and deleted after a second click', async () => {
  const page = await show(list(example));
  await page.click('Send now');
  expect(changeOf(page)).toEqual(['POST /api/v1/report-schedules/weekly/send', {}]);
  expect(page.section('Weekly report')).toContain('The report of 2026-W47 was made. It is being sent to 1 receiver.');
  await page.click('Delete');
  await page.click('Delete schedule and reports');
  expect(changeOf(page)).toEqual(['DELETE /api/v1/report-schedules/weekly', undefined]);
});

test('a new one has an id of its own, and receivers that take reports', async () => {
  const [receiver] = examples.listReceivers.answer.items;
  const receivers = [
    { ...receiver, id: 'mail', name: 'Mail', format: 'email' },
    { ...receiver, id: 'duty', name: 'Duty', format: 'pagerduty' },
  ] as NonNullable<Answers['listReceivers']>['items'];
  const page = await show({
    ...list(example),
    listReceivers: { items: receivers, nextCursor: null, canSendMail: true },
  });
  expect(page.section('New scheduled report')).not.toContain('Duty');
  await page.fill('on', '5');
  await page.fill('at', '17');
  await page.fill('time zone', 'Asia/Tokyo');
  await page.submit('Save schedule');
  expect(changeOf(page)).toEqual([
    'PUT /api/v1/report-schedules/weekly-2',
    {
      ...{ id: 'weekly-2', name: 'Weekly report', every: 'week', weekday: 5, day: 1, hour: 17, language: 'en' },
      ...{ timeZone: 'Asia/Tokyo', filters: {}, receivers: [], keep: 12, enabled: true, revision: null },
    },
  ]);
});

test('a stored one is edited with what the form does not show, and with the revision that was read', async () => {
  const filters = { account: '123456789012' };
  const page = await show(list({ ...example, filters, keep: 3 }));
  await page.click('Edit');
  // The first form of the page is that of the schedule.
  await page.fill('name', 'Costs of last month');
  await page.fill('every', 'month');
  await page.fill('on', '3');
  await page.fill('enabled', '');
  await page.submit('Save schedule');
  expect(changeOf(page)).toEqual([
    'PUT /api/v1/report-schedules/weekly',
    {
      ...{ id: 'weekly', name: 'Costs of last month', every: 'month', weekday: 1, day: 3, hour: 8, enabled: false },
      ...{
        timeZone: 'Europe/Berlin',
        filters,
        receivers: ['team-mail'],
        keep: 3,
        language: 'en',
        revision: example.revision,
      },
    },
  ]);
  // The form is gone, and the panel says what happened.
  expect(page.section('Weekly report')).toContain('To team-mail');
  expect(page.section('Weekly report')).toContain('Schedule saved.');
});

test('a change of a schedule that somebody else has changed is refused, and can be made again', async () => {
  const detail = 'Schedule weekly was changed or deleted after it was read.';
  const page = await show(list(example), { saveReportSchedule: { code: 'conflict', detail } });
  await page.click('Edit');
  await page.submit('Save schedule');
  expect(page.section('Weekly report')).toContain(detail);
  expect(page.elements('button').filter(({ text }) => text === 'Save schedule')).toHaveLength(2);
});

test('a refusal is shown', async () => {
  const page = await show({}, { listReportSchedules: { code: 'forbidden' } });
  expect(page.text).toContain('Failed to load the scheduled reports.');
});
