/** What a task of tasks.ts returns. `body` becomes the bytes of the answer: JSON, or text and bytes as they are. */
export interface Shaped<Body, Meta = null> {
  readonly body: Body;
  /** What the handler needs to know of the answer. */
  readonly meta: Meta;
}
