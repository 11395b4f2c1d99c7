/**
 * AWS Lambda list prices, first tier, read from the Price List API between October 2025 and September 2026. Check current
 * prices before relying on exact amounts. Regions not listed are priced at the standard rate and flagged.
 */

export interface RegionPrice {
  readonly currency: 'USD' | 'CNY';
  readonly x86PerGbS: number;
  readonly arm64PerGbS: number;
  readonly perRequest: number;
}

/** When the price list was read. */
export const PRICES_FIRST_MONTH = '2025-10';
export const PRICES_LAST_MONTH = '2026-09';

export const STANDARD_PRICE: RegionPrice = {
  currency: 'USD',
  x86PerGbS: 1.66667e-5,
  arm64PerGbS: 1.33334e-5,
  perRequest: 2e-7,
};

export const REGION_PRICES: Readonly<Record<string, RegionPrice>> = {
  'af-south-1': { currency: 'USD', x86PerGbS: 2.21e-5, arm64PerGbS: 1.768e-5, perRequest: 2.7e-7 },
  'ap-east-1': { currency: 'USD', x86PerGbS: 2.292e-5, arm64PerGbS: 1.83e-5, perRequest: 2.8e-7 },
  'ap-northeast-1': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'ap-northeast-2': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'ap-northeast-3': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'ap-south-1': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'ap-southeast-1': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'ap-southeast-2': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'ap-southeast-4': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'ap-southeast-5': { currency: 'USD', x86PerGbS: 1.5e-5, arm64PerGbS: 1.2e-5, perRequest: 1.8e-7 },
  'ca-central-1': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'cn-north-1': { currency: 'CNY', x86PerGbS: 0.0001136, arm64PerGbS: 9.08e-5, perRequest: 1.36e-6 },
  'cn-northwest-1': { currency: 'CNY', x86PerGbS: 0.0001136, arm64PerGbS: 9.08e-5, perRequest: 1.36e-6 },
  'eu-central-1': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'eu-central-2': { currency: 'USD', x86PerGbS: 1.83334e-5, arm64PerGbS: 1.46667e-5, perRequest: 2.2e-7 },
  'eu-north-1': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'eu-south-1': { currency: 'USD', x86PerGbS: 1.95172e-5, arm64PerGbS: 1.56138e-5, perRequest: 2.3e-7 },
  'eu-west-1': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'eu-west-2': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'eu-west-3': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'me-central-1': { currency: 'USD', x86PerGbS: 2.06667e-5, arm64PerGbS: 1.65334e-5, perRequest: 2.5e-7 },
  'me-south-1': { currency: 'USD', x86PerGbS: 2.06667e-5, arm64PerGbS: 1.65334e-5, perRequest: 2.5e-7 },
  'sa-east-1': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'us-east-1': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'us-east-2': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'us-west-1': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
  'us-west-2': { currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 },
};

/** Provisioned concurrency, dollars per GB-second: for the time it is kept ready, and for execution. */
export interface ProvisionedPrice {
  readonly keptPerGbS: number;
  readonly runPerGbS: number;
}

export const STANDARD_PROVISIONED = {
  x86: { keptPerGbS: 4.1667e-6, runPerGbS: 9.7222e-6 },
  arm64: { keptPerGbS: 3.3334e-6, runPerGbS: 7.7778e-6 },
} as const satisfies Record<string, ProvisionedPrice>;

/** Null if no arm64 price was found; the standard rate is then used and flagged as assumed. */
export const PROVISIONED_PRICES: Readonly<
  Record<string, { readonly x86: ProvisionedPrice; readonly arm64: ProvisionedPrice | null }>
