import { AppError } from '../errors.ts';

const MOST_EMPTY_PAGES = 1_000;

/** Notices a list that never ends, in constant memory: links that come back (Brent's cycle search), endless nothing. */
export class PageWalk {
  #remembered: string | undefined;
  #steps = 0;
  #stepsUntilNext = 1;
  #emptyPages = 0;

  /** Call after each page. Throws UNEXPECTED. */
  step(nextPage: string, resourcesOnPage: number): void {
    this.#emptyPages = resourcesOnPage === 0 ? this.#emptyPages + 1 : 0;
    if (this.#emptyPages > MOST_EMPTY_PAGES) throw endless('only empty pages');
    if (nextPage === this.#remembered) throw endless('a nextLink that leads back to itself');
    this.#steps += 1;
    if (this.#steps === this.#stepsUntilNext) {
      this.#remembered = nextPage;
      this.#steps = 0;
      this.#stepsUntilNext *= 2;
    }
  }
}

function endless(what: string): AppError {
  return new AppError({
    code: 'UNEXPECTED',
    target: 'resource-manager',
    message: `Resource Manager's list does not end: ${what}.`,
    nextStep: 'The next run tries again from the first page.',
  });
}
