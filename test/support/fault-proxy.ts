/** Loopback proxy that injects faults. */
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/**
 * `reset`: closes the connection at the first bytes. `answer-lost`: forwards the request, drops the response. `delay`:
 * forwards everything {@link DELAY_MS} late. `half-open`: accepts the connection and never responds.
 */
export type Fault = 'none' | 'reset' | 'answer-lost' | 'unavailable' | 'delay' | 'half-open';

export interface FaultProxy {
  readonly port: number;
  fault: Fault;
  /** Response to a request instead of the upstream's; null forwards the request. */
  instead: (request: string) => string | null;
  close(): Promise<void>;
}

export const DELAY_MS = 300;

export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const open = new Set<Socket>();
  const proxy: Pick<FaultProxy, 'fault' | 'instead'> = { fault: 'none', instead: () => null };
  const server = createServer((near) => {
    open.add(near);
    const { fault } = proxy;
    near.on('error', () => near.destroy());
    near.on('close', () => open.delete(near));
    if (fault === 'half-open') {
      near.resume();
      return;
    }
    if (fault === 'reset') {
      near.once('data', () => near.resetAndDestroy());
      return;
    }
    if (fault === 'unavailable') {
      near.once('data', () =>
        near.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'),
      );
      return;
    }
    const far = connect(target, '127.0.0.1');
    far.on('error', () => near.destroy());
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    let answer: string | null = null;
    let request = '';
    near.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      const begins = /^(?:GET|POST) /.test(text);
      if (begins) answer = proxy.instead(text);
      if (answer === null) {
        if (fault === 'delay') setTimeout(() => far.write(chunk), DELAY_MS);
        else far.write(chunk);
        return;
      }
      request = begins ? text : request + text;
      if (isWhole(request)) near.end(answer);
    });
    if (fault === 'answer-lost') far.once('data', () => near.resetAndDestroy());
    else far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

function isWhole(request: string): boolean {
  const [head = '', ...body] = request.split('\r\n\r\n');
  if (/^transfer-encoding: chunked/im.test(head)) return request.endsWith('\r\n0\r\n\r\n');
  return body.join('\r\n\r\n').length >= Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
}

/** Error response in ClickHouse's format: exception code, and a text that names it. */
export function refusalOf(status: number, code: number, text: string): string {
  const body = `Code: ${code}. DB::Exception: ${text} (version 25.8.1.5101 (official build))\n`;
  return `HTTP/1.1 ${status} Refused\r\nX-ClickHouse-Exception-Code: ${code}\r\ncontent-type: text/plain; charset=UTF-8\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
}

/** Response with one row. */
export function rowOf(row: Readonly<Record<string, string | number>>): string {
  const body = `${JSON.stringify(row)}\n`;
  return `HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
}
