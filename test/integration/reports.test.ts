/** Scheduled reports: each period once, also after kills and pauses, with the numbers of the API, by genuine e-mail. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { count, usd } from '../../ingest/text/quantities.ts';
import type { OverviewAnswer } from '../../server/http/contract/overview.ts';
import type { ReportScheduleView, ReportsAnswer } from '../../server/http/contract/reports.ts';
import { OUTBOUND, putReceiver } from '../support/alert-routes.ts';
import { invocation, message, record, send } from '../support/firehose.ts';
import type { Certificate } from '../support/mail-server.ts';
import { certificateOf, MailServer } from '../support/mail-server.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startProduct } from '../support/product.ts';
import type { ReceiverDouble } from '../support/receiver.ts';
import { startReceiver } from '../support/receiver.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Saturday: the schedule is made. */
const SATURDAY = Date.UTC(2026, 10, 21, 12);
/** When the report of week 47 (16 to 22 November) is due. */
const MONDAY = Date.UTC(2026, 10, 23, 8);
const WEEK_47 = 'from=2026-11-16T00:00:00Z&to=2026-11-23T00:00:00Z';

const certificate: Certificate = certificateOf('localhost');
let nowMs: number;
let folder: string;
let product: TestProduct;
let mails: MailServer;
let hook: ReceiverDouble;
let environment: Record<string, string>;

beforeEach(async () => {
  nowMs = SATURDAY;
  folder = memoryFolder();
  mails = new MailServer({ key: certificate.key, cert: certificate.cert });
  hook = await startReceiver();
  environment = {
    ...OUTBOUND,
    THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8,::1/128',
    THERMOCLINE_PUBLIC_URL: 'https://thermocline.example',
    THERMOCLINE_SMTP_URL: `smtp://localhost:${await mails.listen()}`,
    THERMOCLINE_SMTP_FROM: 'alerts@example.com',
    THERMOCLINE_SMTP_CA: certificate.caFile,
  };
  await start();
  // Week 46 has 10 invocations of one function, from its first day on, week 47 has 30 of two.
  const events = (from: number, n: number, atMs: number) =>
    Array.from({ length: n }, (_, at) => invocation(from + at, atMs + at * 1000)).flat();
  await send(product, [
    record(message(events(1, 10, Date.UTC(2026, 10, 9)))),
    record(message(events(100, 20, Date.UTC(2026, 10, 17)))),
    record(message(events(200, 10, Date.UTC(2026, 10, 18)), { logGroup: '/aws/lambda/=cmd|x!A1' })),
  ]);
});
afterEach(async () => {
  await product.close();
  await mails.close();
  await hook.close();
  removeFolder(folder);
});

async function start(): Promise<void> {
  product = await startProduct({ folder, now: () => nowMs, environment });
  for (const { id } of product.alerts.rules()) await product.alerts.removeRule(id);
}

async function call<T = Record<string, unknown>>(method: string, path: string, body?: object): Promise<[number, T]> {
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const response = await product.fetch(`/api/v1/${path}`, init);
  return [response.status, (await response.json()) as T];
}
const SCHEDULE = { id: 'weekly', name: 'Costs', every: 'week', receivers: ['mail'] };
async function schedule(change: object = {}): Promise<ReportScheduleView> {
  await putReceiver(product, 'mail', '', { format: 'email', to: ['ops@example.com', 'boss@example.com'] });
  const [status, saved] = await call<ReportScheduleView>('PUT', 'report-schedules/weekly', { ...SCHEDULE, ...change });
  expect([status, saved]).toEqual([200, saved]);
  return saved;
}
/** Makes what is due and sends it. */
async function round(): Promise<void> {
  await product.reports.round();
  await product.alerts.round();
  await product.alerts.idle();
}
const stored = async (): Promise<ReportsAnswer['items']> =>
  (await call<ReportsAnswer>('GET', 'report-schedules/weekly/reports'))[1].items;
const fileOf = async (id: string, format: string): Promise<string> =>
  (await product.fetch(`/api/v1/reports/${id}?format=${format}`)).text();

