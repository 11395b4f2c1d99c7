/**
 * Writes the lists that follow from which files exist: questions of both stores, routes, their examples and handlers, and the
 * operations that the pages use. `npm run lists` writes them; `npm run check` fails if one is out of date.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const QUESTIONS = 'server/storage/questions';
const HEADER = '// Written by `npm run lists`. Do not edit.\n';

const parse = (file) => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
const isExported = (node) => node.modifiers?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword) === true;
const sources = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !/\.(test|generated)\.ts$/.test(name))
    .toSorted();

/** Names of exported constants that end in `suffix`, with their file. */
function constants(folder, suffix) {
  return sources(folder).flatMap((name) =>
    parse(join(folder, name))
      .statements.filter((one) => ts.isVariableStatement(one) && isExported(one))
      .flatMap((one) => one.declarationList.declarations.map((each) => each.name.text))
      .filter((constant) => constant.endsWith(suffix))
      .map((constant) => ({ constant, from: `${folder}/${name}` })),
  );
}

/** Every `<Noun>Questions` interface of questions/<noun>/types.ts, with its methods. */
function questions() {
  return readdirSync(QUESTIONS)
    .toSorted()
    .filter((noun) => existsSync(join(QUESTIONS, noun, 'types.ts')))
    .flatMap((noun) =>
      parse(join(QUESTIONS, noun, 'types.ts'))
        .statements.filter((one) => ts.isInterfaceDeclaration(one) && one.name.text.endsWith('Questions'))
        .map((one) => ({ noun, port: one.name.text, methods: one.members.map((member) => member.name.text) })),
    );
}

const importsOf = (list, of) => list.map((one) => `import ${of(one)};\n`).join('');
const block = (list) => list.map((one) => `  ${one},\n`).join('');

function portFile(all) {
  const methods = all.flatMap((one) => one.methods);
  const extended = all.map((one) => one.port).toSorted();
  return `${HEADER}${importsOf(all, ({ noun, port }) => `type { ${port} } from './${noun}/types.ts'`)}
${all.map(({ noun }) => `export type * from './${noun}/types.ts';\n`).join('')}
/**
 * Reads of telemetry. Every method answers within the reader's deadline or rejects with a StoreError: \`deadline\` if it takes
 * longer, \`unavailable\` if the store cannot answer now. Times are epoch ms; ranges are half-open.
 */
export interface TelemetryReader\n  extends ${extended.join(',\n    ')} {}

/** Builds a reader from a function that answers each question by its name. */
export function telemetryReaderOf(
  call: <K extends keyof TelemetryReader>(
    name: K,
  ) => (query: Parameters<TelemetryReader[K]>[0]) => ReturnType<TelemetryReader[K]>,
): TelemetryReader {
  return {
${methods.map((name) => `    ${name}: call('${name}'),\n`).join('')}  };
}
`;
}

function storeFile(all, dialect, context, contextFile) {
  return `${HEADER}${importsOf(
    all,
    ({ noun, methods }) => `{ ${methods.toSorted().join(', ')} } from '../questions/${noun}/${dialect}.ts'`,
  )}import type { TelemetryReader } from '../questions/telemetry-reader.generated.ts';
import type { ${context} } from './${contextFile}';

/** Answers of this store, by question. */
export const telemetryQuestions: {
  readonly [K in keyof TelemetryReader]: (
    context: ${context},
    query: Parameters<TelemetryReader[K]>[0],
  ) => ReturnType<TelemetryReader[K]>;
} = {
${block(all.flatMap((one) => one.methods))}};
`;
}

/** Spreads constants of a folder into one: `head` precedes the list, `open` opens it, and `close` ends it. */
function spreadFile(found, folder, [head, open, close]) {
  const relative = (file) =>
    file.startsWith(`${folder}/`) ? `./${file.slice(folder.length + 1)}` : `../${file.split('/').at(-1)}`;
  return `${HEADER}${importsOf(found, ({ constant, from }) => `{ ${constant} } from '${relative(from)}'`)}${head}
${open}
${block(found.map(({ constant }) => `...${constant}`))}${close}
`;
}

