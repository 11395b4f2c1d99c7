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

/** A log group, with its streams by name. */
interface OpenGroup {
  readonly identity: StreamIdentity;
  readonly streams: Map<string, OpenStream>;
}

/** Collects the log events of an upload by their log stream. Events that belong to no known function become problems. */
export class EventStreams {
  /** In the order of their first events. */
  readonly #streams: OpenStream[] = [];
  readonly #groups = new Map<string, OpenGroup>();
  #lastGroup: OpenGroup | null = null;
  readonly #problems: ProblemList;
  /** Streams with names shorter than those of a function. */
  #shortNames = 0;
  /** Tells no function: events that follow each other usually share their identity. */
  #unnamed: StreamIdentity | null = null;
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
    if (identity === this.#unnamed || (identity.logGroup === '' && identify(identity).functionName === '')) {
      this.#unnamed = identity;
      this.#problems.push({ reason: 'function-not-named', text: replayable(event) });
      return;
    }
    // Such names are in every key and row of their stream.
    if (identity.logGroup.length > limits.nameChars || identity.logStream.length > limits.nameChars) {
      this.#problems.push({ reason: 'name-too-long', text: event.message });
      return;
    }
    const group = this.#groupOf(identity);
    let stream = group.streams.get(identity.logStream);
    if (stream === undefined) {
      const isShort = identity.logStream.length < limits.functionStreamChars;
      if (
        this.#streams.length >= limits.streamsPerRequest ||
        (isShort && this.#shortNames >= limits.shortStreamsPerRequest)
      ) {
        this.#problems.push({ reason: 'too-many-streams', text: event.message });
        return;
      }
      if (isShort) this.#shortNames += 1;
      stream = { identity, events: [event] };
      group.streams.set(identity.logStream, stream);
      this.#streams.push(stream);
    } else stream.events.push(event);
    this.#last = stream;
  }

  /** That of the event before, which has a stream of its own in each row of some files. */
  #groupOf(identity: StreamIdentity): OpenGroup {
    if (this.#lastGroup !== null && isSameGroup(this.#lastGroup.identity, identity)) return this.#lastGroup;
    const key = `${identity.account}\n${identity.region}\n${identity.logGroup}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { identity, streams: new Map() };
      this.#groups.set(key, group);
    }
    this.#lastGroup = group;
    return group;
  }

  finish(): ParsedUpload['streams'] {
    return this.#streams.map(({ identity, events }) => ({ identity, events: joinedEvents(events) }));
  }
}

/** The event with its time, so that it can be read again with a function. Made only of those that are kept. */
function replayable({ timestampMs: timestamp, message }: LogEvent): () => string {
  return () => JSON.stringify({ timestamp, message });
}

function isSamePlace(a: StreamIdentity, b: StreamIdentity): boolean {
  return a.logStream === b.logStream && isSameGroup(a, b);
}

function isSameGroup(a: StreamIdentity, b: StreamIdentity): boolean {
  return a.logGroup === b.logGroup && a.region === b.region && a.account === b.account;
}
