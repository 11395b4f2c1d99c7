/** All scenarios of the referee, in the order of their tables. */
import type { Scenario } from './scenario.ts';
import { causesScenario } from './scenarios/causes.ts';
import { keepAliveScenario } from './scenarios/keep-alive.ts';
import { networkScenario } from './scenarios/network.ts';
import { ratesScenario } from './scenarios/rates.ts';
import { verdictScenarios } from './scenarios/verdicts.ts';

export const SCENARIOS: readonly Scenario[] = [
  networkScenario,
  keepAliveScenario,
  ...verdictScenarios,
  ratesScenario,
  causesScenario,
];
