import type { Door } from '../doors.ts';

/** What happens to the connection behind a cut: nothing more, an orderly end, or a reset. */
export type AfterCut = 'silence' | 'fin' | 'rst';

/**
 * How a door misbehaves. A cut *request* never took effect; a cut *response* did: the caller is in doubt.
 * The cuts are those of Azure's http-fault-injector
 * (https://github.com/Azure/azure-sdk-tools/tree/main/tools/http-fault-injector).
 */
export type CommonFault =
  | { readonly kind: 'cutRequest'; readonly atPercent: 0 | 50; readonly afterwards: AfterCut }
  | {
      readonly kind: 'cutResponse';
      readonly atPercent: 0 | 50;
      /** `end`: half the body, then a normal end, as if it were whole. */
      readonly afterwards: AfterCut | 'end';
    }
  /** The request is read, nothing is done, nothing is answered. */
  | { readonly kind: 'hang' }
  /** Answered without being done. Without `body`: the door's own form of an error. */
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Value of the Retry-After header: seconds or an HTTP date. */
      readonly retryAfter?: string;
      readonly body?: string;
    }
  /** Done, and answered late. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Done, and answered with other bytes. */
  | { readonly kind: 'wrongBody'; readonly body: string };

/** At the door `sql` also: answered with this error of SQL Server's, in its own severity and words unless given. */
export type Fault =
  | CommonFault
  | {
      readonly kind: 'sqlError';
      readonly number: number;
      readonly message?: string;
      /** From 20 on the connection ends. */
      readonly severity?: number;
      readonly state?: number;
    };

/** Where no TDS is spoken. */
export type DoorWithoutSql = Exclude<Door, 'sql'>;

/** What a door can be told to do. */
export type FaultAt<D extends Door> = D extends 'sql' ? Fault : CommonFault;

export interface FaultOrder {
  readonly door: Door;
  /**
   * `METHOD /path?query` with `*` for any text; absent: every call. `GET /secrets/*`.
   * At the door `messaging`, of both transports: an AMQP frame, `ATTACH topic`, `TRANSFER hub` (frame-faults.ts).
   * At the door `sql`: a TDS message, `LOGIN7`, `RPC sp_executesql`, `TM commit` (packet-faults.ts).
   */
  readonly operation?: string;
  /** The first call that is hit, counted from 1 among those that fit. */
  readonly nth?: number;
  /** How many calls are hit from there; absent: 1. `always` until it is withdrawn. */
  readonly times?: number | 'always';
  /** Hit with this probability instead, drawn from `seed`: the same seed hits the same calls. */
  readonly share?: number;
  readonly seed?: number;
  readonly fault: Fault;
}
