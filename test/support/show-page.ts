/** Renders a page of the UI without a browser, with fixed answers of the API, and gives what it shows. */
import type { ComponentChild, ContainerNode, VNode } from 'preact';
import { options, render } from 'preact';
import { vi } from 'vitest';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import type { Problem } from '../../server/http/contract/problem.ts';
import { PROBLEMS } from '../../server/http/contract/problem.ts';
import type { OperationId } from '../../web/api/operations.generated.ts';
import { operations } from '../../web/api/operations.generated.ts';
import type { AnswerOf } from '../../web/api/request.ts';
import { clearQueryCache } from '../../web/api/use-query.ts';
import type { ChartProps } from '../../web/charts/chart-types.ts';
import { setCatalogue } from '../../web/i18n/translate.ts';
import { LightNode, lightDocument } from './light-dom.ts';

/** The time of every shown page. */
export const SHOWN_AT_MS = Date.UTC(2026, 10, 28, 8);

/** Answers by operation; others are the examples of the contract. */
export type Answers = { readonly [Id in OperationId]?: AnswerOf<Id> };

/** Operations that fail: with a problem document, or without any answer; or whose answer has not come yet. */
export type Failures = {
  readonly [Id in OperationId]?: Pick<Problem, 'code' | 'detail' | 'errors'> | 'unreachable' | 'pending';
};

export interface ShownElement {
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly style: Readonly<Record<string, unknown>>;
}

export interface ShownPage {
  /** All text, as it is now. */
  readonly text: string;
  /** What a reader reads or hears: the text without code, names of elements and hints, and words of charts. */
  readonly readable: readonly string[];
  /** Addresses that were asked for, in order. */
  readonly requested: readonly string[];
  /** Requests that are no questions, in order: method and address, with the body. */
  readonly sent: readonly (readonly [request: string, body: unknown])[];
  /** Path and query of the page, as they are now. */
  readonly address: string;
  /** What is drawn by chart.js, by its label. */
  readonly charts: ReadonlyMap<string, ChartProps>;
  /** Elements with this tag, in order. */
  elements(name: string): readonly ShownElement[];
  /** Clicks the first button with this text or, where it has an icon only, with this name. */
  click(text: string): Promise<void>;
  /** Types into, or chooses in, the field whose label or id this is; `on` ticks a box, and `` does not. */
  fill(label: string, value: string): Promise<void>;
  /** Submits the form whose button has this text. */
  submit(text: string): Promise<void>;
  /** Value and note of the tile with this label, and the detail behind its mark. */
  tile(label: string): { readonly value: string; readonly note: string; readonly detail?: string };
  /** Cells of the table with this label, or of the one in the section with this label; the first row is the header. */
  table(label: string): readonly (readonly string[])[];
  /** Text of the section with this label. */
  section(label: string): string;
  /** Target of the link with this text. */
  link(text: string): string;
}

interface Options {
  /** Query of the page's address, with `?`. */
  readonly search?: string;
  readonly path?: string;
  /** Fragment of the page's address, with `#`. */
  readonly hash?: string;
  /** Of the window, px. */
  readonly width?: number;
  readonly answers?: Answers;
  readonly failures?: Failures;
  /** What the browser has kept, by its key. */
  readonly stored?: (key: string) => string | null;
}

