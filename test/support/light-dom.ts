/** As much of a DOM as Preact needs to render a page, without layout and without a browser. */

export class LightNode extends EventTarget {
  readonly nodeType: 1 | 3;
  readonly localName: string;
  readonly namespaceURI = 'http://www.w3.org/1999/xhtml';
  readonly ownerDocument = null;
  readonly attributes = new Map<string, string>();
  readonly style: Record<string, unknown> = { setProperty: () => undefined };
  /** Text of a text node. */
  data = '';
  parentNode: LightNode | null = null;
  childNodes: LightNode[] = [];

  constructor(nodeType: 1 | 3, localName: string) {
    super();
    this.nodeType = nodeType;
    this.localName = localName;
  }

  get firstChild(): LightNode | null {
    return this.childNodes[0] ?? null;
  }

  get nextSibling(): LightNode | null {
    const siblings = this.parentNode?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }

  contains(node: LightNode | null): boolean {
    return node !== null && (node === this || this.contains(node.parentNode));
  }

  insertBefore(node: LightNode, before: LightNode | null): LightNode {
    node.parentNode?.removeChild(node);
    const at = before === null ? this.childNodes.length : this.childNodes.indexOf(before);
    this.childNodes.splice(at, 0, node);
    node.parentNode = this;
    return node;
  }

  appendChild(node: LightNode): LightNode {
    return this.insertBefore(node, null);
  }

  removeChild(node: LightNode): LightNode {
    this.childNodes = this.childNodes.filter((child) => child !== node);
    node.parentNode = null;
    return node;
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, String(value));
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  /** Nothing is laid out: every element is in the corner. */
  getBoundingClientRect() {
    return { left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0 };
  }

  showModal(): void {
    this.setAttribute('open', '');
  }

  focus(): void {
    // Nothing has the focus.
  }

  /** Elements inside of this one that `accepts` accepts, in document order. */
  all(accepts: (element: LightNode) => boolean): LightNode[] {
    return this.childNodes.flatMap((child) => [...(accepts(child) ? [child] : []), ...child.all(accepts)]);
  }

  hasClass(name: string): boolean {
    return (this.attributes.get('class') ?? '').split(' ').includes(name);
  }

  /** Its text as a page shows it: blocks and cells are set apart by a blank. */
  get text(): string {
    return this.textOf(() => true);
  }

  /** The same without the elements that `accepts` does not accept. */
  textOf(accepts: (element: LightNode) => boolean): string {
    return this.#rawText(accepts).replaceAll(/\s+/g, ' ').trim();
  }

  #rawText(accepts: (element: LightNode) => boolean): string {
    if (this.nodeType === 3) return this.data;
    const inside = this.childNodes.map((child) => (accepts(child) ? child.#rawText(accepts) : ' ')).join('');
    const isApart = this.hasClass('interval') || this.hasClass('badge');
    return INLINE.has(this.localName) && !isApart ? inside : ` ${inside} `;
  }
}

const INLINE = new Set(['a', 'abbr', 'b', 'code', 'em', 'span', 'strong', 'time']);

/** The part of `document` that renders. */
export const lightDocument = {
  createElement: (name: string) => new LightNode(1, name),
  createElementNS: (_: string, name: string) => new LightNode(1, name),
  createTextNode: (data: string) => Object.assign(new LightNode(3, '#text'), { data: String(data) }),
};