test('a report is made when it is due, with the numbers of the API, and comes by e-mail with its files', async () => {
  expect(await schedule()).toMatchObject({ nextAt: '2026-11-23T08:00:00.000Z', nextPeriod: '2026-W47', last: null });
  nowMs = MONDAY - 1;
  await round();
  expect(mails.received).toEqual([]);
  nowMs = MONDAY;
  await round();
  await round();
  const [only, ...others] = mails.received;
  expect(others).toEqual([]);
  expect(only?.recipients).toEqual(['ops@example.com', 'boss@example.com']);
  expect(only?.mail.subject).toBe('Costs: Weekly report: Week 47, 2026-11-16 to 2026-11-22');
  const overview = await product.json<OverviewAnswer>(`/api/v1/overview?${WEEK_47}`);
  expect(overview.invocations).toBe(30);
  const html = await fileOf('weekly.2026-W47', 'html');
  for (const figure of [count(overview.invocations), usd(overview.costUsd), '+200 % against the period before'])
    expect([figure, html.includes(figure), only?.mail.text?.includes(figure)]).toEqual([figure, true, true]);
  expect(html).toContain('Week 47, 2026-11-16 to 2026-11-22, in UTC, against Week 46, 2026-11-09 to 2026-11-15.');
  expect(html).not.toMatch(/<script|<img|<link|src=|url\(|@import/);
  const csv = await fileOf('weekly.2026-W47', 'csv');
  const costs = await product.json<{ groups: { group: { function: string }; values: { sum: number } }[] }>(
    '/api/v1/query',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ from: '2026-11-16T00:00:00Z', to: '2026-11-23T00:00:00Z' },
        ...{ metric: 'costUsd', groupBy: ['function'] },
      }),
    },
  );
  const costOf = (name: string) => costs.groups.find(({ group }) => group.function.endsWith(`:${name}`))?.values.sum;
  const lines = csv.split('\r\n');
  expect(lines[0]).toBe('function,account,region,cost_usd,before_usd');
  expect(lines.find((line) => line.startsWith('edge,'))?.split(',')[3]).toBe(String(costOf('edge')));
  // A name that a spreadsheet would run.
  expect(lines.some((line) => line.startsWith(`"'=cmd|x!A1",`))).toBe(true);
  expect(only?.mail.attachments.map(({ filename, content }) => [filename, content.toString()])).toEqual([
    ['thermocline-2026-W47.html', html],
    ['thermocline-2026-W47.csv', csv],
  ]);
  expect(await stored()).toMatchObject([
    { id: 'weekly.2026-W47', by: 'schedule', late: false, dueAt: '2026-11-23T08:00:00.000Z' },
  ]);
});

test('a kill between making and sending repeats the same message, and a period is made once', async () => {
  await schedule();
  nowMs = MONDAY;
  await product.reports.round();
  // Nothing was sent when the process ends.
  await product.close();
  await start();
  await round();
  await round();
  expect(mails.received.map(({ mail }) => mail.subject)).toHaveLength(1);
  const [{ mail }] = mails.received as [(typeof mails.received)[number]];
  const [, { items }] = await call<{ items: { id: string; state: string }[] }>('GET', 'alerts/deliveries');
  expect(items.map(({ id, state }) => [`<${id}@example.com>`, state])).toEqual([[mail.messageId, 'delivered']]);
  // Also where it is no longer kept.
  await call('PUT', 'report-schedules/weekly', { ...SCHEDULE, keep: 1 });
  nowMs += HOUR;
  const [status] = await call('POST', 'report-schedules/weekly/send', { receivers: [] });
  expect([status, (await stored()).map(({ by }) => by)]).toEqual([200, ['request']]);
  await round();
  expect(mails.received).toHaveLength(1);
});

test('of periods that were missed the last one is made, and says that it is late', async () => {
  await schedule();
  nowMs = MONDAY + 16 * DAY + 2 * HOUR;
  await round();
  expect((await stored()).map(({ period, late }) => [period, late])).toEqual([['2026-W49', true]]);
  expect(mails.received).toHaveLength(1);
  expect(mails.received[0]?.mail.text).toContain(
    'This report was due at 2026-12-07T08:00:00.000Z and was made at 2026-12-09T10:00:00.000Z',
  );
  expect(mails.received[0]?.mail.text).toContain('No data of Week 48');
});

test('a schedule that was saved after its time waits for the next, and keeps its turn when it is changed', async () => {
  nowMs = MONDAY + 1;
  await schedule();
  await round();
  expect(await stored()).toEqual([]);
  nowMs = MONDAY + 7 * DAY;
  // Due, and changed before the round: still made.
  await schedule({ name: 'Other' });
  await round();
  expect((await stored()).map(({ period }) => period)).toEqual(['2026-W48']);
  // Disabled schedules make nothing.
  await schedule({ enabled: false });
  nowMs += 7 * DAY;
  await round();
  expect(await stored()).toHaveLength(1);
});

test('a failing schedule holds up no other, says why, and is made when it can be', async () => {
  await schedule({ filters: { function: 'later' } });
  await call('PUT', 'report-schedules/other', { ...SCHEDULE, id: 'other', receivers: [] });
  nowMs = MONDAY;
  await round();
  const [, { items }] = await call<{ items: ReportScheduleView[] }>('GET', 'report-schedules');
  expect(items.map(({ id, error, last }) => [id, error, last?.period ?? null])).toEqual([
    ['other', null, '2026-W47'],
    ['weekly', expect.stringContaining('later'), null],
  ]);
  await send(product, [record(message(invocation(900, MONDAY - 2 * DAY), { logGroup: '/aws/lambda/later' }))]);
  await round();
  expect(await stored()).toMatchObject([{ period: '2026-W47' }]);
  const html = await fileOf('weekly.2026-W47', 'html');
  expect(html).toContain('of function later only');
  expect(html).not.toContain('edge');
});

