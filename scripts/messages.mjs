/**
 * `npm run messages [-- FOLDER …]`: brings the catalogues of the web UI's texts up to date with the code, and prints what is left to do.
 * New texts are added with an empty translation, texts that are no longer shown are removed, and each stands in the file of the folder
 * of pages that shows it (`shared` if several do). Texts of the API (scripts/api-texts.ts) stand in \`api.json\` and \`setup.json\` by key. `--check` writes nothing, and exits with 1 if anything is left to do:
 * - a text without a translation, or one whose placeholders or tags differ;
 * - a text that is shown in English only: an element's content or a sentence in the code outside `t`, `rich` and `message`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseMessage, TYPE } from '@formatjs/icu-messageformat-parser';
import { build } from 'esbuild';
import ts from 'typescript';

const CATALOGUES = 'web/i18n/catalogues';
const LANGUAGES = readdirSync(CATALOGUES).toSorted();
/** Texts that the API writes, by their key, and those of them that only pages about setup show; the others by the English text. */
const API_AREA = 'api';
const SETUP_AREA = 'setup';
/** Texts of reports, which the server makes: those that pages show as well are in both files. */
const DOCUMENTS_AREA = 'documents';
const DOCUMENTS = ['server/jobs/reports', 'ingest/text/finding-sentences.ts'];
// What the server sized itself for is not shown on other pages.
const apiAreaOf = (key) =>
  /^(?:reason(?!:capacity$)|problem|rule|said|page|code|pull):/.test(key) ? API_AREA : SETUP_AREA;
const AREAS = readdirSync(join(CATALOGUES, LANGUAGES[0]))
  .map((name) => name.replace('.json', ''))
  .filter((area) => ![API_AREA, SETUP_AREA, DOCUMENTS_AREA].includes(area));
const MARKING = new Set(['t', 'rich', 'message']);
/** Calls whose texts no reader sees. */
const UNSEEN_CALLS = new Set([
  ...[
    'Error',
    'TypeError',
    'RangeError',
    'SyntaxError',
    'querySelector',
    'querySelectorAll',
    'closest',
    'matches',
    'matchMedia',
    'getElementById',
  ],
  ...[
    'designToken',
    'addEventListener',
    'getPropertyValue',
    'Intl.DateTimeFormat',
    'startsWith',
    'endsWith',
    'includes',
    'split',
    'warn',
  ],
]);
/** Attributes whose values are shown or read aloud; components have more. */
const UNSEEN_ATTRIBUTES = new Set([
  ...[
    'class',
    'buttonClass',
    'style',
    'href',
    'src',
    'd',
    'id',
    'key',
    'type',
    'rel',
    'target',
    'viewBox',
    'role',
    'transform',
    'points',
    'stroke',
    'fill',
  ],
  ...[
    'autocomplete',
    'inputmode',
    'sandbox',
    'media',
    'pattern',
    'for',
    'name',
    'scope',
    'fontWeight',
    'grid',
    'template',
    'sizes',
  ],
]);
/** Commands and their output are the same in all languages. */
const UNSEEN_ELEMENTS = new Set(['code', 'pre', 'kbd']);
const SHOWN_PROPERTIES = /^(label|title|text|heading|caption|placeholder|unit|help|hint|yTitle)$/;
/** A name or a unit is the same in all languages; units of the API and names of examples are no words. */
const SAME = new Set(
  'Thermocline Lambda AWS CloudWatch Logs UTC JSON CSV PNG SVG curl Slack Teams PagerDuty X-Ray ARN ENI VPC API SnapStart ms MB GB GiB MiB KiB kB USD CPU RSS n GB-s Ctrl Esc Shift p50 p90 p95 p99 p99.9 CI x86_64 x86 arm64 now ratio count team-pager checkout Microsoft Discord'.split(
    ' ',
  ),
);

