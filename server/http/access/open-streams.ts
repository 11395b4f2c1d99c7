/**
 * Streams that outlast their request: live events and exports. Each ends with the credential that opened it, and one
 * credential can hold only a part of them.
 */
import type { Principal } from './auth.ts';

/** `events` close like a finished stream; `rows` break off, so that a cut export does not look complete. */
export type StreamKind = 'events' | 'rows';

/** Most open streams of a kind: in total, of one token with all its sessions, and of one session. */
export const MOST_STREAMS = {
  events: { total: 100, token: 30, session: 10 },
  rows: { total: 40, token: 12, session: 6 },
} as const satisfies Readonly<Record<StreamKind, Readonly<Record<'total' | 'token' | 'session', number>>>>;

/** Interval at which credentials of open streams are checked, ms: there is no event when they expire. */
const CHECK_MS = 1000;

interface OpenStream {
  readonly kind: StreamKind;
  readonly principal: Principal;
  /** Ends the stream towards the client, and what produces it. */
  end(): void;
}

/** The limit that a new stream would exceed: that of its credential, or that of all. */
export type StreamLimit = 'own' | 'total';

export class OpenStreams {
  readonly #isValid: (principal: Principal) => boolean;
  readonly #open = new Set<OpenStream>();
  #timer: NodeJS.Timeout | undefined;

  /** `isValid` says whether a credential may still be used. */
  constructor(isValid: (principal: Principal) => boolean) {
    this.#isValid = isValid;
  }

  /** Returns the limit that one more stream of this kind would exceed; null if it may open. */
  exceededLimit(kind: StreamKind, principal: Principal): StreamLimit | null {
    const most = MOST_STREAMS[kind];
    const open = [...this.#open].filter((one) => one.kind === kind);
    const ofToken = open.filter((one) => one.principal.tokenId === principal.tokenId);
    if (ofToken.length >= most.token) return 'own';
    const { session } = principal;
    if (session !== null && ofToken.filter((one) => one.principal.session === session).length >= most.session) {
      return 'own';
    }
    return open.length >= most.total ? 'total' : null;
  }

  /** Passes the source on until its credential ends. Reads it no faster than the client does. */
  bind(kind: StreamKind, principal: Principal, source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = source.getReader();
    let entry: OpenStream | undefined;
    const leave = (): boolean => entry !== undefined && this.#leave(entry);
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          entry = {
            kind,
            principal,
            end: () => {
              if (!leave()) return;
              if (kind === 'events') controller.close();
              else controller.error(new Error('the credential of this stream ended'));
              reader.cancel().catch(() => undefined);
            },
          };
          this.#enter(entry);
          // The credential may have ended while the request was prepared.
          if (!this.#isValid(principal)) entry.end();
        },
        pull: async (controller) => {
          try {
            const { value, done } = await reader.read();
            if (entry === undefined || !this.#open.has(entry)) return;
            if (!done) controller.enqueue(value);
            else if (leave()) controller.close();
          } catch (error) {
            if (leave()) controller.error(error);
          }
        },
        cancel: async (reason) => {
          leave();
          await reader.cancel(reason);
        },
      },
      // What the source buffers is enough.
      { highWaterMark: 0 },
    );
  }

  /** Ends the streams whose credential is no longer valid. Call after each change of credentials. */
  endInvalid(): void {
    for (const stream of [...this.#open]) if (!this.#isValid(stream.principal)) stream.end();
  }

  #enter(stream: OpenStream): void {
    this.#open.add(stream);
    this.#timer ??= setInterval(() => this.endInvalid(), CHECK_MS).unref();
  }

  /** Returns false if it had left before. */
  #leave(stream: OpenStream): boolean {
    const was = this.#open.delete(stream);
    if (this.#open.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return was;
  }
}
