import { MovableClock } from '../../local/azure/clock.ts';

/** A clock that stands still until it is moved, so that nothing depends on how fast a test runs. */
export class StillClock extends MovableClock {
  #nowMs = Date.now();

  override nowMs(): number {
    return this.#nowMs;
  }

  override advanceMs(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }
}
