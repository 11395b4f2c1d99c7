/** Table `log_group`: one row per log group of an account and region. Ids are cached until {@link LogGroups.reset}. */
import type Database from 'better-sqlite3';
import type { AwsScope } from '../../aws-scope.ts';
import { adoptScope } from '../../aws-scope.ts';

export interface LogGroupName {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
}

export class LogGroups {
  readonly #ids = new Map<string, number>();
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      find: db.prepare('SELECT id, account, region FROM log_group WHERE name = ?'),
      add: db.prepare('INSERT INTO log_group (account, region, name) VALUES (?, ?, ?)'),
      setScope: db.prepare('UPDATE log_group SET account = ?, region = ? WHERE id = ?'),
    };
  }

  /** Finds or inserts the log group. */
  idOf({ account, region, logGroup }: LogGroupName): number {
    const key = `${account}\n${region}\n${logGroup}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      const found = adoptScope(this.#sql.find.all(logGroup) as AwsScope[], { account, region }, (scope) =>
        this.#sql.setScope.run(scope.account, scope.region, scope.id),
      );
      // As in Functions: which group a line without an account is of may be uncertain from now on.
      if (found === null) this.#ids.clear();
      id = found ?? Number(this.#sql.add.run(account, region, logGroup).lastInsertRowid);
      this.#ids.set(key, id);
    }
    return id;
  }

  /** Clears the cache after a rollback. */
  reset(): void {
    this.#ids.clear();
  }
}
