/** Lines about extensions and their subscriptions; values read by hand from the lines. */
import { expect, test } from 'vitest';
import { parsePlatformLine } from './platform-line.ts';

test.each([
  [
    'EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]',
    { kind: 'extension', name: 'agent', state: 'Ready', events: ['INVOKE', 'SHUTDOWN'], errorType: null },
  ],
  [
    'EXTENSION Name: agent State: LaunchError Events: [] Error Type: Extension.LaunchError',
    { kind: 'extension', name: 'agent', state: 'LaunchError', events: [], errorType: 'Extension.LaunchError' },
  ],
  [
    'TELEMETRY\tName: agent\tState: Subscribed\tTypes: [Platform, Function]',
    { kind: 'telemetry-subscription', name: 'agent', state: 'Subscribed', types: ['Platform', 'Function'] },
  ],
  [
    'LOGS\tName: agent\tState: Already subscribed\tTypes: [Platform]',
    { kind: 'logs-subscription', name: 'agent', state: 'Already subscribed', types: ['Platform'] },
  ],
  [
    'EXTENSION        Name: a\\tState: Ready\\tEvents: [INVOKE]\\n',
    { kind: 'extension', name: 'a', state: 'Ready', events: ['INVOKE'], errorType: null },
  ],
  [
    'TELEMETRY        Name: a\tState: Subscribed\tTypes: [Platform]\tEvents: [X]',
    { kind: 'telemetry-subscription', name: 'a', state: 'Subscribed', types: ['Platform'] },
  ],
  [
    'LOGS\nName: a b\tState: Subscribed\tTypes: []',
    { kind: 'logs-subscription', name: 'a', state: 'Subscribed', types: [] },
  ],
])('%j', (message, line) => {
  expect(parsePlatformLine(message)).toEqual({ ok: true, time: null, line });
});

test.each([
  ['EXTENSION\tName:\tState: Ready\tEvents: []', 'extension-without-name'],
  ['LOGS\tName:\tState: Subscribed\tTypes: []', 'extension-without-name'],
  ['EXTENSION\tName: agent\tEvents: []', 'not-platform'],
  ['EXTENSION\tName: agent\tState: \tEvents: []', 'not-platform'],
  ['EXTENSION\tName: agent\tState: Ready', 'not-platform'],
  ['EXTENSION\tName: agent\tState: Ready\tEvents: INVOKE', 'not-platform'],
  ['TELEMETRY\tName: agent\tState: Subscribed', 'not-platform'],
  ['EXTENSION\tState: Ready\tName: agent\tEvents: []', 'not-platform'],
  ['LOGS\tName: agent\tTypes: []', 'not-platform'],
  ['LOGS\tName: agent\tState: Subscribed\tEvents: [INVOKE]', 'not-platform'],
  ['TELEMETRY         Name: agent\tState: Subscribed\tTypes: []', 'not-platform'],
  ['EXTENSION\tName agent: x\tState: Ready\tEvents: []', 'not-platform'],
  ['EXTENSION\tA Name: agent\tState: Ready\tEvents: []', 'not-platform'],
  ['EXTENSION         Name: agent\tState: Ready\tEvents: []', 'not-platform'],
  ['EXTENSIONS\tName: agent\tState: Ready\tEvents: []', 'not-platform'],
])('%j is none: %s', (message, reason) => {
  expect(parsePlatformLine(message)).toEqual({ ok: false, reason });
});
