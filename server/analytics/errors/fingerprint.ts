/**
 * The fingerprint of a failure: failures of one function with the same fingerprint are one group. It consists of the kind, the
 * error type, the template of the message and the first frame of the function's own code, without line numbers.
 */
import { ownFrame } from '../../../ingest/lines/stack-frame.ts';
import type { InvocationStatus } from '../../../ingest/records/invocation-columns.ts';
import { messageTemplate } from './message.ts';

/**
 * `handler`: the code threw. `runtime`: the runtime or the sandbox failed. `init`: the code could not be loaded. `rest`: failures of
 * hours with more groups than are stored.
 */
export const ERROR_KINDS = ['handler', 'runtime', 'timeout', 'oom', 'init', 'rest'] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** What is known of one failure. */
export interface Failure {
  readonly status: Exclude<InvocationStatus, 'success'>;
  readonly errorType: string | null;
  readonly message: string | null;
  /** Frames, innermost first. */
  readonly stack: readonly string[];
}

/** What failures of a group have in common. */
export interface ErrorIdentity {
  readonly kind: ErrorKind;
  /** Without the runtime's prefix; null if unknown. */
  readonly errorType: string | null;
  /** Template of the message; '' if there is none. */
  readonly message: string;
  /** The first frame of the function's own code, as `name (file)`; '' if there is none. */
  readonly frame: string;
}

/** What is counted together where an hour has too many groups. */
export const REST: ErrorIdentity = { kind: 'rest', errorType: null, message: '', frame: '' };

/** Types that a runtime reports when it cannot load the code or start. */
const INIT_TYPES: ReadonlySet<string> = new Set([
  'ImportModuleError',
  'HandlerNotFound',
  'MalformedHandlerName',
  'UserCodeSyntaxError',
  'InvalidEntrypoint',
  'InvalidTaskConfig',
  'InvalidWorkingDir',
  'NoSuchHandler',
  'LaunchError',
  'InitError',
  'LoadError',
  'ModuleNotFoundError',
  'java.lang.ClassNotFoundException',
]);

/** Types of the runtime interface; the JSON log format prints some of them without their prefix. */
const RUNTIME_TYPES: ReadonlySet<string> = new Set([
  'ExitError',
  'ProcessExited',
  'Unknown',
  'UnhandledPromiseRejection',
  'MarshalError',
  'UnmarshalError',
  'StreamError',
  'TruncatedResponse',
  'ResponseSizeTooLarge',
  'Crash',
]);

const PREFIX = /^(?:Runtime|Sandbox|Extension)\./;

/** Returns what identifies the group of a failure. Pure: the same failure in either log format gives the same identity. */
export function errorIdentity({ status, errorType, message, stack }: Failure): ErrorIdentity {
  if (status === 'timeout' || status === 'oom') return { kind: status, errorType: null, message: '', frame: '' };
  const type = errorType?.replace(/^(?:Function|Init)<(.*)>$/, '$1').replace(PREFIX, '') ?? null;
  const kind = kindOf(errorType, type, message);
  const told = isExitStatus(message) ? null : message;
  const own = ownFrame(stack);
  return {
    kind,
    errorType: type,
    // The name of a missing module is part of the fault, not a value of one invocation.
    message: messageTemplate(told, kind === 'init'),
    frame: own === null ? '' : own.file === null ? (own.name ?? '') : `${own.name ?? '<anonymous>'} (${own.file})`,
  };
}

/** Node states the class of the error where the code is an ES module. */
const NOT_FOUND = /^(?:Error: )?Cannot find (?:module|package) /;

function kindOf(stated: string | null, type: string | null, message: string | null): ErrorKind {
  if (message !== null && NOT_FOUND.test(message)) return 'init';
  if (type === null) return 'handler';
  if (INIT_TYPES.has(type) || stated?.startsWith('Init<') === true) return 'init';
  return RUNTIME_TYPES.has(type) || PREFIX.test(stated ?? '') ? 'runtime' : 'handler';
}

/** The JSON log format has no line for it: the type alone says as much. A signal is another fault. */
function isExitStatus(message: string | null): boolean {
  return message !== null && /^Runtime exited with error: exit status \d+$/.test(message.trim());
}

/** Returns 16 hexadecimal digits. */
export function fingerprintOf({ kind, errorType, message, frame }: ErrorIdentity): string {
  return hash([kind, errorType ?? '', message, frame].map((part) => `${part.length}:${part}`).join(''));
}

/** 64 bits of two multiplicative hashes with a final mix (cyrb53, unshortened): not secret, but spread evenly. */
function hash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  const mix = (one: number, other: number): number =>
    Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(other ^ (other >>> 13), 3_266_489_909);
  [a, b] = [mix(a, b), mix(b, a)];
  return [b, a].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
}
