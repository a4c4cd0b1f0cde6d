/** The one source of time of the embedded Azure: token lifetimes, created times, expiries. Tests move it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** A clock that runs with the system's and can be set ahead or back. */
export class MovableClock implements Clock {
  #offsetMs = 0;

  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  advanceMs(milliseconds: number): void {
    this.#offsetMs += milliseconds;
  }
}

/** Azure's long timestamp, seven digits of fraction: `2026-11-25T02:13:00.1230000Z`. */
export function toAzureTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '0000Z');
}