/** Texts that are the same in all languages: examples of what can be written, names of keys, code. */
const SAME_TEXTS = [
  '3h, yesterday, last monday 9:00–12:00, nov 3 to nov 5, 2026-11-20, 2026-11-20T09:00/12:00',
  'import in the browser',
  'Bearer …',
  'curl -H "Authorization: Bearer $THERMOCLINE_TOKEN" \'…\'',
  'theme colour switch light dark',
  'share address copy link',
  'reload refresh',
  'time range longer zoom',
  'help keys keyboard shortcuts',
  'failure … …',
  'view …',
  'Go to',
  'X-Ray',
  'yesterday, last monday 9:00–12:00, 3h',
  'npx thermocline sign-in',
  'openapi.json',
  'status:timeout level:error order.id:42 -retry',
  `curl -H "Authorization: Bearer $THERMOCLINE_TOKEN"… '……'`,
];

const args = process.argv.slice(2);
const isCheck = args.includes('--check');
const only = args.filter((one) => !one.startsWith('--'));
const faults = [];

function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesOf(path);
      return /\.tsx?$/.test(entry.name) && !/\.(test|generated)\.tsx?$/.test(entry.name) ? [path] : [];
    })
    .toSorted();
}

/** All texts that an expression can be, if they stand in the code. */
function literals(node) {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return literals(node.expression);
  if (ts.isConditionalExpression(node)) {
    const [yes, no] = [literals(node.whenTrue), literals(node.whenFalse)];
    return yes === null || no === null ? null : [...yes, ...no];
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [literals(node.left), literals(node.right)];
    return left?.length === 1 && right?.length === 1 ? [left[0] + right[0]] : null;
  }
  return null;
}

