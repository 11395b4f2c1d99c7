/** A tiny run of the referee: lines, product, comparison, kept results. */
import { expect, it } from 'vitest';
import { runScenarios } from '../../bench/referee/run.ts';
import { linesOf } from '../../bench/referee/scenario.ts';
import { SCENARIOS } from '../../bench/referee/scenarios.ts';
import { removeFolder, temporaryFolder } from '../support/product.ts';

const dist = new URL('../../dist/', import.meta.url);

it('plays a scenario, compares it with its truth, and keeps the result', async () => {
  const cache = temporaryFolder();
  const said: string[] = [];
  const options = { seeds: 1, dist, cache, scale: 0.1, say: (text: string) => said.push(text) };
  const chosen = SCENARIOS.filter(({ name }) => name === 'rates');
  try {
    const [first] = await runScenarios(chosen, options);
    expect(first?.lines[0]).toMatchObject({ what: 'cold-start rate counts the lines exactly', pass: true });
    expect(said.at(-1)).toMatch(/^1 of 1: rates seed 1 took [\d.]+ s; [\d.]+ a minute, 0 s left$/);
    const [again] = await runScenarios(chosen, options);
    expect(said.at(-1)).toBe('1 of 1: rates seed 1, kept from an earlier run');
    expect(again?.lines).toEqual(first?.lines);
  } finally {
    removeFolder(cache);
  }
});

it('fails a row that nothing was observed for', () => {
  for (const { rows } of SCENARIOS) {
    const bounded = rows.filter(({ kind }) => kind !== 'figure');
    expect(linesOf(bounded, {}).map(({ pass }) => pass)).toEqual(bounded.map(() => false));
  }
});
