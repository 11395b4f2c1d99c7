/** Examples of the operations in ../inventory.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { inventoryRoutes } from '../inventory.ts';
import type { ExamplesOf } from '../route.ts';

export const inventoryExamples: ExamplesOf<typeof inventoryRoutes> = {
  listInventory: {
    query: { limit: 50 },
    answer: {
      items: [
        {
          id: '000000000000:eu-west-1:search',
          since: '2026-11-28T07:56:52.172Z',
          confirmedAt: '2026-11-28T07:56:52.172Z',
          source: 'declared',
          memoryMb: null,
          timeoutMs: null,
          runtime: 'python3.13',
          architecture: 'arm64',
          packageType: null,
          codeSizeBytes: null,
          ephemeralStorageMb: null,
          provisionedConcurrency: null,
          snapStart: null,
          state: null,
          logGroup: null,
          vpcId: null,
          subnetIds: [],
          securityGroupIds: [],
          layers: null,
          lastModifiedAt: null,
          codeSha256: null,
          versionCodes: null,
          versionArchitectures: null,
          tenantIsolation: null,
          durable: null,
          capacityProvider: null,
          environmentConcurrency: null,
          instances: null,
          instanceHourUsd: null,
          subscriptionFilters: { thermocline: true },
        },
      ],
      nextCursor: null,
    },
  },
  updateInventory: {
    body: { functions: [{ id: '000000000000:eu-west-1:webhook-fanout', architecture: 'arm64', timeoutSeconds: 30 }] },
    answer: { accepted: 1, duplicates: 0, ignored: 0, rejected: 0 },
  },
};
