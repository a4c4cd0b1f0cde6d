/** A message of the server, as an ERROR or INFO token carries it [MS-TDS 2.2.7.10, 2.2.7.13]. */
export interface SqlMessage {
  /** SQL Server's number, `229`. */
  readonly number: number;
  readonly state: number;
  /** Severity: 0–10 informs, 11–16 is the client's to mend, from 20 the connection ends. */
  readonly class: number;
  readonly message: string;
  /** Line of the batch or procedure, from 1. */
  readonly line?: number;
  readonly procedure?: string;
}

/** What the server refuses, in SQL Server's own number and words. */
export class SqlError extends Error implements SqlMessage {
  override readonly name = 'SqlError';
  readonly number: number;
  readonly state: number;
  readonly class: number;
  line?: number;
  procedure?: string;
  /** What the server says right behind it: 1750, 3621. */
  followedBy: readonly SqlMessage[] = [];

  constructor(number: number, message: string, severity = 16, state = 1) {
    super(message);
    this.number = number;
    this.class = severity;
    this.state = state;
  }
}
