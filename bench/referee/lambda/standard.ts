/** A plain function that scenarios vary: Node.js, 512 MB, no faults, a fixed idle window. */
import type { Configuration, FunctionPlan } from './plan.ts';

export const STANDARD_CONFIGURATION: Configuration = {
  id: 'latest',
  version: '$LATEST',
  memoryMb: 512,
  architecture: 'x86_64',
  packageType: 'Zip',
  runtime: 'nodejs22.x',
  runtimeVersion: 'nodejs:22.v48',
  codeSha256: 'pZK8h0mWkPlantedCodeAPlantedCodeAPlantedCodeA=',
  codeBytes: 3_145_728,
  timeoutMs: 30_000,
  vpc: false,
  snapStart: false,
  initMs: 180,
  initSigma: 0.1,
  work: { cpuMs: 20, waitMs: 60, threads: 1, sigma: 0.3, tail: null, perKilobyte: 0 },
  memory: { baseMb: 90, perKilobyteMb: 0, leakMb: 0, heapShare: null },
  faults: { timeout: 0, exit: 0, outOfMemory: 0, handled: 0 },
};

export const STANDARD_PLAN: Omit<FunctionPlan, 'name' | 'requests' | 'routing' | 'seed'> = {
  accountId: '123456789012',
  region: 'us-east-1',
  format: 'text',
  configurations: [STANDARD_CONFIGURATION],
  slowness: { at: () => 1 },
  placement: {
    slowness: { at: () => 1 },
    medianMs: 90,
    sigma: 0.2,
    pullMsPerMb: 0,
    pullShare: 0,
    networkMs: 0,
    networkSigma: 0,
    networkShare: 0,
  },
  keepAlive: { shape: 'fixed', ms: 360_000 },
  reuse: 'most-recent',
  lifetimeMs: null,
  evictionsMs: [],
  provisioned: null,
  proactivePerHour: 0,
  tracedShare: 0,
};
