/** Renders a page of the UI without a browser, with fixed answers of the API, and gives what it shows. */
import type { ComponentChild, ContainerNode } from 'preact';
import { options, render } from 'preact';
import { vi } from 'vitest';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import type { OperationId } from '../../web/api/operations.generated.ts';
import { operations } from '../../web/api/operations.generated.ts';
import type { AnswerOf } from '../../web/api/request.ts';
import { clearQueryCache } from '../../web/api/use-query.ts';
import { LightNode, lightDocument } from './light-dom.ts';

/** The time of every shown page. */
export const SHOWN_AT_MS = Date.UTC(2026, 10, 28, 8);

/** Answers by operation; others are the examples of the contract. */
export type Answers = { readonly [Id in OperationId]?: AnswerOf<Id> };

export interface ShownPage {
  /** All text. */
  readonly text: string;
  /** Addresses that were asked for, in order. */
  readonly asked: readonly string[];
  /** Value and note of the tile with this label. */
  tile(label: string): { readonly value: string; readonly note: string };
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
  readonly answers?: Answers;
}

/** Renders a page until its requests are answered. Call {@link restore} after the test. */
export async function showPage(
  page: ComponentChild,
  { search = '', path = '/', answers = {} }: Options = {},
): Promise<ShownPage> {
  const asked: string[] = [];
  browser(path, search);
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address);
    return Promise.resolve(Response.json(answerTo(address, answers)));
  });
  // Charts are drawn by chart.js where they find their canvas: nothing of it is text.
  options.vnode = (node) => {
    if (node.type === 'canvas') node.ref = null;
  };
  const root = new LightNode(1, 'main');
  const container = root as unknown as ContainerNode;
  render(page, container);
  mounted.push(container);
  for (let turn = 0; turn < 6; turn += 1) await vi.advanceTimersByTimeAsync(100);
  return { text: root.text, asked, ...readers(root) };
}

const mounted: ContainerNode[] = [];

/** Removes shown pages, their answers and their browser. */
export function restore(): void {
  for (const container of mounted.splice(0)) render(null, container);
  delete options.vnode;
  clearQueryCache();
  vi.useRealTimers();
  vi.unstubAllGlobals();
}

function answerTo(address: string, answers: Answers): unknown {
  const [path = ''] = address.split('?');
  const found = Object.entries(operations).find(([, operation]) => {
    const [method, template = ''] = operation.split(' ');
    return method === 'get' && new RegExp(`^${template.replaceAll(/:\w+/g, '[^/]+')}$`).test(path);
  });
  if (found === undefined) throw new Error(`no operation answers ${address}`);
  const id = found[0] as OperationId;
  return answers[id] ?? examples[id].answer;
}

/** A browser at this address, at {@link SHOWN_AT_MS}. */
function browser(pathname: string, search: string): void {
  vi.useFakeTimers({ now: SHOWN_AT_MS });
  const target = new EventTarget();
  const origin = 'http://thermocline.test';
  vi.stubGlobal('document', {
    ...lightDocument,
    visibilityState: 'visible',
    title: '',
    documentElement: { dataset: {} },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
  vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue: () => '' }));
  vi.stubGlobal('window', {
    location: { origin, pathname, search, hash: '', href: `${origin}${pathname}${search}` },
    history: { pushState: () => undefined, replaceState: () => undefined },
    matchMedia: () => Object.assign(new EventTarget(), { matches: false }),
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    dispatchEvent: target.dispatchEvent.bind(target),
  });
}

function readers(root: LightNode): Pick<ShownPage, 'tile' | 'table' | 'section' | 'link'> {
  const one = (what: string, accepts: (element: LightNode) => boolean): LightNode => {
    const [first] = root.all(accepts);
    if (first === undefined) throw new Error(`the page shows no ${what}: ${root.text.slice(0, 2000)}`);
    return first;
  };
  const labelled = (label: string) => (element: LightNode) => element.attributes.get('aria-label') === label;
  const part = (element: LightNode, name: string): string =>
    element.all((inner) => inner.hasClass(name))[0]?.text ?? '';
  return {
    tile: (label) => {
      const tile = one(`tile ${label}`, (element) => element.hasClass('tile') && part(element, 'label') === label);
      return { value: part(tile, 'value'), note: part(tile, 'note') };
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
