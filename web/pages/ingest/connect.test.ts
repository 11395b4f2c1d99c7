/** The Connect page, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Connect } from './connect.tsx';

afterEach(restore);

const guides: NonNullable<Answers['getConnectInstructions']> = {
  baseUrl: 'https://thermocline.example.com',
  problem: 'Firehose only delivers to https on port 443.',
  keyPlaceholder: 'YOUR_INGEST_KEY',
  kits: [
    {
      id: 'cloudformation',
      title: 'CloudFormation',
      summary: 'A Firehose stream to this server.',
      files: [{ name: 'firehose.yaml', text: 'Key: YOUR_INGEST_KEY & YOUR_INGEST_KEY' }],
      steps: [
        { code: 'unknown', text: 'Save the template.', command: null },
        {
          code: 'unknown',
          text: 'Deploy it.',
          command: 'deploy https://thermocline.example.com/ingest/firehose --key YOUR_INGEST_KEY',
        },
      ],
    },
    {
      id: 'vector',
      title: 'Vector',
      summary: 'A sink of Vector.',
      files: [
        { name: 'vector.toml', text: 'token = "YOUR_INGEST_KEY"' },
        { name: 'run.sh', text: 'vector' },
      ],
      steps: [{ code: 'unknown', text: 'Run it.', command: 'vector --config vector.toml' }],
    },
  ],
};
const status: NonNullable<Answers['getIngestStatus']> = examples.getIngestStatus.answer;
const show = (chosen = '', answers: Answers = {}, failures: Failures = {}) =>
  showPage(h(Connect, {}), {
    path: '/connect',
    search: `?from=now-7d&to=now-1d${chosen}`,
    answers: { getConnectInstructions: guides, ...answers },
    failures,
  });

test('the first guide has its steps, files, and what keeps Firehose from working', async () => {
  const { section, elements } = await show();
  expect(section('CloudFormation')).toBe(
    'A Firehose stream to this server. This way does not work yet. Firehose only delivers to https on port 443. Until then, choose a way without Firehose, such as the forwarder or pull. Save the template. Deploy it. deploy https://thermocline.example.com/ingest/firehose --key YOUR_INGEST_KEY Copy firehose.yaml Download firehose.yaml Key: YOUR_INGEST_KEY & YOUR_INGEST_KEY Copy',
  );
  const [download] = elements('a').filter(({ text }) => text === 'Download firehose.yaml');
  expect(download?.attributes).toMatchObject({
    download: 'firehose.yaml',
    href: 'data:text/plain;charset=utf-8,Key%3A%20YOUR_INGEST_KEY%20%26%20YOUR_INGEST_KEY',
  });
  expect(elements('details').map(({ attributes }) => attributes['open'])).toEqual(['true']);
});

test('another guide is chosen in the address; a problem of Firehose is none of Vector', async () => {
  const page = await show();
  await page.click('Vector');
  expect(page.address).toBe('/connect?from=now-7d&to=now-1d&kit=vector');
  expect(page.section('Vector')).not.toContain('Firehose');
  expect(page.elements('details').map(({ attributes }) => attributes['open'])).toEqual([undefined, undefined]);
  const selected = page.elements('button').filter(({ attributes }) => attributes['aria-selected'] === 'true');
  expect(selected.map(({ text }) => text)).toEqual(['Vector']);
});

const works = { ...guides, problem: null };

test('no key is made for a way that does not work', async () => {
  const page = await show();
  await expect(page.click('Create ingest key')).rejects.toThrow('disabled');
  await page.click('Vector');
  await page.click('Create ingest key');
  expect(page.sent).toHaveLength(1);
});

test('a new key is filled in wherever it belongs', async () => {
  const page = await show('', { getConnectInstructions: works });
  await page.click('Create ingest key');
  expect(page.sent).toEqual([['POST /api/v1/tokens', { name: 'connect cloudformation', scope: 'ingest' }]]);
  expect(page.text).toContain(
    'Key created and filled into the commands below. Copy them now; it will not be shown again. It can only send logs.',
  );
  const shown = page.section('CloudFormation');
  expect(shown).toContain('--key tc_read_EXAMPLE Copy');
  expect(shown).toContain('Key: tc_read_EXAMPLE & tc_read_EXAMPLE');
  expect(shown).not.toContain('YOUR_INGEST_KEY');
  const [download] = page.elements('a').filter(({ text }) => text === 'Download firehose.yaml');
  expect(download?.attributes['href']).toContain('tc_read_EXAMPLE%20%26%20tc_read_EXAMPLE');
  await expect(page.click('Create ingest key')).rejects.toThrow('disabled');
});

test('a key that is refused says why', async () => {
  const page = await show('', { getConnectInstructions: works }, { createToken: { code: 'forbidden' } });
  await page.click('Create ingest key');
  expect(page.text).toContain('The token does not have the required scope');
  expect(page.text).not.toContain('Key created');
});

test('whether records arrive: from where, and how long ago', async () => {
  const [source] = status.sources;
  if (source === undefined) throw new Error('no example');
  const waiting = await show('', { getIngestStatus: { ...status, sources: [], accepted: 0, rejected: 0 } });
  expect(waiting.section('Connection status')).toBe('Connection status Waiting for the first record …');
  restore();
  // Shown at 08:00:00.
  const sources = [
    { ...source, name: 'old', lastSeenAt: '2026-11-28T06:00:00.000Z' },
    { ...source, name: 'new', lastSeenAt: '2026-11-28T07:57:00.000Z' },
    { ...source, kind: 'inventory' as const, name: 'account', lastSeenAt: '2026-11-28T07:59:00.000Z' },
  ];
  const connected = await show('', { getIngestStatus: { ...status, sources, accepted: 0, rejected: 0 } });
  expect(connected.section('Connection status')).toContain(
    'Connected, last data from logs new 3 min ago. Waiting for the first Lambda line: invoke a function.',
  );
  restore();
  const receiving = await show('', { getIngestStatus: { ...status, sources, accepted: 1_234_567, rejected: 12_345 } });
  expect(receiving.section('Connection status')).toContain(
    'Receiving, last data from logs new 3 min ago. 1.23 M log events stored. Open the overview 12.3 k records could not be parsed',
  );
  expect(receiving.link('Open the overview')).toBe('/?from=now-7d&to=now-1d');
  expect(receiving.link('12.3 k records could not be parsed')).toBe('/ingest?from=now-7d&to=now-1d');
});

test('failures of the guides and of the status', async () => {
  const { text } = await show('', {}, { getConnectInstructions: { code: 'internal' } });
  expect(text).toContain('Failed to load the setup guides. Internal server error. Retry');
  restore();
  const failed = await show('', {}, { getIngestStatus: { code: 'unavailable' } });
  expect(failed.section('Connection status')).toContain(
    'Failed to load the ingest status. The store is temporarily unavailable. Retry',
  );
});
