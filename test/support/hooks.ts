/** Runs hooks of the pages without a browser: in a component that renders nothing. */
import type { ContainerNode } from 'preact';
import { h, render } from 'preact';

export interface Hooked<T> {
  /** What the hook returned last. */
  readonly current: T;
  /** Renders once more, as a component does whose properties changed. */
  again(): void;
  unmount(): void;
}

/** Renders a component that only calls the hook. Effects run as timers: a test with fake timers advances them. */
export function hooked<T>(use: () => T): Hooked<T> {
  const returned: T[] = [];
  const parent: ContainerNode = {
    nodeType: 1,
    parentNode: null,
    firstChild: null,
    childNodes: [],
    contains: () => true,
    insertBefore: (node) => node,
    appendChild: (node) => node,
    removeChild: (node) => node,
  };
  const Component = (): null => {
    returned.push(use());
    return null;
  };
  render(h(Component, null), parent);
  return {
    get current() {
      const last = returned.at(-1);
      if (last === undefined) throw new Error('the hook returned nothing');
      return last;
    },
    again: () => render(h(Component, null), parent),
    unmount: () => render(null, parent),
  };
}