const hasWords = (text) => {
  if (SAME_TEXTS.includes(text.trim())) return false;
  const words = text.replaceAll(/&\w+;|https:\/\/\S+/g, ' ').split(/[\s,.:;()/·–—…=+×%$<>≥≤"'!?[\]{}|*-]+/);
  return words.some((word) => /[A-Za-z]{2,}/.test(word) && !SAME.has(word) && !/^[a-z]*[A-Z]\w*$/.test(word.slice(1)));
};
/** Two words with a blank between them, as code has them only in sentences. */
const isSentence = (text) => /[A-Za-z]{2,}[,:;]? [a-z]{2,}/.test(text) && hasWords(text);

const ENGLISH_ONLY = 'text in English only';

/** English texts with the areas that show them. */
const shown = new Map();

/** `isPage`: whether all of its texts are shown; documents have markup beside them. */
function examine(file, isPage = true) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const area = /^web\/pages\/([^/]+)\//.exec(file)?.[1] ?? 'shared';
  const isReported = only.length === 0 || only.some((path) => file.startsWith(path));
  const fault = (node, why) => {
    if (!isPage && why.startsWith(ENGLISH_ONLY)) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    if (isReported) faults.push(`${file}:${line + 1}: ${why}`);
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const name = node.expression.getText();
      const marking = name.split('.').at(-1);
      if (MARKING.has(marking)) {
        const texts = literals(node.arguments[0]);
        if (texts === null) fault(node, `${name}() needs a literal text; use translated() for a constant`);
        for (const text of texts ?? []) {
          shown.set(text, (shown.get(text) ?? new Set()).add(area));
          for (const why of argumentFaults(text, node, marking)) fault(node, why);
        }
        for (const value of node.arguments.slice(1)) visit(value);
        return;
      }
      if (UNSEEN_CALLS.has(name.split('.').at(-1)) || UNSEEN_CALLS.has(name)) {
        // The message of an error may be shown.
        for (const value of node.arguments ?? [])
          if (ts.isCallExpression(value) && MARKING.has(value.expression.getText())) visit(value);
        return;
      }
    }
    if (ts.isStringLiteral(node) && ts.isPropertyAssignment(node.parent) && node.parent.name === node) return;
    if (ts.isJsxElement(node) && ['pre', 'code', 'kbd'].includes(node.openingElement.tagName.getText())) {
      for (const child of node.children) if (!ts.isJsxText(child)) visit(child);
      return;
    }
    // What a reader writes is compared with it.
    if (ts.isCaseClause(node)) {
      for (const statement of node.statements) visit(statement);
      return;
    }
    if (ts.isJsxAttribute(node)) {
      const name = node.name.getText();
      if (UNSEEN_ATTRIBUTES.has(name) || name.startsWith('data-')) return;
      const value = node.initializer;
      if (
        value !== undefined &&
        ts.isStringLiteral(value) &&
        /label|title|placeholder|alt|text|detail|caption|heading/i.test(name)
      ) {
        if (hasWords(value.text)) fault(node, `text in English only: ${name}="${value.text}"`);
        return;
      }
    }
    if (
      ts.isPropertyAssignment(node) &&
      ts.isStringLiteralLike(node.initializer) &&
      SHOWN_PROPERTIES.test(node.name.text) &&
      hasWords(node.initializer.text)
    ) {
      fault(node, `text in English only: ${node.name.text}: ${node.initializer.text}`);
      return;
    }
    if (ts.isJsxElement(node) && UNSEEN_ELEMENTS.has(node.openingElement.tagName.getText())) return;
    if (ts.isJsxText(node) && hasWords(node.text))
      fault(node, `text in English only: ${node.text.trim().slice(0, 80)}`);
    if (ts.isStringLiteralLike(node) && isSentence(node.text))
      fault(node, `text in English only: ${node.text.slice(0, 80)}`);
    if (ts.isTemplateExpression(node)) {
      const text = node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');
      if (SAME_TEXTS.includes(text)) return;
      if (isSentence(text) || / [a-z]{3,}|[a-z]{3,} /.test(text.replaceAll(/[\w-]+(:|=)/g, '')))
        fault(node, `text in English only: ${text.slice(0, 80)}`);
      for (const span of node.templateSpans) visit(span.expression);
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/** Names of placeholders and tags, in alphabetical order. */
function names(text, hasTags) {
  const found = new Set();
  const walk = (elements) => {
    for (const one of elements) {
      // As web/i18n/parse-message.ts: such values are formatted before they are given to a message.
      if ([TYPE.date, TYPE.time].includes(one.type) || one.style || one.offset || one.pluralType === 'ordinal')
        throw new Error(`{${one.value}, …} has a format that the client cannot read`);
      if (one.type === TYPE.tag) found.add(`<${one.value}>`);
      else if (one.type !== TYPE.literal && one.type !== TYPE.pound) found.add(one.value);
      if (one.children) walk(one.children);
      for (const option of Object.values(one.options ?? {})) walk(option.value);
    }
  };
  walk(parseMessage(text, { ignoreTag: !hasTags }));
  return [...found].toSorted();
}

function argumentFaults(text, call, name) {
  if (name === 'message') return [];
  let wanted;
  try {
    wanted = names(text, name === 'rich').map((one) => one.replaceAll(/[<>]/g, ''));
  } catch (error) {
    return [`not a message: ${error.message}: ${text}`];
  }
  const values = call.arguments[1];
  if (values === undefined)
    return name === 't' ? (/[{}]/.test(text) ? ['values of its placeholders are missing'] : []) : [];
  if (!ts.isObjectLiteralExpression(values) || values.properties.some(ts.isSpreadAssignment)) return [];
  const given = values.properties.map((one) => one.name.text);
  return wanted.filter((one) => !given.includes(one)).map((one) => `no value for {${one}}: ${text}`);
}

for (const file of filesOf('web')) if (!file.startsWith('web/i18n/translate')) examine(file);
examine('ingest/text/finding-sentences.ts');
/** What pages show. */
const shownOnPages = new Map(shown);
shown.clear();
for (const path of DOCUMENTS) for (const file of path.endsWith('.ts') ? [path] : filesOf(path)) examine(file, false);
const shownInDocuments = new Set(shown.keys());
for (const [text, areas] of shownOnPages) shown.set(text, areas);
for (const text of shownInDocuments) if (!shownOnPages.has(text)) shown.delete(text);

const areaOf = (text) => {
  const areas = [...shown.get(text)];
  return areas.length === 1 && AREAS.includes(areas[0]) ? areas[0] : 'shared';
};
/** A note for translators that is not written so would be shown. */
for (const text of shown.keys())
  if (/^\[[^\]]*\] /.test(text) && !/^\[[a-z ]+\] /.test(text))
    faults.push(`a note in lower case is expected: ${text}`);
const isRich = (text) => /<\/?\w+>/.test(text);

for (const language of LANGUAGES) {
  const pathOf = (area) => join(CATALOGUES, language, `${area}.json`);
  const texts = new Map(AREAS.map((area) => [area, readFileSync(pathOf(area), 'utf8')]));
  const kept = Object.assign({}, ...[...texts.values()].map((text) => JSON.parse(text)));
  for (const area of AREAS) {
    const own = [...shown.keys()].filter((text) => areaOf(text) === area).toSorted();
    const json = `${JSON.stringify(Object.fromEntries(own.map((text) => [text, kept[text] ?? ''])), null, 2)}\n`;
    if (json === texts.get(area)) continue;
    if (isCheck) faults.push(`${pathOf(area)}: not up to date: npm run messages`);
    else writeFileSync(pathOf(area), json);
  }
  for (const [text, areas] of shown) {
    if (only.length > 0 && ![...areas].some((area) => only.some((path) => path.includes(area)))) continue;
    const translation = kept[text] ?? '';
    if (translation === '') faults.push(`${language} ${areaOf(text)}: no translation: ${text}`);
    else faults.push(...differences(text, translation, `${language} ${areaOf(text)}`));
  }
}

/** Faults of a translation: other placeholders or tags than the text has. */
function differences(text, translation, where) {
  if (!/[{}]/.test(text) && !isRich(text)) return [];
  try {
    const [own, other] = [names(text, isRich(text)), names(translation, isRich(text))];
    return own.join() === other.join() ? [] : [`${where}: has ${other} for ${own}: ${text}`];
  } catch (error) {
    return [`${where}: not a message (${error.message}): ${translation}`];
  }
}

for (const language of LANGUAGES) {
  const read = (area) => JSON.parse(readFileSync(join(CATALOGUES, language, `${area}.json`), 'utf8'));
  const kept = Object.assign(read(DOCUMENTS_AREA), ...AREAS.map(read));
  const own = [...shownInDocuments].toSorted().map((text) => [text, kept[text] ?? '']);
  update(join(CATALOGUES, language, `${DOCUMENTS_AREA}.json`), Object.fromEntries(own));
  for (const [text, translation] of own)
    if (translation === '') faults.push(`${language} ${DOCUMENTS_AREA}: no translation: ${text}`);
    else faults.push(...differences(text, translation, `${language} ${DOCUMENTS_AREA}`));
}

/** What the English was when it was translated: a text that is changed since has to be translated again. */
const API_ENGLISH = 'web/i18n/api-texts.json';
const apiTexts = await loadApiTexts();
const knownTexts = JSON.parse(readFileSync(API_ENGLISH, 'utf8'));
update(API_ENGLISH, apiTexts);
for (const language of LANGUAGES) {
  const pathOf = (area) => join(CATALOGUES, language, `${area}.json`);
  const areas = [API_AREA, SETUP_AREA];
  const kept = Object.assign({}, ...areas.map((area) => JSON.parse(readFileSync(pathOf(area), 'utf8'))));
  const own = Object.entries(apiTexts).map(([key, text]) => [key, knownTexts[key] === text ? (kept[key] ?? '') : '']);
  for (const area of areas) update(pathOf(area), Object.fromEntries(own.filter(([key]) => apiAreaOf(key) === area)));
  for (const [key, translation] of own) {
    if (only.length > 0 && !only.some((one) => key.startsWith(one))) continue;
    if (translation === '') faults.push(`${language} ${apiAreaOf(key)}: no translation: ${key}: ${apiTexts[key]}`);
    else faults.push(...differences(apiTexts[key], translation, `${language} ${apiAreaOf(key)}`));
  }
}

function update(path, texts) {
  const json = `${JSON.stringify(texts, null, 2)}\n`;
  if (json === readFileSync(path, 'utf8')) return;
  if (isCheck) faults.push(`${path}: not up to date: npm run messages`);
  else writeFileSync(path, json);
}

/** The texts are TypeScript with imports. */
async function loadApiTexts() {
  const { outputFiles } = await build({
    ...{ entryPoints: ['scripts/api-texts.ts'], bundle: true, write: false, logLevel: 'error' },
    ...{ platform: 'node', format: 'esm', target: 'node20' },
  });
  const { API_TEXTS } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
  return API_TEXTS;
}

for (const line of faults) process.stdout.write(`${line}\n`);
process.stdout.write(
  `${shown.size + Object.keys(apiTexts).length} texts in ${LANGUAGES.length + 1} languages, ${faults.length} things left to do\n`,
);
if (isCheck && faults.length > 0) process.exitCode = 1;
