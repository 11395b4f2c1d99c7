import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Connections } from './connection-limits.ts';

class FakeSocket extends EventEmitter {
  destroyed = false;
  readonly remoteAddress: string;
  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }
  destroy(): this {
    this.destroyed = true;
    this.emit('close');
    return this;
  }
}

function open(connections: Connections, address: string): FakeSocket {
  const socket = new FakeSocket(address);
  connections.open(socket as never);
  return socket;
}
const begin = (connections: Connections, socket: FakeSocket): (() => void) => connections.beginRequest(socket as never);

test('thousands of connections that ask nothing do not keep a new one out, from the same address or another', () => {
  const connections = new Connections({ perAddress: 100, total: 1000 });
  const idle = Array.from({ length: 4200 }, () => open(connections, '203.0.113.7'));
  expect(connections.total).toBe(100);
  expect(idle.filter(({ destroyed }) => !destroyed)).toEqual(idle.slice(-100));
  expect(open(connections, '203.0.113.7').destroyed).toBe(false);
  expect(open(connections, '203.0.113.8').destroyed).toBe(false);
});

test('requests in progress are never closed to make room; their address gets no more', () => {
  const connections = new Connections({ perAddress: 3, total: 100 });
  const busy = Array.from({ length: 3 }, () => open(connections, '203.0.113.7'));
  const ends = busy.map((socket) => begin(connections, socket));
  expect(open(connections, '203.0.113.7').destroyed).toBe(true);
  expect(busy.some(({ destroyed }) => destroyed)).toBe(false);
  // The second ends first, so it has waited longest.
  ends[1]?.();
  ends[0]?.();
  expect(open(connections, '203.0.113.7').destroyed).toBe(false);
  expect(busy.map(({ destroyed }) => destroyed)).toEqual([false, true, false]);
});

test('pipelined requests count until the last has ended', () => {
  const connections = new Connections({ perAddress: 1, total: 100 });
  const socket = open(connections, '203.0.113.7');
  const ends = [begin(connections, socket), begin(connections, socket)];
  ends[0]?.();
  expect(open(connections, '203.0.113.7').destroyed).toBe(true);
  ends[1]?.();
  expect(open(connections, '203.0.113.7').destroyed).toBe(false);
  expect(socket.destroyed).toBe(true);
});

test('at the total limit, the address with most waiting connections makes room', () => {
  const connections = new Connections({ perAddress: 50, total: 60 });
  const greedy = Array.from({ length: 50 }, () => open(connections, '203.0.113.7'));
  const modest = Array.from({ length: 10 }, (_, n) => open(connections, `198.51.100.${n}`));
  for (let n = 0; n < 20; n += 1) expect(open(connections, `192.0.2.${n}`).destroyed).toBe(false);
  expect(greedy.filter(({ destroyed }) => destroyed)).toHaveLength(20);
  expect(modest.some(({ destroyed }) => destroyed)).toBe(false);
  expect(connections.total).toBe(60);
});

test('behind a trusted proxy only the total counts', () => {
  const connections = new Connections({ perAddress: null, total: 20 });
  const all = Array.from({ length: 20 }, () => open(connections, '10.0.0.1'));
  expect(all.some(({ destroyed }) => destroyed)).toBe(false);
});

test('closed connections give their places back', () => {
  const connections = new Connections({ perAddress: 2, total: 100 });
  for (let n = 0; n < 50; n += 1) open(connections, `2001:db8::${n}`).destroy();
  expect(connections.total).toBe(0);
});