test('chats and webhooks get a summary with a link', async () => {
  await putReceiver(product, 'team', hook.url, { format: 'slack' });
  await putReceiver(product, 'program', hook.url);
  await schedule({ receivers: ['team', 'program'] });
  nowMs = MONDAY;
  await round();
  const bodies = hook.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  expect(bodies.find(({ blocks }) => blocks !== undefined)?.['text']).toContain(
    'Weekly report: Week 47, 2026-11-16 to 2026-11-22\nWeek 47, 2026-11-16 to 2026-11-22, in UTC, against',
  );
  expect(bodies.find(({ type }) => type === 'report.ready')).toMatchObject({
    data: {
      ...{
        id: 'weekly.2026-W47',
        period: '2026-W47',
        figures: { invocations: 30, functions: 2 },
        before: { invocations: 10 },
      },
      links: {
        ui: 'https://thermocline.example/report?period=2026-W47',
        csv: 'https://thermocline.example/api/v1/reports/weekly.2026-W47?format=csv',
      },
    },
  });
});

test('a preview is shown as the caller sees it, and nothing is stored or sent', async () => {
  nowMs = MONDAY;
  const response = await product.fetch('/api/v1/report-preview?every=week&timeZone=Asia/Tokyo');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*sandbox/);
  const html = await response.text();
  expect(html).toContain('in Asia/Tokyo');
  expect(html).toContain('=cmd|x!A1');
  expect(mails.received).toEqual([]);
  const csv = await product.fetch('/api/v1/report-preview?every=month&period=2026-11&format=csv');
  expect((await csv.text()).split('\r\n')).toHaveLength(3);
});

test('a preview opens from a bookmark with the cookie of a session', async () => {
  nowMs = MONDAY;
  const signedIn = await product.app.request('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ token: ADMIN }),
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const headers = { cookie, 'sec-fetch-site': 'none' };
  const response = await product.app.request('/api/v1/report-preview?every=week', { headers });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});

test('a report of a function that is not known is not found, whether it is shown or sent', async () => {
  await putReceiver(product, 'mail', '', { format: 'email', to: ['ops@example.com'] });
  await schedule({ receivers: ['mail'], filters: { function: 'nobody' } });
  for (const answer of [
    await product.fetch('/api/v1/report-preview?function=nobody'),
    await product.fetch('/api/v1/report-schedules/weekly/send', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    }),
  ])
    expect(await answer.json()).toMatchObject({ status: 404, code: 'not-found', detail: 'Unknown function nobody' });
});

test.each([
  [{ timeZone: 'Mars/Olympus' }, 'timeZone: expected an IANA time zone such as Europe/Berlin'],
  [{ receivers: ['nobody'] }, 'receivers.0: there is no receiver nobody'],
  [
    { receivers: ['pager'] },
    'receivers.0: receivers of format pagerduty take no reports: expected email, slack, teams, discord, native',
  ],
  [{ receivers: ['mail', 'mail'] }, 'receivers.1: expected each receiver once'],
  [{ id: 'other' }, 'id: must be weekly, as in the path'],
  [{ hour: 24 }, 'hour: '],
  [{ every: 'day' }, 'every: '],
  [{ day: 31 }, 'day: '],
])('%j is refused, and the answer names the field', async (change, expected) => {
  await putReceiver(product, 'mail', '', { format: 'email', to: ['ops@example.com'] });
  await putReceiver(product, 'pager', 'https://events.pagerduty.com/v2/enqueue', {
    format: 'pagerduty',
    routingKey: 'k',
  });
  const [status, problem] = await call<{ errors: { field: string; message: string }[] }>(
    'PUT',
    'report-schedules/weekly',
    { ...SCHEDULE, ...change },
  );
  expect(status).toBe(400);
  expect(problem.errors.map(({ field, message: text }) => `${field}: ${text}`).join()).toContain(expected);
});

test('conflicts, unknown schedules and periods, and receivers that are in use', async () => {
  const { revision } = await schedule({ revision: null });
  expect((await call('PUT', 'report-schedules/weekly', { ...SCHEDULE, revision: null }))[0]).toBe(409);
  await schedule({ hour: 9, revision });
  expect((await call('PUT', 'report-schedules/weekly', { ...SCHEDULE, revision }))[0]).toBe(409);
  const [inUse, { detail }] = await call<{ detail: string }>('DELETE', 'alerts/receivers/mail');
  expect([inUse, detail]).toEqual([
    409,
    'Receiver mail gets the report Costs. Choose another receiver for the report first.',
  ]);
  for (const period of ['2026-11', '2027-W01', '2026-W54'])
    expect([period, (await call('POST', 'report-schedules/weekly/send', { period }))[0]]).toEqual([period, 400]);
  expect((await call('POST', 'report-schedules/none/send', {}))[0]).toBe(404);
  expect((await product.fetch('/api/v1/reports/none')).status).toBe(404);
  await call('POST', 'report-schedules/weekly/send', {});
  const [{ id }] = (await stored()) as [ReportsAnswer['items'][number]];
  expect((await call('DELETE', 'report-schedules/weekly'))[0]).toBe(200);
  expect((await call('DELETE', 'report-schedules/weekly'))[0]).toBe(404);
  expect((await product.fetch(`/api/v1/reports/${id}`)).status).toBe(404);
  expect((await call('DELETE', 'alerts/receivers/mail'))[0]).toBe(200);
});