/** Method and path of each declared operation. */
function declared(found) {
  return found.flatMap(({ constant, from }) => {
    const statement = parse(from).statements.find(
      (one) => ts.isVariableStatement(one) && one.declarationList.declarations[0].name.text === constant,
    );
    const [routes] = statement.declarationList.declarations[0].initializer.arguments;
    return routes.properties.map((route) => {
      const text = (name) => route.initializer.properties.find((one) => one.name.text === name).initializer.text;
      return [route.name.text, `${text('method')} ${text('path')}`];
    });
  });
}

/** Every string literal of the pages; an operation that is not among them is left out of the bundle. */
function literals(folder, found = new Set()) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) literals(path, found);
    else if (/\.tsx?$/.test(entry.name) && !/\.(test|generated)\./.test(entry.name)) {
      for (const [, text] of readFileSync(path, 'utf8').matchAll(/'(\w+)'/g)) found.add(text);
    }
  }
  return found;
}

function operationsFile(routes) {
  const used = literals('web');
  const lines = declared(routes)
    .filter(([id]) => used.has(id))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, endpoint]) => `${id}: '${endpoint}'`);
  return `${HEADER}import type { Routes } from '../../server/http/contract/routes.generated.ts';

type Endpoints = { readonly [K in keyof Routes]?: \`\${Routes[K]['method']} \${Routes[K]['path']}\` };

/** Method and path of every operation that the pages use. */
export const operations = {
${block(lines)}} as const satisfies Endpoints;

/** Operation id of a route that the pages use. */
export type OperationId = keyof typeof operations;
`;
}

/** The text of each generated list by its path. */
export function lists() {
  const found = questions();
  const contract = 'server/http/contract';
  const routes = constants(contract, 'Routes').filter(({ from }) => !from.endsWith('/route.ts'));
  const examples = [...constants(contract, 'Examples'), ...constants(`${contract}/examples`, 'Examples')];
  const handlers = constants('server/http/routes', 'Handlers');
  return {
    [`${QUESTIONS}/telemetry-reader.generated.ts`]: portFile(found),
    'server/storage/sqlite/telemetry-questions.generated.ts': storeFile(found, 'sqlite', 'Databases', 'databases.ts'),
    'server/storage/clickhouse/telemetry-questions.generated.ts': storeFile(
      found,
      'clickhouse',
      'QueryContext',
      'query-context.ts',
    ),
    [`${contract}/routes.generated.ts`]: spreadFile(routes, contract, [
      '',
      '/** Declared routes by operation id. */\nexport const routes = {',
      '} as const;\n\nexport type Routes = typeof routes;',
    ]),
    [`${contract}/examples/examples.generated.ts`]: spreadFile(examples, `${contract}/examples`, [
      "import type { ExamplesOf } from '../route.ts';\nimport type { Routes } from '../routes.generated.ts';\n",
      '/** One example for each declared route. */\nexport const examples: ExamplesOf<Routes> = {',
      '};',
    ]),
    'server/http/routes/table.generated.ts': spreadFile(handlers, 'server/http/routes', [
      "import type { Route } from '../implement.ts';\n",
      '/** All API routes with their handlers. */\nexport const routeTable: readonly Route[] = [',
      '];',
    ]),
    'web/api/operations.generated.ts': operationsFile(routes),
  };
}

if (import.meta.filename === process.argv[1]) {
  const outdated = Object.entries(lists()).filter(
    ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
  );
  if (process.argv.includes('--check')) {
    for (const [path] of outdated) process.stderr.write(`${path} is out of date: run npm run lists\n`);
    process.exitCode = outdated.length === 0 ? 0 : 1;
  } else {
    for (const [path, text] of outdated) writeFileSync(path, text);
    process.stdout.write(`${outdated.length} of ${Object.keys(lists()).length} lists written\n`);
  }
}
