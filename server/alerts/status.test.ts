/** The state of rules and alerts as it is shown, and the product's alerts about itself. */
import { describe, expect, test } from 'vitest';
import { testReceiver } from '../../test/support/receivers.ts';
import { ruleDocument } from '../http/contract/alert-rules.ts';
import type { Instance } from './evaluate/alert.ts';
import { testAlert } from './evaluate/alert.ts';
import { INACTIVE } from './evaluate/transition.ts';
import { receiverDisabledAlert, ruleFailingAlert, storageAlert } from './meta-alerts.ts';
import { ruleOf } from './rules/documents.ts';
import { instanceStatuses, ruleStatus } from './status.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const AT = '2026-11-21T12:00:00.000Z';
const rule = ruleOf(ruleDocument.parse({ id: 'r', name: 'R', threshold: 1, signal: { kind: 'unparsed' } }));

function instance(phase: 'firing' | 'pending', labels: Readonly<Record<string, string>> = {}, ruleId = 'r'): Instance {
  return { series: '', state: { ...INACTIVE, phase }, alert: { ...testAlert(AT), ruleId, labels } };
}

describe('the state of a rule', () => {
  const all = [instance('firing'), instance('firing'), instance('pending'), instance('firing', {}, 'other')];
  const counts = { firing: 2, pending: 1 };

  test.each([
    ['firing before pending', {}, { error: null }, all, { state: 'firing', ...counts }],
    ['pending', {}, null, [instance('pending')], { state: 'pending', firing: 0, pending: 1 }],
    ['inactive', {}, { error: null }, [instance('firing', {}, 'other')], { state: 'inactive', firing: 0, pending: 0 }],
    ['an error before what fires', {}, { error: 'timeout' }, all, { state: 'error', ...counts }],
    ['disabled before an error', { enabled: false }, { error: 'timeout' }, all, { state: 'disabled', ...counts }],
  ] as const)('%s', (_, change, state, instances, expected) => {
    expect(ruleStatus({ ...rule, ...change }, state, instances)).toEqual(expected);
  });
});

test('alerts show whether a silence or another alert holds them back', () => {
  const is = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });
  const inhibitions = [{ source: [is('kind', 'down')], target: [is('kind', 'slow')], equal: ['team'] }];
  const silences = [{ matchers: [is('team', 'b')], startsMs: NOW, endsMs: NOW + 1 }];
  const instances = [
    instance('firing', { kind: 'down', team: 'a' }),
    instance('pending', { kind: 'slow', team: 'a' }),
    instance('firing', { kind: 'slow', team: 'b' }),
    // A pending alert inhibits nothing.
    instance('pending', { kind: 'down', team: 'b' }),
  ];
  const shown = (nowMs: number) =>
    instanceStatuses(instances, { inhibitions }, silences, nowMs).map(({ phase, silenced, inhibited }) => [
      phase,
      silenced,
      inhibited,
    ]);
  expect(shown(NOW)).toEqual([
    ['firing', false, false],
    ['pending', false, true],
    ['firing', true, false],
    ['pending', true, false],
  ]);
  expect(shown(NOW + 1).map(([, silenced]) => silenced)).toEqual([false, false, false, false]);
});

describe('alerts of the product about itself', () => {
  test('each field', () => {
    expect(storageAlert('disk', 'The disk is nearly full.', NOW, 'al_1')).toEqual({
      series: 'storage:disk',
      alert: {
        id: 'al_1',
        sequence: 1,
        ruleId: 'thermocline:self',
        ruleName: 'Disk nearly full',
        severity: 'critical',
        runbookUrl: null,
        labels: { alertname: 'Disk nearly full', severity: 'critical', trouble: 'disk' },
        annotations: {},
        summary: 'The disk is nearly full.',
        value: null,
        threshold: 0,
        unit: '',
        n: 0,
        interval: null,
        coverage: null,
        window: { from: AT, to: AT },
        startsAt: AT,
        endsAt: null,
        reason: null,
        evidence: [],
      },
      state: {
        phase: 'firing',
        activeSinceMs: NOW,
        firedMs: NOW,
        keepSinceMs: null,
        missed: 0,
        evaluatedMs: NOW,
        failing: false,
      },
    });
  });

  test.each([
    ['damage', 'Database damaged'],
    ['files', 'Database file deleted or replaced'],
    ['backup', 'Backup failed'],
    ['attribution', 'Cold starts not attributed'],
    ['clock', 'System clock not plausible'],
    ['something new', 'Storage'],
  ])('trouble with %s: %s', (trouble, name) => {
    expect(storageAlert(trouble, '', NOW, '').alert.labels['alertname']).toBe(name);
  });

  test('a receiver and a rule of the same id are two alerts, and say what to know', () => {
    const receiver = receiverDisabledAlert(testReceiver('r', { name: 'Ops' }), 'gone', NOW, '');
    const failing = ruleFailingAlert(rule, 'e'.repeat(501), NOW, '');
    expect([receiver.series, failing.series]).toEqual(['receiver:r', 'rule:r']);
    expect([receiver.alert.labels, failing.alert.labels]).toMatchObject([{ receiver: 'Ops' }, { rule: 'r' }]);
    expect(receiver.alert.summary).toBe(
      'Receiver Ops was disabled because it answered 410 Gone. It receives no alerts.',
    );
    expect(receiverDisabledAlert(testReceiver('r'), 'failing', NOW, '').alert.summary).toBe(
      'Receiver r was disabled because all deliveries failed for 24 hours. It receives no alerts.',
    );
    expect(failing.alert.summary).toBe(
      `Rule R cannot be evaluated: ${'e'.repeat(500)}. Its alerts keep their last state.`,
    );
    expect([receiver.alert.ruleName, failing.alert.ruleName]).toEqual([
      'Receiver disabled',
      'Rule cannot be evaluated',
    ]);
  });
});
