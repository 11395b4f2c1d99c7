/** A proxy on loopback that misbehaves when told to. */
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** `reset`: cut when the first bytes come. `answer-lost`: everything reaches the other side, and no answer comes back. */
export type Fault = 'none' | 'reset' | 'answer-lost' | 'unavailable';

export interface FaultProxy {
  readonly port: number;
  fault: Fault;
  close(): Promise<void>;
}

export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const open = new Set<Socket>();
  const proxy = { fault: 'none' as Fault };
  const server = createServer((near) => {
    open.add(near);
    const { fault } = proxy;
    near.on('error', () => near.destroy());
    near.on('close', () => open.delete(near));
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
    near.pipe(far);
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