/** Renders a page until its requests are answered. Call {@link restore} after the test. */
export async function showPage(
  page: ComponentChild,
  { search = '', path = '/', hash = '', width = 1440, answers = {}, failures = {}, stored = () => null }: Options = {},
): Promise<ShownPage> {
  const requested: string[] = [];
  const sent: (readonly [string, unknown])[] = [];
  const location = browser(path, search, hash);
  Object.assign(window, { innerWidth: width });
  Object.assign(localStorage, { getItem: stored });
  vi.stubGlobal('fetch', (address: string, { method = 'GET', body }: RequestInit = {}) => {
    if (method === 'GET') requested.push(address);
    else sent.push([`${method} ${address}`, typeof body === 'string' ? JSON.parse(body) : undefined]);
    const id = operationOf(method, address);
    const failure = failures[id];
    if (failure === 'pending') return new Promise(() => undefined);
    if (failure === 'unreachable') return Promise.reject(new TypeError('fetch failed'));
    return Promise.resolve(
      failure === undefined ? Response.json(answers[id] ?? examples[id].answer) : problemResponse(failure),
    );
  });
  // Charts are drawn by chart.js where they find their canvas: nothing of it is text.
  const charts = new Map<string, ChartProps>();
  options.vnode = (node) => {
    if (node.type === 'canvas') node.ref = null;
    const chart = chartOf(node);
    if (chart !== null) charts.set(chart.label, chart);
  };
  const root = new LightNode(1, 'main');
  const container = root as unknown as ContainerNode;
  render(page, container);
  mounted.push(container);
  await settle();
  return {
    get text() {
      return root.text;
    },
    get readable() {
      return [...readableIn(root), ...[...charts.values()].flatMap(wordsOf)];
    },
    get address() {
      return location.pathname + location.search;
    },
    requested,
    sent,
    charts,
    ...readers(root),
    ...hands(root),
  };
}

/** By the name of its component, which this file cannot import: it is compiled without JSX. */
function chartOf({ type, props }: VNode): ChartProps | null {
  return typeof type === 'function' && type.name === 'Chart' ? (props as unknown as ChartProps) : null;
}

function wordsOf({ label, series, xTitle, yTitle, markers = [] }: ChartProps): readonly string[] {
  return [label, xTitle ?? '', yTitle, ...series.map((one) => one.label), ...markers.map((one) => one.label)];
}

/** Code and names of languages are the same for readers of all languages. */
const isForeign = ({ localName, attributes }: LightNode): boolean =>
  ['code', 'pre', 'kbd', 'samp'].includes(localName) || attributes.has('lang') || attributes.get('translate') === 'no';
const READ_ALOUD = ['aria-label', 'title', 'placeholder', 'alt'];

/** Attributes that are read aloud, and the text of elements that have some of their own. */
function readableIn(node: LightNode): readonly string[] {
  if (isForeign(node)) return [];
  const labels = READ_ALOUD.flatMap((name) => node.attributes.get(name) ?? []);
  const hasText = node.childNodes.some((child) => child.nodeType === 3 && child.data.trim() !== '');
  const text = hasText ? [node.textOf((child) => !isForeign(child))] : [];
  return [...labels, ...text, ...node.childNodes.flatMap(readableIn)];
}

/** Until requests are answered and effects have run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await vi.advanceTimersByTimeAsync(100);
}

const mounted: ContainerNode[] = [];

/** Removes shown pages, their answers and their browser, and shows English again. */
export function restore(): void {
  for (const container of mounted.splice(0)) render(null, container);
  // Preact asks for a frame once for all waiting effects: a frame that is dropped with the timers would never come again.
  if (vi.isFakeTimers()) vi.advanceTimersByTime(100);
  delete options.vnode;
  setCatalogue('en', {});
  clearQueryCache();
  vi.useRealTimers();
  vi.unstubAllGlobals();
}

function operationOf(method: string, address: string): OperationId {
  const [path = ''] = address.split('?');
  const found = Object.entries(operations).find(([, operation]) => {
    const [verb = '', template = ''] = operation.split(' ');
    return verb === method.toLowerCase() && new RegExp(`^${template.replaceAll(/:\w+/g, '[^/]+')}$`).test(path);
  });
  if (found === undefined) throw new Error(`no operation answers ${method} ${address}`);
  return found[0] as OperationId;
}

function problemResponse(failure: Pick<Problem, 'code' | 'detail' | 'errors'>): Response {
  const { status, title } = PROBLEMS[failure.code];
  return Response.json({ type: `urn:thermocline:problem:${failure.code}`, title, status, ...failure }, { status });
}

