/** The live stream and `thermocline tail`. */
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { invocation, message, record, requestId, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, runCli, startProduct, startServer } from '../support/product.ts';

describe('GET /api/v1/live', () => {
  let product: TestProduct;

  beforeEach(async () => {
    product = await startProduct();
  });

  afterEach(async () => {
    product.endStreams();
    await product.close();
    removeFolder(product.folder);
  });

  async function open(query = '') {
    const response = await product.fetch(`/api/v1/live${query}`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let text = '';
    const seen: { readonly kind: string; readonly data: Record<string, unknown> }[] = [];
    /** Reads the next part of the stream. */
    const more = async (): Promise<void> => {
      const part = await reader?.read();
      if (part === undefined || part.done) throw new Error(`the stream ended: ${text}`);
      const blocks = (text + decoder.decode(part.value, { stream: true })).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = /^event: (\w+)\ndata: (.*)$/s.exec(block);
        if (event !== null) seen.push({ kind: event[1] ?? '', data: JSON.parse(event[2] ?? '') });
      }
    };
    const arrived = (kind: string): Record<string, unknown>[] =>
      seen.filter((event) => event.kind === kind).map((event) => event.data);
    /** Reads until `n` events of the kind have arrived. */
    const events = async (kind: string, n: number): Promise<Record<string, unknown>[]> => {
      while (arrived(kind).length < n) await more();
      return arrived(kind);
    };
    await reader?.read();
    return { arrived, events, more, reader };
  }

  test('each stored invocation is sent once, in the format of the API; a duplicate is not sent', async () => {
    const { events, reader } = await open();
    await send(product, [record(message(invocation(1)))]);
    await send(product, [record(message(invocation(1)))]);
    await send(product, [record(message(invocation(2)))]);
    const seen = await events('invocation', 2);
    expect(seen.map((item) => item['requestId'])).toEqual([requestId(1), requestId(2)]);
    const { items } = await product.json<{ items: unknown[] }>('/api/v1/invocations?from=now-399d&limit=10');
    expect(items).toContainEqual(seen[0]);
    expect(await events('counts', 2)).toMatchObject([
      { invocations: 1, errors: 0, coldStarts: 0, notSent: 0 },
      { invocations: 1 },
    ]);
    await reader?.cancel();
  });

  test('subscribers share the bytes of an invocation, whatever they filter', async () => {
    await send(product, [record(message(invocation(1)))]);
    const readers = await Promise.all(
      ['', '?function=edge'].map(async (query) => (await product.fetch(`/api/v1/live${query}`)).body?.getReader()),
    );
    await Promise.all(readers.map((reader) => reader?.read()));
    await send(product, [record(message(invocation(2)))]);
    const [one, other] = await Promise.all(readers.map(async (reader) => (await reader?.read())?.value));
    expect(new TextDecoder().decode(one)).toContain(requestId(2));
    expect(other).toBe(one);
  });

  test('applies filters and counts events beyond the limit per commit', async () => {
    await send(product, [record(message(invocation(1)))]);
    const other = await open('?function=edge&failed=true');
    const all = await open('?function=edge');
    const many = Array.from({ length: 250 }, (_, at) => invocation(at + 10)).flat();
    await send(product, [
      record(message(many)),
      record(
        message(invocation(900), {
          logGroup: '/aws/lambda/else',
          logStream: '2026/11/20/[$LATEST]1123456789abcdef0123456789abcdef',
        }),
      ),
    ]);
    expect(await all.events('counts', 1)).toMatchObject([{ invocations: 251, notSent: 51 }]);
    expect(await all.events('invocation', 200)).toHaveLength(200);
    expect(await other.events('counts', 1)).toMatchObject([{ invocations: 251, notSent: 51 }]);
    expect((await product.fetch('/api/v1/live?function=nobody')).status).toBe(404);
    expect((await product.fetch('/api/v1/live?cold=maybe')).status).toBe(400);
  });

  test('a stalled client misses events, receives their number, and blocks nothing', async () => {
    const { arrived, more } = await open();
    for (let batch = 0; batch < 30; batch += 1) {
      const many = Array.from({ length: 200 }, (_, at) => invocation(batch * 200 + at + 1)).flat();
      expect((await send(product, [record(message(many))])).status).toBe(200);
    }
    await expect.poll(() => product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 12_000 });
    // It learns what it missed when it reads again, without another commit: sent and not sent add up to the total.
    let [sent, notSent] = [0, 0];
    while (sent + notSent !== 6000) {
      await more();
      sent = arrived('invocation').length;
      notSent = arrived('counts').reduce((sum, count) => sum + Number(count['notSent']), 0);
      expect(sent + notSent).toBeLessThanOrEqual(6000);
    }
    expect(notSent).toBeGreaterThan(0);
    expect(sent).toBeGreaterThan(0);
  });
});

describe('a store that cannot be read', () => {
  test('counts what it could not read as not sent, and sends what was committed behind it', async () => {
    const product = await startProduct();
    const post = (n: number) => send(product, [record(message(invocation(n)))]);
    // The second invocation is committed while the first is being read.
    const reading = vi.spyOn(product.store.read, 'invocationsByKey').mockImplementationOnce(async () => {
      await post(2);
      throw new Error('busy');
    });
    const reader = (await product.fetch('/api/v1/live')).body?.getReader();
    await post(1);
    let text = '';
    while (!text.includes('event: invocation') || !/"notSent":1\b/.test(text))
      text += new TextDecoder().decode((await reader?.read())?.value);
    expect(reading.mock.calls.length).toBeGreaterThan(1);
    product.endStreams();
    await product.close();
    removeFolder(product.folder);
  });
});

describe('thermocline tail', () => {
  test('prints plain text to a pipe, recent invocations first, and exits cleanly', async () => {
    const folder = memoryFolder();
    expect((await runCli(folder, ['tail'])).stderr).toContain('Start one with `thermocline serve`');
    const server = await startServer(folder);
    const post = (n: number) =>
      fetch(`${server.url}/ingest/firehose`, {
        method: 'POST',
        headers: { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': `r${n}` },
        body: JSON.stringify({
          requestId: `r${n}`,
          timestamp: 1,
          records: [record(message(invocation(n, Date.now())))],
        }),
      });
    try {
      await post(1);
      // Ends instead of connecting again and again.
      expect(await runCli(folder, ['tail', 'edgy'])).toMatchObject({
        code: 1,
        stderr: 'Not found — Unknown function edgy\n',
      });
      const child = spawn(process.execPath, [new URL('../../dist/main.js', import.meta.url).pathname, 'tail', 'edge'], {
        env: { PATH: process.env['PATH'], THERMOCLINE_DATA: folder },
      });
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      // The last invocations of the past day first, then new ones.
      await expect.poll(() => output).toContain(requestId(1));
      await post(2);
      await post(3);
      await expect.poll(() => output).toContain(requestId(3));
      expect(output).not.toContain('\u001b');
      expect(output.split('\n')[0]).toMatch(
        /^\d\d:\d\d:\d\d\.\d{3} {2}edge {2}success {2}50\.00 ms {2}60\/128 MB {2}0{7}1-/,
      );
      expect(output.match(new RegExp(requestId(2), 'g'))).toHaveLength(1);
      // The open stream does not keep the server up.
      expect(await server.stop()).toBe(0);
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    } finally {
      await server.stop();
      removeFolder(folder);
    }
  });
});
