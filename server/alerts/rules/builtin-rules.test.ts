/** What a new installation begins with: each rule of the file, and which alerts hold back which. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Routing } from '../notify/routing.ts';
import { inhibitor } from '../notify/routing.ts';
import { BUILTIN_RULE_NAMES } from './builtin-names.ts';
import { installBuiltinRules } from './builtin-rules.ts';
import type { Rule } from './rule.ts';
import { readRuleFile } from './rule-files.ts';

const folder = new URL('../../../deploy/', import.meta.url);

async function install() {
  const saved: { rules: Rule[]; routing: Routing[] } = { rules: [], routing: [] };
  await installBuiltinRules(
    {
      saveRule: async (rule) => saved.rules.push(rule) > 0,
      saveRouting: async (routing) => saved.routing.push(routing) > 0,
    },
    folder,
  );
  return saved;
}

test('pages know the name of every rule of the file', async () => {
  const { rules } = await install();
  expect(BUILTIN_RULE_NAMES).toEqual(rules.map(({ name }) => name));
});

test('every rule of the file is saved once', async () => {
  const file = readRuleFile(readFileSync(new URL('rules/builtin.yaml', folder), 'utf8'));
  const { rules, routing } = await install();
  expect(rules.map(({ id }) => id)).toEqual(file.ok ? file.file.rules.map(({ id }) => id) : []);
  expect(routing.map(({ routes }) => routes)).toEqual([[]]);
});

test('a folder without rules is an error', async () => {
  const nowhere = { saveRule: async () => true, saveRouting: async () => true };
  await expect(installBuiltinRules(nowhere, new URL('docs/', folder))).rejects.toThrow('builtin.yaml');
});

describe('inhibitions', () => {
  const labels = (alertname: string, name = 'checkout') => ({ alertname, account: '1', region: 'r', function: name });
  async function heldBackBy(firing: string) {
    const { rules, routing } = await install();
    const isInhibited = inhibitor(routing[0]?.inhibitions ?? [], [labels(firing)]);
    const names = (other: string) => rules.map(({ name }) => name).filter((name) => isInhibited(labels(name, other)));
    return { sameFunction: names('checkout'), otherFunction: names('search') };
  }

  test('while no lines arrive, rates and cost are not told: of no function', async () => {
    const held = [
      'Error rate above 1 %',
      'Error rate above 10 %',
      'User-felt cold starts above 1 %',
      'Cost per day up by more than 50 %',
    ];
    expect(await heldBackBy('No lines arrive')).toEqual({ sameFunction: held, otherFunction: held });
  });

  test('a function that is initialised again and again has no timeouts of its own', async () => {
    expect(await heldBackBy('Initialised again and again')).toEqual({ sameFunction: ['Timeouts'], otherFunction: [] });
  });

  test('other alerts hold back nothing', async () => {
    expect(await heldBackBy('Timeouts')).toEqual({ sameFunction: [], otherFunction: [] });
  });
});
