/** The page of groups of failures and that of one group, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import type { ErrorGroupDetail } from '../../../server/http/contract/errors.ts';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { ErrorGroupPage } from './error-group.tsx';
import { Errors } from './errors.tsx';

afterEach(restore);

const [group] = examples.listErrors.answer.items;
if (group === undefined) throw new Error('no example');
const id = '111122223333:eu-west-1:checkout';
const checkout = { id, name: 'checkout', account: '111122223333', region: 'eu-west-1' };
const HOSTILE = '<b>\u202egone</b>';
const open = {
  ...group,
  function: checkout,
  title: 'KeyError: ""',
  frame: 'load (orders.py)',
  failures: 1234,
  invocations: 900,
};
const back = {
  ...open,
  fingerprint: 'ffffffffffffffff',
  title: HOSTILE,
  frame: '',
  kind: 'timeout' as const,
  state: 'regressed' as const,
  decidedAt: '2026-11-27T10:00:00.000Z',
  failures: 2,
  invocations: 2,
  lastVersion: '45',
};

describe('the list', () => {
  const answer = { ...examples.listErrors.answer, items: [back, open], total: 2, failures: 1236 };
  const show = (search = '', answers = {}) =>
    showPage(h(Errors, {}), { search, path: '/errors', answers: { listErrors: answer, ...answers } });

  test('each column has its figure; most failures come first; text of logs is shown as text', async () => {
    const { table, text, requested, link } = await show('?from=now-7d&to=now-1d');
    expect(requested).toContain('/api/v1/errors?from=now-7d&to=now-1d&limit=500');
    expect(text).toContain('1,236 failures in 2 groups. 1 group came back after being resolved.');
    expect(table('Groups of failures')).toEqual([
      ['Failure', 'Over time', 'Failures', 'Requests', 'First seen', 'Last seen', 'State'],
      [
        'KeyError: "…" load (orders.py) checkout thrown',
        '',
        '1,234',
        '900',
        '2026-11-27 09:12:44 version 44',
        '2026-11-27 11:58:01 version 44',
        'open',
      ],
      [
        '<b>\\u202egone</b> checkout timeout',
        '',
        '2',
        '2',
        '2026-11-27 09:12:44 version 44',
        '2026-11-27 11:58:01 version 45',
        'regressed',
      ],
    ]);
    expect(link('KeyError: "…"')).toBe(
      `/functions/${encodeURIComponent(id)}/errors/${group.fingerprint}?from=now-7d&to=now-1d`,
    );
  });

  test('search, state and function are in the address and in the request', async () => {
    const page = await show('?q=key&function=checkout');
    expect(page.requested).toContain('/api/v1/errors?from=now-24h&to=now&limit=500&text=key&function=checkout');
    await page.fill('State', 'resolved');
    expect(page.address).toBe('/errors?q=key&function=checkout&state=resolved');
  });

  test('nothing matches, and nothing failed', async () => {
    const none = { listErrors: { ...answer, items: [], total: 0, failures: 0 } };
    const page = await show('?q=nothing', none);
    expect(page.text).toContain('No group matches');
    await page.click('Clear filters');
    expect(page.address).toBe('/errors');
    expect((await show('', none)).text).toContain('No failures in this time range');
  });

  test('groups beyond the limit, and groups that were not read', async () => {
    const { text } = await show('', { listErrors: { ...answer, total: 700, truncated: true } });
    expect(text).toContain('The 2 with the most failures are listed.');
    expect(text).toContain('Only the groups with the most failures in this time range were read.');
  });

  test('a failed request', async () => {
    const page = await showPage(h(Errors, {}), { failures: { listErrors: 'unreachable' } });
    expect(page.text).toContain('Failed to load failures.');
  });
});

describe('one group', () => {
  const detail: ErrorGroupDetail = {
    ...examples.getErrorGroup.answer,
    group: { ...back, merged: [] },
    returned: { version: '45' },
  };
  const show = (answer = detail) =>
    showPage(h(ErrorGroupPage, { id, fingerprint: back.fingerprint }), {
      answers: { getErrorGroup: answer, listErrors: { ...examples.listErrors.answer, items: [back, open] } },
    });

  test('says where and since when it fails, and that it came back', async () => {
    const { text, tile, table, link, section, elements } = await show();
    expect(text).toContain(
      'Fails in checkout since 2026-11-27 09:12:44, first in version 44, after the update (code) of 2026-11-27 09:10:02. It was resolved at 2026-11-27 10:00:00 and came back in version 45.',
    );
    // None of them is broken at a hyphen.
    expect(elements('time').map((one) => one.text)).toEqual([
      '2026-11-27 09:12:44',
      '2026-11-27 09:10:02',
      '2026-11-27 10:00:00',
    ]);
    expect(tile('Failures')).toEqual({ value: '2', note: 'failed attempts' });
    expect(tile('Requests').value).toBe('2');
    expect(table('Versions')[1]?.slice(0, 3)).toEqual(['version 44', '17', '9']);
    expect(section('Newest failures')).toContain("KeyError: 'order'");
    expect(section('Newest failures')).toContain('File "/var/task/orders.py", line 7, in load');
    expect(link('8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11')).toBe('/invocations/8f5d3f0a-2a77-4d35-9c8e-1f0b6f0f2a11');
  });

  test('the newest failure has the last 20 lines of its attempt', async () => {
    const [newest] = detail.examples;
    const [attempt] = examples.getInvocation.answer.attempts;
    if (newest === undefined || attempt === undefined) throw new Error('no example');
    const lines = Array.from({ length: 30 }, (_, n) => ({
      timestamp: newest.at,
      message: `step-${n}.`,
      platform: false,
    }));
    const attempts = [
      { ...attempt, endedAt: newest.at, lines },
      {
        ...attempt,
        endedAt: '2020-01-01T00:00:00.000Z',
        lines: lines.map((line) => ({ ...line, message: 'earlier' })),
      },
    ];
    const { section, requested } = await showPage(h(ErrorGroupPage, { id, fingerprint: back.fingerprint }), {
      answers: { getErrorGroup: detail, getInvocation: { ...examples.getInvocation.answer, attempts } },
    });
    expect(requested).toContain(`/api/v1/invocations/${newest.requestId}`);
    expect(section('Newest failures')).toMatch(/step-10\. .*step-29\./);
    expect(section('Newest failures')).not.toContain('step-9.');
    expect(section('Newest failures')).not.toContain('earlier');
  });

  test('a message and a stack that are those of the failure before are not repeated', async () => {
    const [newest] = detail.examples;
    if (newest === undefined) throw new Error('no example');
    const same = { ...newest, requestId: 'request-2' };
    const other = { ...newest, requestId: 'request-3', message: "'customer'" };
    const shown = (await show({ ...detail, examples: [newest, same, other] })).section('Newest failures');
    expect(shown.split("KeyError: 'order'")).toHaveLength(2);
    expect(shown).toContain('request-2');
    expect(shown).toMatch(/request-3.*KeyError: 'customer' File/);
  });

  test('while it loads, shapes are in its place', async () => {
    const page = h(ErrorGroupPage, { id, fingerprint: back.fingerprint });
    const { elements } = await showPage(page, { failures: { getErrorGroup: 'pending' } });
    expect(elements('div').some(({ attributes }) => attributes['aria-label'] === 'Loading')).toBe(true);
  });

  test('it came back in the version that the API says, whatever failed last or in the range', async () => {
    const { text } = await show({ ...detail, returned: { version: '44' } });
    expect(text).toContain('came back in version 44.');
    expect((await show({ ...detail, returned: { version: null } })).text).toContain('came back in version unknown.');
  });

  test.each([
    ['Resolve', 'resolved', 'Resolved. It is reported again if it comes back.'],
    ['Ignore', 'ignored', 'Ignored.'],
  ])('%s', async (button, state, message) => {
    const page = await show();
    await page.click(button);
    const address = `/api/v1/functions/${encodeURIComponent(id)}/errors/${back.fingerprint}`;
    expect(page.sent).toEqual([[`PUT ${address}`, { state }]]);
    expect(page.text).toContain(message);
  });

  test('other groups can be merged into it, and separated again', async () => {
    const address = `/api/v1/functions/${encodeURIComponent(id)}/errors/${back.fingerprint}`;
    const page = await show();
    expect(page.table('Other groups').map(([title]) => title)).toEqual(['Failure', 'KeyError: "…" load (orders.py)']);
    await page.click('Merge into this group');
    expect(page.sent).toEqual([[`POST ${address}/merge`, { fingerprints: [open.fingerprint] }]]);
    const merged = await show({ ...detail, group: { ...back, merged: ['0123456789abcdef'] } });
    await merged.click('Separate');
    expect(merged.sent).toEqual([[`POST ${address}/split`, { fingerprints: ['0123456789abcdef'] }]]);
  });

  test('whose lines are no longer stored, and a failed init', async () => {
    expect((await show({ ...detail, examples: [] })).text).toContain('No lines of these failures are stored');
    const [example] = detail.examples;
    if (example === undefined) throw new Error('no example');
    const init = {
      ...detail,
      group: { ...detail.group, initFailures: 1 },
      examples: [{ ...example, requestId: null }],
    };
    const page = await show(init);
    expect(page.tile('Failures').note).toBe('1 of them an init without an invocation');
    expect(page.text).toContain('init without an invocation');
  });
});
