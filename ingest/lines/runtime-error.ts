/**
 * Lines in which a managed runtime reports that the handler (or its init) failed. In the text log format REPORT carries no
 * status, so these lines are the only evidence of a thrown error.
 *
 * An application's own `ERROR` line is not a failed invocation: each form below is accepted only with the structure
 * that the runtime gives it. Forms: AWS's runtime clients on GitHub, and lines from public bug reports.
 */

import type { RuntimeError } from '../records/fault-line.ts';
import { parseJsonText } from '../text/json-syntax.ts';
import { parseStackFrame } from './stack-frame.ts';

const MAX_LINE_CHARACTERS = 65_536;
const MAX_TYPE_CHARACTERS = 256;
const MAX_MESSAGE_CHARACTERS = 1024;
const MAX_FRAMES = 8;
/** Frames among which one of the function's own code is looked for. */
const MOST_FRAMES_READ = 100;
const MAX_FRAME_CHARACTERS = 160;

/** `TIME\tID\tERROR\tInvoke Error \t{…}`: Node 10 and newer. */
const NODE =
  /^\d{4}-\d\d-\d\dT[\d:.]{5,24}Z\s([^\s]{1,256})\s(?:ERROR|FATAL)\s(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection)\s{1,4}(?=\{)/;
/** Custom runtimes leave out time and level. */
const CUSTOM_RUNTIME = /^([0-9a-f-]{36})\s(?:Invoke Error)\s{1,4}(?=\{)/;
/** Node 4 to 8: `TIME\tID\t` and either an Error with frames or the error as JSON. */
const OLD_NODE = /^\d{4}-\d\d-\d\dT[\d:.]{5,24}Z\t([0-9a-f-]{36})\t(?=\{"error|[A-Z]\w{0,80}(?:Error|Exception)?: )/;
const OLD_NODE_ERROR = /^([A-Z]\w{0,80}): ([^\n\r]{0,2048})(?=[\n\r]+ {4}at )/;
/** `TIME\tID\tfail\tSystem.X: message\n   at …`; inner exceptions come first, each after ` ---> `. */
const DOTNET =
  /^\d{4}-\d\d-\d\dT[\d:.]{5,24}Z\t([0-9a-f-]{36})\tfail\t([A-Z][\w.+`]{1,255}): ([^\n\r]{0,2048})(?=[\n\r]+ {1,3}(?:at|--->) )/;
/** `[ERROR] KeyError: 'order'\rTraceback (most recent call last):`. A logger's line has tabs instead of the space. */
const PYTHON = /^\[ERROR\] ([A-Za-z_][\w.]{0,255})(?:: ?([^\n\r]{0,4096}))?[\n\r]+Traceback \(most recent call last\):/;
/** `'order': KeyError\nTraceback (most recent call last):`: Python 2.7 to 3.7. */
const OLD_PYTHON = /^([^\n\r]{0,4096}): ([A-Za-z_]\w{0,255})[\n\r]+Traceback \(most recent call last\):/;
const PYTHON_FRAME = /^\s+File "/;
/** The message, then the exception printed again with its frames: the Java runtime's form. */
const JAVA = /^([\s\S]{0,4096}?): ((?:[a-z]\w*\.)+[A-Z][\w$]{0,255})[\n\r]+\2(?:: [\s\S]{0,4096}?)?[\n\r]+\tat /;
const JAVA_LOADING = /^Error loading (?:class|method) ([^\n\r]{1,1024}?): ((?:[a-z]\w*\.)+[A-Z][\w$]{0,255})/;
const RUBY =
  /^(?:Critical exception from handler|Error raised from handler method|Init error when loading handler[^\n\r]{0,256})\s{0,4}(?=\{)/;
/** Types that Go's standard library and its usual error packages return. */
const GO_ERROR =
  /^([^\n\r]{0,2048}): (errorString|wrapErrors|fundamental|withStack|withMessage|[a-z]\w{0,80}Error)(?: {1,4}null)?\s{0,4}$/;
/** The runtime go1.x prints the stack after the type: `null` for a returned error. Copied from the console, it is on the same line. */
const GO_WITHOUT_STACK =
  /^([\s\S]{0,2048}): (errorString|wrapErrors|fundamental|withStack|withMessage|\w{0,80}(?:Error|Exception|Failure))[\n\r]{1,2}null\s{0,4}$/;
/** How a text that either finds ends: searching the whole of each line for its last colon takes longer. */
const GO_TAIL = /(?:Error|errorString|wrapErrors|fundamental|withStack|withMessage|\snull)\s{0,4}$/;
const GO_TAIL_CHARS = 16;
const GO_PANIC = /^([^\n\r]{0,2048}): (\w{1,80})[\n\r]+\[\{"path":/;
const GO_PANIC_TEXT = /^panic: ([^\n\r]{1,2048})/;
/** Go's log package puts date and time before the error's JSON. */
const GO_JSON = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?=\{"errorMessage":)/;
const RUST_PANIC =
  /^thread '[^'\n]{0,128}' (?:\(\d+\) )?panicked at (?:'([\s\S]{0,2048}?)', )?([^\s:'][^\s:]{0,512}:\d+:\d+):?(?:[\n\r]+([^\n\r]{0,2048}))?/;
const RUST_RUNTIME =
  /\bERROR\b[^\n]{0,64}\bLambda runtime invoke\{requestId="?([0-9a-f-]{36})"?[^\n]{0,512}?\}:? ([^\n]{0,2048})/;

/** `panic: x`; an error of Go with a type of one letter, `: xError`. */
const SHORTEST_CHARACTERS = 8;

/** Reads one log event's message; null when no managed runtime prints failures like this. Never throws. */
export function parseRuntimeError(raw: string): RuntimeError | null {
  if (raw.length < SHORTEST_CHARACTERS) return null;
  const text = raw.length > MAX_LINE_CHARACTERS ? raw.slice(0, MAX_LINE_CHARACTERS) : raw;
  const first = text.charCodeAt(0);
  // Most application lines end here, by their first character.
  if (first === 0x7b) return jsonError(text);
  if (first >= 0x30 && first <= 0x39)
    return timedError(text) ?? javaError(text) ?? oldPythonError(text) ?? goError(text);
  if (first === 0x5b) return pythonError(text);
  return (
    (isRubyLetter(first) ? rubyError(text) : null) ??
    rustError(text) ??
    javaError(text) ??
    oldPythonError(text) ??
    goError(text) ??
    (isIdLetter(first) ? customRuntime(text) : null)
  );
}

/** Whether the character begins what Ruby's runtime prints: C, E or I. An expression takes longer to fail than all else of a short line. */
function isRubyLetter(code: number): boolean {
  return code === 0x43 || code === 0x45 || code === 0x49;
}

/** Whether the character begins a request id without a digit: a to f, or a dash. */
function isIdLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x66) || code === 0x2d;
}

function timedError(text: string): RuntimeError | null {
  const node = NODE.exec(text);
  if (node !== null) return fromJson(text.slice(node[0].length), node[1]);
  const dotnet = DOTNET.exec(text);
  if (dotnet !== null) return error(dotnet[1], dotnet[2], dotnet[3], framesAfter(text, /^ {3}at /));
  const old = OLD_NODE.exec(text);
  if (old !== null) {
    const rest = text.slice(old[0].length);
    if (rest.startsWith('{')) return fromJson(rest, old[1]);
    const thrown = OLD_NODE_ERROR.exec(rest);
    return thrown === null ? null : error(old[1], thrown[1], thrown[2], framesAfter(rest, /^ {4}at /));
  }
  const rust = RUST_RUNTIME.exec(text);
  if (rust !== null) return error(rust[1], null, rust[2], NO_FRAMES);
  return customRuntime(text);
}

function customRuntime(text: string): RuntimeError | null {
  const match = CUSTOM_RUNTIME.exec(text);
  return match === null ? null : fromJson(text.slice(match[0].length), match[1]);
}

function pythonError(text: string): RuntimeError | null {
  const match = PYTHON.exec(text);
  return match === null ? null : error(null, match[1], match[2], pythonFrames(text));
}

function oldPythonError(text: string): RuntimeError | null {
  if (!text.includes('Traceback (most recent call last):')) return null;
  const match = OLD_PYTHON.exec(text);
  return match === null ? null : error(null, match[2], match[1], pythonFrames(text));
}

function javaError(text: string): RuntimeError | null {
  if (!text.includes('\tat ') && !text.startsWith('Error loading ')) return null;
  const loading = JAVA_LOADING.exec(text);
  if (loading !== null) return error(null, loading[2], `Error loading ${loading[1]}`, framesAfter(text, /^\tat /));
  const match = JAVA.exec(text);
  return match === null ? null : error(null, match[2], match[1], framesAfter(text, /^\tat /));
}

function rubyError(text: string): RuntimeError | null {
  const match = RUBY.exec(text);
  return match === null ? null : fromJson(text.slice(match[0].length), undefined);
}

function goError(text: string): RuntimeError | null {
  const json = text.charCodeAt(4) === SLASH ? GO_JSON.exec(text) : null;
  if (json !== null) return fromJson(text.slice(json[0].length), undefined);
  const panicText = text.startsWith('panic: ') ? GO_PANIC_TEXT.exec(text) : null;
  if (panicText !== null) return error(null, 'panic', panicText[1], NO_FRAMES);
  const panic = text.includes('[{"path":') ? GO_PANIC.exec(text) : null;
  if (panic !== null)
    return error(null, panic[2], panic[1], goFrames(parseJsonText(text.slice(text.indexOf('[{"path":')))));
  const returned = GO_TAIL.test(text.slice(-GO_TAIL_CHARS))
    ? (GO_ERROR.exec(text) ?? GO_WITHOUT_STACK.exec(text))
    : null;
  return returned === null ? null : error(null, returned[2], returned[1], NO_FRAMES);
}

function rustError(text: string): RuntimeError | null {
  if (text.startsWith("thread '")) {
    const panic = RUST_PANIC.exec(text);
    return panic === null ? null : error(null, 'panic', panic[1] ?? panic[3], [panic[2] ?? '']);
  }
  const own = text.includes('Lambda runtime invoke') ? RUST_RUNTIME.exec(text) : null;
  return own === null ? null : error(own[1], null, own[2], NO_FRAMES);
}

type Json = Readonly<Record<string, unknown>>;

/** What every record that is read as an error holds: a member of that name, what Java or Rust prints, or an escape that may spell either. */
const STATES_ERROR = /errorType|\\tat |Error loading |Lambda runtime invoke|\\u/;

/** The JSON log format: the runtime's own record, distinguished from an application's by its members. */
function jsonError(text: string): RuntimeError | null {
  if (!text.includes('error') && !text.includes('ERROR') && !text.includes('Lambda runtime invoke')) return null;
  if (!STATES_ERROR.test(text)) return null;
  const record = objectOf(text);
  if (record === null) return null;
  const stated = record['level'] ?? record['log_level'] ?? '';
  // An application's.
  if (typeof stated === 'object') return null;
  const level = wordOf(stated).toUpperCase();
  const requestId = stringOf(record['requestId']) ?? stringOf(record['AWSRequestId']);
  const message = record['message'];
  if (level === 'ERROR' || level === 'FATAL') {
    // Node: the error is the message. A logged error is next to its message.
    if (isObject(message) && typeof message['errorType'] === 'string') return fromObject(message, requestId);
    // Python: no message and no logger, which every record of its logging module has. .NET: the message is null.
    if (
      typeof record['errorType'] === 'string' &&
      (message === undefined || message === null) &&
      record['logger'] === undefined
    )
      return fromObject(record, requestId);
    // Java: the message is what the text format prints.
    if (typeof message === 'string') {
      const java = javaError(message);
      if (java !== null) return { ...java, requestId: requestId ?? null };
    }
    const span = record['span'];
    // Rust: the runtime crate's own record.
    if (
      isObject(span) &&
      span['name'] === 'Lambda runtime invoke' &&
      wordOf(record['target']).startsWith('lambda_runtime')
    ) {
      const fields = isObject(record['fields']) ? record['fields'] : record;
      return error(
        stringOf(span['requestId']),
        null,
        stringOf(fields['error']) ?? stringOf(fields['message']),
        NO_FRAMES,
      );
    }
    return null;
  }
  // Go and Node 4 to 8 print the error as it is, without a level.
  const bare = level === '' && typeof record['errorMessage'] === 'string' && typeof record['errorType'] === 'string';
  return bare && message === undefined ? fromObject(record, requestId) : null;
}

/** `text` begins with a brace. */
function fromJson(text: string, requestId: string | undefined): RuntimeError {
  const object = objectOf(text);
  if (object !== null) return fromObject(object, requestId);
  // Cut off by a size limit, or reformatted by a copy: use the members that can be read.
  const member = (name: string): string | undefined =>
    new RegExp(`"${name}"\\s{0,4}:\\s{0,4}"((?:[^"\\\\]|\\\\.){0,2048})`).exec(text)?.[1]?.replaceAll('\\"', '"');
  return error(requestId, member('errorType'), member('errorMessage'), NO_FRAMES);
}

function fromObject(object: Json, requestId: string | null | undefined): RuntimeError {
  const frames = object['stack'] ?? object['stackTrace'] ?? object['trace'];
  const lines = Array.isArray(frames)
    ? [...frames.filter((frame) => typeof frame === 'string'), ...goFrames(frames)]
    : wordOf(frames).split('\n');
  const type = stringOf(object['errorType']) ?? stringOf(object['name']);
  const calls = lines.filter((line) => /^\s*at /.test(line));
  return error(
    requestId ?? stringOf(object['requestId']),
    // Ruby wraps the class: Function<NoMethodError>, Init<LoadError>.
    type?.replace(/^(?:Function|Init)<(.*)>$/, '$1'),
    stringOf(object['errorMessage']) ?? stringOf(object['message']),
    // Node repeats type and message as the first line of the stack.
    callsFirst(calls.length > 0 ? calls : lines).filter(
      (line, at) =>
        line.trim() !== '' &&
        !(at === 0 && !/^\s*at /.test(line) && lines.length > 1 && type !== null && line.startsWith(type ?? '')),
    ),
  );
}

/** Python's list begins with the outermost call, and each of its entries ends with the source line. */
function callsFirst(lines: readonly string[]): readonly string[] {
  return lines.some((line) => PYTHON_FRAME.test(line)) ? pythonFrames(lines.join('\n')) : lines;
}

/** Go states the parts of each frame: `{"path": …, "line": …, "label": …}`. */
function goFrames(frames: unknown): readonly string[] {
  if (!Array.isArray(frames)) return [];
  return frames.flatMap((frame) => {
    if (!isObject(frame)) return [];
    const { path, line, label } = frame;
    return typeof path === 'string' && typeof label === 'string'
      ? [`${label} (${path}:${Number(wordOf(line)) || 0})`]
      : [];
  });
}

function framesAfter(text: string, frame: RegExp): readonly string[] {
  return text.split(/[\n\r]+/).filter((line) => frame.test(line));
}

/** Python indents with NO-BREAK SPACE, so that CloudWatch keeps the indentation. */
function pythonFrames(text: string): readonly string[] {
  return text
    .split(/[\n\r]+/)
    .map((line) => line.replaceAll('\u00a0', ' '))
    .filter((line) => PYTHON_FRAME.test(line))
    .toReversed();
}

const NO_FRAMES: readonly string[] = [];

function error(
  requestId: string | null | undefined,
  type: string | null | undefined,
  message: string | null | undefined,
  frames: readonly string[],
): RuntimeError {
  return {
    requestId:
      requestId === undefined || requestId === null || requestId === 'undefined' || requestId === '' ? null : requestId,
    errorType: bounded(type, MAX_TYPE_CHARACTERS),
    errorMessage: bounded(message, MAX_MESSAGE_CHARACTERS),
    stack:
      frames.length === 0
        ? NO_FRAMES
        : firstFrames(frames).flatMap((frame) => bounded(frame, MAX_FRAME_CHARACTERS) ?? []),
  };
}

/** The first frames; where libraries fill them, the last one makes room for the first frame of the function's own code. */
function firstFrames(frames: readonly string[]): readonly string[] {
  const first = frames.slice(0, MAX_FRAMES);
  if (frames.length <= MAX_FRAMES || first.some(isOwn)) return first;
  const own = frames.slice(MAX_FRAMES, MOST_FRAMES_READ).find(isOwn);
  return own === undefined ? first : [...first.slice(0, -1), own];
}

function isOwn(frame: string): boolean {
  return parseStackFrame(frame)?.isOwn === true;
}

function bounded(text: string | null | undefined, characters: number): string | null {
  if (text === undefined || text === null || text === '') return null;
  if (text.length <= characters && isPlain(text)) return text;
  const clean = text
    .slice(0, characters)
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ')
    .toWellFormed()
    .trim();
  return clean === '' ? null : clean;
}

/** Whether the text is of printable ASCII characters, without a blank at either end: nothing of it is replaced. */
function isPlain(text: string): boolean {
  if (text.charCodeAt(0) === BLANK || text.charCodeAt(text.length - 1) === BLANK) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < BLANK || code > TILDE) return false;
  }
  return true;
}

const [BLANK, SLASH, TILDE] = [0x20, 0x2f, 0x7e];

function objectOf(text: string): Json | null {
  const value = parseJsonText(text);
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The text of a string, number or boolean, "" of others: an object's own `toString` member makes String() throw. */
function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
