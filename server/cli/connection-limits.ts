/**
 * Limits connections per address and in total. Where a limit is reached, the connection that has waited longest for a
 * complete request is closed, so a client that holds many idle connections cannot lock out others.
 */
import type { Socket } from 'node:net';
import { addressGroup } from '../http/access/client-address.ts';

export interface ConnectionLimits {
  /** Most connections of one address; null behind a trusted proxy, whose address all clients share. */
  readonly perAddress: number | null;
  readonly total: number;
}

type Connection = Pick<Socket, 'remoteAddress' | 'destroy' | 'once'>;

interface Group {
  readonly all: Set<Connection>;
  /** Without a complete request in progress, in the order in which they began to wait. */
  readonly waiting: Set<Connection>;
}

const NOBODY: Group = { all: new Set(), waiting: new Set() };

export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #groups = new Map<string, Group>();
  readonly #groupOf = new WeakMap<Connection, Group>();
  readonly #requests = new WeakMap<Connection, number>();
  #total = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  /** Takes a new connection in; closes it, or one that waits, if there are too many. */
  open(socket: Connection): void {
    const key = addressGroup(socket.remoteAddress ?? '');
    const group = this.#groups.get(key) ?? { all: new Set(), waiting: new Set() };
    const { perAddress, total } = this.#limits;
    const isFull = perAddress !== null && group.all.size >= perAddress;
    const crowded = isFull ? group : this.#total >= total ? this.#largest() : null;
    if (crowded !== null) {
      const [longest] = crowded.waiting;
      if (longest === undefined) {
        socket.destroy();
        return;
      }
      this.#close(longest, crowded);
    }
    this.#groups.set(key, group);
    this.#groupOf.set(socket, group);
    group.all.add(socket);
    group.waiting.add(socket);
    this.#total += 1;
    socket.once('close', () => {
      this.#forget(socket, group);
      if (group.all.size === 0 && this.#groups.get(key) === group) this.#groups.delete(key);
    });
  }

  /** Notes that the headers of a request are complete. Returns a function to call when the request has ended. */
  beginRequest(socket: Connection): () => void {
    const group = this.#groupOf.get(socket);
    if (group === undefined) return () => undefined;
    this.#requests.set(socket, (this.#requests.get(socket) ?? 0) + 1);
    group.waiting.delete(socket);
    return () => {
      const left = (this.#requests.get(socket) ?? 1) - 1;
      this.#requests.set(socket, left);
      if (left === 0 && group.all.has(socket)) group.waiting.add(socket);
    };
  }

  /** The group with most waiting connections. */
  #largest(): Group {
    let found: Group | null = null;
    for (const group of this.#groups.values()) if (group.waiting.size > (found?.waiting.size ?? 0)) found = group;
    return found ?? NOBODY;
  }

  #close(socket: Connection, group: Group): void {
    this.#forget(socket, group);
    socket.destroy();
  }

  #forget(socket: Connection, group: Group): void {
    if (!group.all.delete(socket)) return;
    group.waiting.delete(socket);
    this.#total -= 1;
  }
}
