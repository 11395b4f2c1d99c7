/** The environments of a function while an hour is replayed, in one pool a tenant: tenants never share an environment. */
import type { PooledEnvironment } from './environment-pool.ts';
import { EnvironmentPool } from './environment-pool.ts';

type ConfigurationAndRuntime = Pick<PooledEnvironment, 'configuration' | 'runtime'>;

export class TenantPools {
  readonly #pools = new Map<string | null, EnvironmentPool>();
  readonly #placementMs: number;

  /** As for {@link EnvironmentPool}. */
  constructor(placementMs: number) {
    this.#placementMs = placementMs;
  }

  /** The pool of a tenant; null is the one pool of a function without tenant isolation. */
  of(tenant: string | null): EnvironmentPool {
    const known = this.#pools.get(tenant);
    if (known !== undefined) return known;
    const pool = new EnvironmentPool(this.#placementMs);
    this.#pools.set(tenant, pool);
    return pool;
  }

  /** Yields the environments of all tenants with their ids. */
  *entries(): Iterable<readonly [id: number, environment: PooledEnvironment]> {
    for (const pool of this.#pools.values()) yield* pool.entries();
  }

  /** Returns whether an environment of any tenant has this configuration. */
  hasConfiguration(configuration: string): boolean {
    for (const pool of this.#pools.values()) if (pool.hasConfiguration(configuration)) return true;
    return false;
  }

  /** Returns whether an environment of any tenant has this configuration and runtime version. */
  hasConfigurationAndRuntime(one: ConfigurationAndRuntime): boolean {
    for (const pool of this.#pools.values()) if (pool.hasConfigurationAndRuntime(one)) return true;
    return false;
  }
}
