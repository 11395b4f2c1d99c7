import { identify } from '../batch/identity.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import { joinedEvents } from './joined-events.ts';
import { limits } from './limits.ts';
import type { ParsedUpload } from './parsed-upload.ts';
import type { ProblemList } from './problem-list.ts';

interface OpenStream {
  readonly identity: StreamIdentity;
  readonly events: LogEvent[];
}

/** Collects the log events of an upload by their log stream. Events that belong to no known function become problems. */
export class EventStreams {
  readonly #streams = new Map<string, OpenStream>();
  readonly #problems: ProblemList;
  /** Streams with names shorter than those of a function. */
  #shortNames = 0;
  /** The stream of the last event, which the next one usually belongs to. */
  #last: OpenStream | null = null;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  add(identity: StreamIdentity, event: LogEvent): void {
    const last = this.#last;
    if (last !== null && (last.identity === identity || isSamePlace(last.identity, identity))) {
      last.events.push(event);
      return;
    }
    if (identity.logGroup === '' && identify(identity).functionName === '') {
      // With its time, so that it can be read again with a function.
      const { timestampMs: timestamp, message } = event;
      this.#problems.push({ reason: 'function-not-named', text: JSON.stringify({ timestamp, message }) });
      return;
    }
    // Such names are in every key and row of their stream.
    if (identity.logGroup.length > limits.nameChars || identity.logStream.length > limits.nameChars) {
      this.#problems.push({ reason: 'name-too-long', text: event.message });
      return;
    }
    const key = `${identity.account}\n${identity.region}\n${identity.logGroup}\n${identity.logStream}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      const isShort = identity.logStream.length < limits.functionStreamChars;
      if (
        this.#streams.size >= limits.streamsPerRequest ||
        (isShort && this.#shortNames >= limits.shortStreamsPerRequest)
      ) {
        this.#problems.push({ reason: 'too-many-streams', text: event.message });
        return;
      }
      if (isShort) this.#shortNames += 1;
      stream = { identity, events: [event] };
      this.#streams.set(key, stream);
    } else stream.events.push(event);
    this.#last = stream;
  }

  finish(): ParsedUpload['streams'] {
    return [...this.#streams.values()].map(({ identity, events }) => ({ identity, events: joinedEvents(events) }));
  }
}

function isSamePlace(a: StreamIdentity, b: StreamIdentity): boolean {
  return a.logStream === b.logStream && a.logGroup === b.logGroup && a.region === b.region && a.account === b.account;
}
