/** Every table is known to restrictions; what their filters say is tested on ClickHouse's engine in test/clickhouse. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nameConditions, restrictionOf } from '../restriction.ts';
import { FUNCTION_TABLES, KNOWN_TABLES, restrictedQuery } from './restricted-tables.ts';

const folder = new URL('../../../migrations/clickhouse/', import.meta.url);
const migrations = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
const created = migrations.flatMap((text) => [
  ...text.matchAll(/CREATE TABLE \{table (\w+) by \w+\} \(([\s\S]*?)\n\)/g),
]);

test('every table of the migrations is known, and those with functions are filtered by them', () => {
  expect(created.length).toBeGreaterThan(40);
  expect(created.map(([, name]) => name).toSorted()).toEqual(
    KNOWN_TABLES.filter((name) => name !== 'schema_migration').toSorted(),
  );
  const withFunction = created
    .filter(([, , columns]) => /^\s*function_id /m.test(columns ?? ''))
    .map(([, name]) => name);
  const isOfImport = (name: string | undefined): boolean => name?.startsWith('import_') === true;
  expect(withFunction.filter((name) => !isOfImport(name)).toSorted()).toEqual([...FUNCTION_TABLES].toSorted());
});

test('a query has filters for the tables that it names, with the database of the tables in them', () => {
  const restriction = nameConditions(restrictionOf(['account:111122223333', 'function:pay-*', 'function:a.b?']) ?? []);
  const permitted = String.raw`match(account, \'^(?s:111122223333)$\') AND match(name, \'^(?s:a\\\\.b.|pay\\\\-.*)$\')`;
  expect(restrictedQuery('SELECT 1', restriction, 'lambdas')).toBe('SELECT 1');
  expect(restrictedQuery('SELECT n FROM rollup_1h JOIN reject', restriction, 'lambdas')).toBe(
    `SELECT n FROM rollup_1h JOIN reject SETTINGS additional_table_filters = {'rollup_1h': 'function_id IN (SELECT function_id FROM \`lambdas\`.lambda_function WHERE ${permitted})', 'reject': '0'}`,
  );
});

test('functions with the tags of a restriction are those with these ids; without any, nothing is read', () => {
  const of = (functionIds: readonly number[]) =>
    restrictedQuery('SELECT name FROM lambda_function', [{ kind: 'tagged', names: '', functionIds }], 'lambdas');
  const settings = 'SELECT name FROM lambda_function SETTINGS additional_table_filters';
  expect(of([7, 11])).toBe(`${settings} = {'lambda_function': 'function_id IN (7,11)'}`);
  expect(of([])).toBe(`${settings} = {'lambda_function': '0'}`);
});
