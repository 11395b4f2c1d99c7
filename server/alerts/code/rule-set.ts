/** Rule files of a folder as one set: what is to exist, each with the place where it is written. */
import type { FieldError } from '../rules/documents.ts';
import type { FileError, RuleFile } from '../rules/rule-files.ts';
import { fileErrorText, readRuleFile } from '../rules/rule-files.ts';

/** A rule file that was read. */
export interface SourceText {
  /** As it is shown: relative to the folder that was named. */
  readonly file: string;
  /** Absolute folder, against which `file:` references are resolved. */
  readonly folder: string;
  readonly text: string;
}

export interface FileProblem extends FileError {
  readonly file: string;
}

/** One thing of a file, and where its fields are. */
interface Written<T> {
  readonly source: SourceText;
  /** Path in its file: `rules.0`. */
  readonly path: string;
  readonly document: T;
  readonly lineOf: (field: string) => number | null;
}

export interface RuleSet {
  readonly rules: readonly Written<RuleFile['rules'][number]>[];
  readonly receivers: readonly Written<RuleFile['receivers'][number]>[];
  /** Of all files in the order of their names; null if no file has routes. */
  readonly routes: readonly Written<NonNullable<RuleFile['routes']>[number]>[] | null;
  readonly inhibitions: readonly Written<NonNullable<RuleFile['inhibitions']>[number]>[] | null;
  /** Files that have routes, and those that have inhibitions: also of empty lists. */
  readonly routeFiles: readonly string[];
  readonly inhibitionFiles: readonly string[];
  /** Number of tests of rules. */
  readonly tests: number;
}

export type RuleSetResult =
  | { readonly ok: true; readonly set: RuleSet }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** The form of compilers: `rules/checkout.yaml:12: rules.0.window: expected …`. */
export function problemText({ file, ...error }: FileProblem): string {
  return `${file}${error.line === null ? ': ' : ':'}${fileErrorText(error)}`;
}

/** Parses all files. On failure, returns the problems of all of them. An id appears once in all files together. */
export function readRuleSet(sources: readonly SourceText[]): RuleSetResult {
  const problems: FileProblem[] = [];
  const rules: RuleSet['rules'][number][] = [];
  const receivers: RuleSet['receivers'][number][] = [];
  const routes: NonNullable<RuleSet['routes']>[number][] = [];
  const inhibitions: NonNullable<RuleSet['inhibitions']>[number][] = [];
  const routeFiles: string[] = [];
  const inhibitionFiles: string[] = [];
  let tests = 0;
  const ordered = sources.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  for (const source of ordered) {
    const result = readRuleFile(source.text);
    if (!result.ok) {
      problems.push(...result.errors.map((error) => ({ ...error, file: source.file })));
      continue;
    }
    const { file, lineOf } = result;
    const written = <T>(name: string, list: readonly T[]): Written<T>[] =>
      list.map((document, at) => ({
        source,
        path: `${name}.${at}`,
        document,
        lineOf: (field) => lineOf(`${name}.${at}${field === '' ? '' : `.${field}`}`),
      }));
    tests += file.tests.length;
    rules.push(...written('rules', file.rules));
    receivers.push(...written('receivers', file.receivers));
    routes.push(...written('routes', file.routes ?? []));
    inhibitions.push(...written('inhibitions', file.inhibitions ?? []));
    if (file.routes !== undefined) routeFiles.push(source.file);
    if (file.inhibitions !== undefined) inhibitionFiles.push(source.file);
  }
  problems.push(...duplicates(rules), ...duplicates(receivers));
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    set: {
      rules,
      receivers,
      routes: routeFiles.length === 0 ? null : routes,
      inhibitions: inhibitionFiles.length === 0 ? null : inhibitions,
      routeFiles,
      inhibitionFiles,
      tests,
    },
  };
}

function duplicates(list: readonly Written<{ readonly id: string }>[]): readonly FileProblem[] {
  const first = new Map<string, string>();
  return list.flatMap(({ source: { file }, path, document: { id }, lineOf }) => {
    const before = first.get(id);
    if (before === undefined) first.set(id, file);
    // Of one file, its own errors name them.
    if (before === undefined || before === file) return [];
    return [{ file, line: lineOf('id'), field: `${path}.id`, message: `${id} is also in ${before}` }];
  });
}

const FIELD = /^(rules|receivers|routes|inhibitions)\.(\d+)(?:\.(.*))?$/;

/** Errors of a server about the set, such as `rules.3.receivers.0`, with the file and the line that they are about. */
export function placed(set: RuleSet, errors: readonly FieldError[]): readonly FileProblem[] {
  return errors.map(({ field, message }) => {
    const [, kind, at, inner = ''] = FIELD.exec(field) ?? [];
    const list = kind === undefined ? null : set[kind as 'rules' | 'receivers' | 'routes' | 'inhibitions'];
    const found = list?.[Number(at)];
    if (found === undefined) return { file: 'rule files', line: null, field, message };
    const path = inner === '' ? found.path : `${found.path}.${inner}`;
    return { file: found.source.file, line: found.lineOf(inner), field: path, message };
  });
}
