/** A failure whose message is meant for the person at the terminal. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
