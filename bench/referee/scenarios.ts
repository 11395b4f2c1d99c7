/** All scenarios of the referee, in the order of their tables. */
import type { Scenario } from './scenario.ts';
import { causesScenario } from './scenarios/causes.ts';
import { fanOutScenarios } from './scenarios/fan-out.ts';
import { keepAliveScenario } from './scenarios/keep-alive.ts';
import { networkScenario } from './scenarios/network.ts';
import { networkHoursScenario } from './scenarios/network-hours.ts';
import { pricesScenario } from './scenarios/prices.ts';
import { provisionedScenario } from './scenarios/provisioned.ts';
import { quietScenario } from './scenarios/quiet.ts';
import { ratesScenario } from './scenarios/rates.ts';
import { rightSizingScenario } from './scenarios/right-sizing.ts';
import { verdictScenarios } from './scenarios/verdicts.ts';

export const SCENARIOS: readonly Scenario[] = [
  networkScenario,
  networkHoursScenario,
  rightSizingScenario,
  keepAliveScenario,
  ...verdictScenarios,
  ratesScenario,
  causesScenario,
  ...fanOutScenarios,
  pricesScenario,
  quietScenario,
  provisionedScenario,
];
