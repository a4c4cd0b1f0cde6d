import type { Pick } from './pick.ts';
import type { RequestDraft } from './request-draft.ts';

export interface Badness {
  readonly name: string;
  /** Whose refusal it has to be: of HTTP and the host, or of the function. */
  readonly statuses: readonly number[];
  /** Fits the sentence of the function, which names what is wrong. */
  readonly complaint?: RegExp;
  apply(draft: RequestDraft, pick: Pick): void;
}

export interface Endpoint {
  /** Of the function. */
  readonly name: string;
  readonly path: string;
  readonly level: 'function' | 'admin';
  readonly knownQuery: readonly string[];
  /** Beside what is bad everywhere. */
  readonly own: readonly Badness[];
  /** What a good request brings along, as a POST; absent: a GET. */
  readonly posted?: { readonly contentType: string; readonly body: string };
  /** Of a good request; 200 by default. */
  readonly goodStatus?: number;
}