/** A browser at this address, at {@link SHOWN_AT_MS}. */
function browser(pathname: string, search: string, hash: string): { pathname: string; search: string } {
  vi.useFakeTimers({ now: SHOWN_AT_MS });
  const target = new EventTarget();
  const origin = 'http://thermocline.test';
  const location = { origin, pathname, search, hash, href: `${origin}${pathname}${search}` };
  const go = (_: unknown, __: string, address: string): void => {
    const { pathname: path, search: query, href, origin: site } = new URL(address, origin);
    if (site !== origin) throw new Error(`a page cannot go to ${address}: another site`);
    Object.assign(location, { pathname: path, search: query, href });
  };
  vi.stubGlobal('document', {
    ...lightDocument,
    visibilityState: 'visible',
    title: '',
    documentElement: { dataset: {} },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    querySelector: () => null,
  });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
  vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue: () => '' }));
  vi.stubGlobal('window', {
    location,
    history: { pushState: go, replaceState: go },
    innerWidth: 1440,
    innerHeight: 900,
    matchMedia: () => Object.assign(new EventTarget(), { matches: false }),
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    dispatchEvent: target.dispatchEvent.bind(target),
  });
  return location;
}

function first(root: LightNode, what: string, accepts: (element: LightNode) => boolean): LightNode {
  const [found] = root.all(accepts);
  if (found === undefined) throw new Error(`the page shows no ${what}: ${root.text.slice(0, 2000)}`);
  return found;
}

/** Handlers of the page see events as a browser sends them. */
function hands(root: LightNode): Pick<ShownPage, 'click' | 'fill' | 'submit'> {
  const button = (text: string): LightNode =>
    first(
      root,
      `button ${text}`,
      (element) =>
        element.localName === 'button' &&
        (element.text === text || (element.text === '' && element.attributes.get('aria-label') === text)),
    );
  const send = async (element: LightNode, ...types: string[]): Promise<void> => {
    for (const type of types) element.dispatchEvent(new Event(type, { cancelable: true }));
    await settle();
  };
  return {
    click: async (text) => {
      if (button(text).attributes.has('disabled')) throw new Error(`the button ${text} is disabled`);
      await send(button(text), 'Click');
    },
    fill: async (label, value) => {
      const isField = ({ localName }: LightNode): boolean => ['input', 'select', 'textarea'].includes(localName);
      const labelled = root.all((element) => element.localName === 'label' && element.text.startsWith(label));
      const field =
        labelled.flatMap((element) => element.all(isField))[0] ??
        first(root, `field ${label}`, (element) => isField(element) && element.attributes.get('id') === label);
      await send(Object.assign(field, { value, checked: value === 'on' }), 'Input', 'Change');
    },
    submit: async (text) => {
      const inForm = (element: LightNode): boolean => element.localName === 'form' && element.contains(button(text));
      await send(first(root, `form of ${text}`, inForm), 'Submit');
    },
  };
}

function readers(root: LightNode): Pick<ShownPage, 'tile' | 'table' | 'section' | 'link' | 'elements'> {
  const one = (what: string, accepts: (element: LightNode) => boolean): LightNode => first(root, what, accepts);
  const labelled = (label: string) => (element: LightNode) => element.attributes.get('aria-label') === label;
  const part = (element: LightNode, name: string): string =>
    element.all((inner) => inner.hasClass(name))[0]?.text ?? '';
  return {
    elements: (name) =>
      root
        .all((element) => element.localName === name)
        .map(({ text, attributes, style }) => ({ text, style, attributes: Object.fromEntries(attributes) })),
    tile: (label) => {
      const tile = one(`tile ${label}`, (element) => element.hasClass('tile') && part(element, 'label') === label);
      const [detail] = tile.all(({ attributes }) => attributes.get('role') === 'tooltip');
      return {
        value: part(tile, 'value'),
        note: part(tile, 'note'),
        ...(detail === undefined ? {} : { detail: detail.text }),
      };
    },
    table: (label) => {
      const found = one(`table ${label}`, labelled(label));
      const rows = found.all((element) => element.localName === 'tr');
      return rows.map((row) =>
        row.childNodes.filter(({ localName }) => localName === 'td' || localName === 'th').map(({ text }) => text),
      );
    },
    section: (label) => one(`section ${label}`, labelled(label)).text,
    link: (text) =>
      one(`link ${text}`, (element) => element.localName === 'a' && element.text === text).attributes.get('href') ?? '',
  };
}