> = {
  'af-south-1': { x86: { keptPerGbS: 5.53e-6, runPerGbS: 1.29e-5 }, arm64: null },
  'ap-east-1': { x86: { keptPerGbS: 5.7153e-6, runPerGbS: 1.33358e-5 }, arm64: null },
  'ap-northeast-1': { x86: { keptPerGbS: 5.3835e-6, runPerGbS: 1.25615e-5 }, arm64: null },
  'ap-northeast-2': { x86: { keptPerGbS: 5.1254e-6, runPerGbS: 1.19592e-5 }, arm64: null },
  'ap-northeast-3': { x86: { keptPerGbS: 5.3835e-6, runPerGbS: 1.25615e-5 }, arm64: null },
  'ap-south-1': { x86: { keptPerGbS: 4.4985e-6, runPerGbS: 1.04966e-5 }, arm64: null },
  'ap-southeast-1': { x86: { keptPerGbS: 5.1991e-6, runPerGbS: 1.21313e-5 }, arm64: null },
  'ap-southeast-2': { x86: { keptPerGbS: 5.236e-6, runPerGbS: 1.22173e-5 }, arm64: null },
  'ap-southeast-4': { x86: { keptPerGbS: 5.236e-6, runPerGbS: 1.22173e-5 }, arm64: null },
  'ap-southeast-5': { x86: { keptPerGbS: 4.6791e-6, runPerGbS: 1.09181e-5 }, arm64: null },
  'ca-central-1': { x86: { keptPerGbS: 4.646e-6, runPerGbS: 1.08407e-5 }, arm64: null },
  'eu-central-1': { x86: { keptPerGbS: 5.0147e-6, runPerGbS: 1.17011e-5 }, arm64: null },
  'eu-central-2': { x86: { keptPerGbS: 5.5162e-6, runPerGbS: 1.28712e-5 }, arm64: null },
  'eu-north-1': { x86: { keptPerGbS: 4.4248e-6, runPerGbS: 1.03245e-5 }, arm64: null },
  'eu-south-1': { x86: { keptPerGbS: 4.8783e-6, runPerGbS: 1.13827e-5 }, arm64: null },
  'eu-west-1': { x86: { keptPerGbS: 4.646e-6, runPerGbS: 1.08407e-5 }, arm64: null },
  'eu-west-2': { x86: { keptPerGbS: 4.8304e-6, runPerGbS: 1.12709e-5 }, arm64: null },
  'eu-west-3': { x86: { keptPerGbS: 4.8673e-6, runPerGbS: 1.13569e-5 }, arm64: null },
  'me-south-1': { x86: { keptPerGbS: 5.1108e-6, runPerGbS: 1.19251e-5 }, arm64: null },
  'sa-east-1': { x86: { keptPerGbS: 6.6372e-6, runPerGbS: 1.54867e-5 }, arm64: null },
  'us-east-1': {
    x86: { keptPerGbS: 4.1667e-6, runPerGbS: 9.7222e-6 },
    arm64: { keptPerGbS: 3.3334e-6, runPerGbS: 7.7778e-6 },
  },
  'us-east-2': {
    x86: { keptPerGbS: 4.1667e-6, runPerGbS: 9.7222e-6 },
    arm64: { keptPerGbS: 3.3334e-6, runPerGbS: 7.7778e-6 },
  },
  'us-west-1': { x86: { keptPerGbS: 4.9041e-6, runPerGbS: 1.1443e-5 }, arm64: null },
  'us-west-2': {
    x86: { keptPerGbS: 4.1667e-6, runPerGbS: 9.7222e-6 },
    arm64: { keptPerGbS: 3.3334e-6, runPerGbS: 7.7778e-6 },
  },
};

/** Ephemeral storage above the first 512 MB, dollars per GB-second. */
export const STANDARD_EPHEMERAL_PER_GBS = 3.09e-8;
export const EPHEMERAL_PER_GBS: Readonly<Record<string, number>> = {
  'af-south-1': 4.04e-8,
  'ap-east-1': 4.07e-8,
  'ap-northeast-1': 3.7e-8,
  'ap-northeast-2': 3.52e-8,
  'ap-northeast-3': 3.7e-8,
  'ap-south-1': 3.52e-8,
  'ap-southeast-1': 3.7e-8,
  'ap-southeast-2': 3.7e-8,
  'ap-southeast-4': 3.7e-8,
  'ap-southeast-5': 3.33e-8,
  'ca-central-1': 3.4e-8,
  'eu-central-1': 3.67e-8,
  'eu-central-2': 4.41e-8,
  'eu-north-1': 3.23e-8,
  'eu-south-1': 3.57e-8,
  'eu-west-1': 3.4e-8,
  'eu-west-2': 3.58e-8,
  'eu-west-3': 3.58e-8,
  'me-south-1': 3.74e-8,
  'sa-east-1': 5.86e-8,
  'us-east-1': 3.09e-8,
  'us-east-2': 3.09e-8,
  'us-west-1': 3.7e-8,
  'us-west-2': 3.09e-8,
};

/**
 * CloudWatch Logs: ingestion of Lambda logs, standard class, dollars per GB. By the volume of an account and region in a month since
 * May 2025: the first 10 TB, the next 20 TB, the next 20 TB, and beyond.
 */
type LogPrices = readonly [first: number, second: number, third: number, fourth: number];
export const STANDARD_LOGS_PER_GB: LogPrices = [0.5, 0.25, 0.1, 0.05];
export const LOGS_PER_GB: Readonly<Record<string, LogPrices>> = { 'us-east-1': STANDARD_LOGS_PER_GB };

/** SnapStart of Python and .NET functions, in dollars: per GB-second that a snapshot is kept, and per GB restored. */
export interface SnapStartPrice {
  readonly cachePerGbS: number;
  readonly restorePerGb: number;
}

export const STANDARD_SNAP_START: SnapStartPrice = { cachePerGbS: 1.5046e-6, restorePerGb: 1.397998e-4 };
/** Regions that are not listed are priced at the rate of us-east-1. */
export const SNAP_START_PRICES: Readonly<Record<string, SnapStartPrice>> = {
  'us-east-1': STANDARD_SNAP_START,
  'us-east-2': STANDARD_SNAP_START,
  'us-west-2': STANDARD_SNAP_START,
};
