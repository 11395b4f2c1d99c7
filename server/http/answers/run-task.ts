/** Runs the tasks of tasks.ts and writes the text of their answers, in the threads that shape answers. */
import type { ShapedBytes } from '../../storage/packed.ts';
import type { Shaped } from './shaped.ts';
import { answerTasks } from './tasks.ts';

type Task = (...args: readonly unknown[]) => Shaped<unknown, unknown>;

const tasks: Readonly<Record<string, unknown>> = answerTasks;
const encoder = new TextEncoder();

/** Whether tasks.ts has a task of that name. */
export function isAnswerTask(name: string): boolean {
  return tasks[name] !== undefined;
}

/** Runs a task of tasks.ts. */
export function shapedBytes(name: string, args: readonly unknown[]): ShapedBytes {
  const { body, meta } = (tasks[name] as Task)(...args);
  if (body instanceof Uint8Array) return { bytes: new Uint8Array(body), meta };
  return { bytes: encoder.encode(typeof body === 'string' ? body : JSON.stringify(body)), meta };
}
