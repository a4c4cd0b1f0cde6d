// How statements end where it is not by their last word.

/** BREAK, CONTINUE and RETURN, on their way to what they end. */
export type Outcome = 'next' | 'break' | 'continue' | 'return';

/** The client knows the error already, and the rest of the batch must not run. */
export class BatchEnded extends Error {
  override readonly name = 'BatchEnded';
}

/** The same for the rest of a procedure or text: who called it goes on. */
export class ScopeEnded extends Error {
  override readonly name = 'ScopeEnded';
}
