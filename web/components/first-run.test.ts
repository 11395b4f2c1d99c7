/** The first minutes of an installation. Expected values follow from their descriptions. */
import { h } from 'preact';
import { afterEach, expect, test, vi } from 'vitest';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../test/support/show-page.ts';
import { restore, showPage } from '../../test/support/show-page.ts';
import { importFile } from '../api/import-file.ts';
import { FirstRun } from './first-run.tsx';

afterEach(restore);

const status = examples.getIngestStatus.answer as NonNullable<Answers['getIngestStatus']>;

test('it watches for data, and says what is set up', async () => {
  const page = await showPage(h(FirstRun, {}), {
    answers: {
      getIngestStatus: { ...status, sources: [], lastEventAt: null },
      getSetup: { connected: false, inventory: true, retention: false, alert: false, password: false },
    },
  });
  const before = page.requested.filter((address) => address === '/api/v1/ingest/status').length;
  await vi.advanceTimersByTimeAsync(3500);
  expect(page.requested.filter((address) => address === '/api/v1/ingest/status').length).toBe(before + 1);
  expect(page.section('Checklist')).toMatch(
    /to do Connect so .* done Inventory .* to do Retention .* to do Alert .* to do Password/,
  );
  expect(page.link('Alert')).toBe('/alerts?tab=rules&new=1');
});

/** A server that makes a key, and answers the import with this. */
function server(answer: Response) {
  const sent: (readonly [string, RequestInit])[] = [];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    sent.push([`${init.method} ${address}`, init]);
    if (address === '/api/v1/tokens')
      return Response.json({ ...examples.createToken.answer, id: 'key-1', token: 'tc_1' });
    return address.startsWith('/ingest') ? answer : Response.json({});
  });
  vi.stubGlobal('window', { location: { pathname: '/' } });
  return sent;
}

test('a file is sent with a key of its own, which is revoked', async () => {
  const sent = server(Response.json({ accepted: 12, duplicates: 1, ignored: 0, rejected: 2 }));
  const file = new File(['START'], 'naïve log.txt');
  expect(await importFile(file, 'check out')).toEqual({ accepted: 12, duplicates: 1, ignored: 0, rejected: 2 });
  expect(sent.map(([request]) => request)).toEqual([
    'POST /api/v1/tokens',
    'POST /ingest/logs?function=check%20out',
    'DELETE /api/v1/tokens/key-1',
  ]);
  expect(sent[1]?.[1].body).toBe(file);
  expect(sent[1]?.[1].headers).toMatchObject({
    authorization: 'Bearer tc_1',
    'x-thermocline-source': 'import',
    'x-thermocline-source-name': 'na%C3%AFve%20log.txt',
    'x-thermocline-import': expect.stringMatching(/^browser-[0-9a-f]{24}$/),
  });
});

test('a refused file says why, and its key is revoked as well', async () => {
  const sent = server(Response.json({ errorMessage: 'The body is too large' }, { status: 413 }));
  await expect(importFile(new File([''], 'a'), '')).rejects.toThrow('The body is too large');
  expect(sent.at(-1)?.[0]).toBe('DELETE /api/v1/tokens/key-1');
  server(new Response('', { status: 502 }));
  await expect(importFile(new File([''], 'a'), '')).rejects.toThrow('The server answered 502');
});
