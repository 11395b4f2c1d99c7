/**
 * AWS Lambda list prices, first tier, as read from the Price List API between October 2025 and September 2026.
 * Dated data: check before relying on the cents. Regions that are not listed are priced at the standard rate and flagged.
 */

export interface RegionPrice {
  readonly currency: 'USD' | 'CNY';
  readonly x86PerGbS: number;
  readonly arm64PerGbS: number;
  readonly perRequest: number;
}

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
