/** Built-in rules and inhibitions of a new installation. Users can change or delete them afterwards. */
import { readFileSync } from 'node:fs';
import { routingDocument } from '../../http/contract/routing.ts';
import type { AlertEngine } from '../engine.ts';
import { routingOf, ruleOf } from './documents.ts';
import { fileErrorText, readRuleFile } from './rule-files.ts';

const INHIBITIONS = [
  // Without incoming lines, rates are meaningless.
  {
    source: [{ name: 'alertname', value: 'No lines arrive' }],
    target: [{ name: 'alertname', value: 'Error rate.*|User-felt cold starts.*|Cost per day.*', isRegex: true }],
  },
  {
    source: [{ name: 'alertname', value: 'Initialised again and again' }],
    target: [{ name: 'alertname', value: 'Timeouts' }],
    equal: ['account', 'region', 'function'],
  },
];

/** Saves the built-in rules and inhibitions. `folder` is that of the deploy kits. @throws Error if rules/builtin.yaml is invalid. */
export async function installBuiltinRules(
  alerts: Pick<AlertEngine, 'saveRule' | 'saveRouting'>,
  folder: URL,
): Promise<void> {
  const result = readRuleFile(readFileSync(new URL('rules/builtin.yaml', folder), 'utf8'));
  if (!result.ok) throw new Error(`rules/builtin.yaml: ${result.errors.map(fileErrorText).join('; ')}`);
  for (const rule of result.file.rules) await alerts.saveRule(ruleOf(rule));
  await alerts.saveRouting(routingOf(routingDocument.parse({ routes: [], inhibitions: INHIBITIONS })));
}
