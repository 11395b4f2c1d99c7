/** Table `environment_tenant`: which tenant an environment serves, for functions with tenant isolation. */
import type Database from 'better-sqlite3';
import type { StaleHours } from './stale-hours.ts';

const MAX_CACHED = 100_000;

interface OtherEnvironment {
  readonly firstSeenMs: number;
}

export class EnvironmentTenants {
  readonly #known = new Set<number>();
  readonly #staleHours: StaleHours;
  readonly #sql;

  constructor(db: Database.Database, staleHours: StaleHours) {
    this.#staleHours = staleHours;
    this.#sql = {
      add: db.prepare(
        'INSERT OR IGNORE INTO environment_tenant (function_id, tenant_id, environment_id) VALUES (?, ?, ?)',
      ),
      next: db.prepare(
        `SELECT min(first_seen_ms) AS firstSeenMs FROM environment_tenant JOIN environment ON environment.id = environment_id
         WHERE environment_tenant.function_id = ? AND tenant_id = ? AND environment_id <> ? HAVING firstSeenMs NOT NULL`,
      ),
    };
  }

  /** Notes the tenant of an environment; `firstSeenMs` is the time of the environment's first line, epoch ms. */
  note(functionId: number, environmentId: number, tenantId: number | null, firstSeenMs: number): void {
    if (tenantId === null || this.#known.has(environmentId)) return;
    if (this.#known.size >= MAX_CACHED) this.#known.clear();
    this.#known.add(environmentId);
    if (this.#sql.add.run(functionId, tenantId, environmentId).changes === 0) return;
    const next = this.#sql.next.get(functionId, tenantId, environmentId) as OtherEnvironment | undefined;
    // The environment that seemed to be the first of the tenant is no longer.
    if (next !== undefined && next.firstSeenMs > firstSeenMs) {
      this.#staleHours.span(functionId, next.firstSeenMs, next.firstSeenMs);
    }
  }

  /** Clears the cache after a rollback. */
  reset(): void {
    this.#known.clear();
  }
}
