/** Table `function_fact`: history of a function's configuration. A source that changes anything adds a row. */
import type Database from 'better-sqlite3';
import type { FunctionFacts } from '../../../../ingest/records/function-facts.ts';
import { mergeFacts } from '../../questions/inventory/result.ts';
import { functionFacts, parseStored } from '../../stored-json.ts';

export class FunctionFactsWriter {
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      newest: db.prepare(
        'SELECT from_ms AS fromMs, facts FROM function_fact WHERE function_id = ? ORDER BY from_ms DESC LIMIT 1',
      ),
      add: db.prepare(
        `INSERT INTO function_fact (function_id, from_ms, source, confirmed_ms, facts) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET source = excluded.source, confirmed_ms = excluded.confirmed_ms, facts = excluded.facts`,
      ),
      confirm: db.prepare('UPDATE function_fact SET confirmed_ms = ? WHERE function_id = ? AND from_ms = ?'),
      current: db.prepare('UPDATE function SET architecture = ?, runtime = ?, vpc = ?, package_type = ? WHERE id = ?'),
    };
  }

  /** Merges facts into the newest row; null fields keep their value. Returns 1 if anything changed, else 0. */
  write(functionId: number, facts: FunctionFacts, source: string, nowMs: number): number {
    const { kind: _kind, account: _account, region: _region, name: _name, ...given } = facts;
    const newest = this.#sql.newest.get(functionId) as { fromMs: number; facts: string } | undefined;
    const known =
      newest === undefined
        ? null
        : parseStored(functionFacts, newest.facts, `function_fact of function ${functionId} at ${newest.fromMs}`);
    const merged = mergeFacts(known, given);
    const text = JSON.stringify(merged);
    if (newest !== undefined && text === newest.facts) {
      this.#sql.confirm.run(nowMs, functionId, newest.fromMs);
      return 0;
    }
    this.#sql.add.run(functionId, nowMs, source, nowMs, text);
    const vpc = merged.subnetIds === null ? null : Number(merged.subnetIds.length > 0);
    this.#sql.current.run(merged.architecture, merged.runtime, vpc, merged.packageType, functionId);
    return 1;
  }
}
