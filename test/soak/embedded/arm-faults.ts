import type { Fault } from '../../../local/azure/faults/fault.ts';
import type { FaultPlan } from '../../../local/azure/faults/fault-plan.ts';
import type { ListFault, StateFault, Trouble } from '../history.ts';

/** So often a call has to fail until the client gives up. */
const ATTEMPTS = 3;

/**
 * Arms what is to befall the next calls at the doors. Delays are a hundredth of the history's. Calls are counted at
 * the door, so with runs that overlap it may be another's call that is hit.
 */
export function armFaults(faults: FaultPlan, { list, state }: Trouble): void {
  for (const one of list) {
    const { fault, times = 1 } = listFault(one);
    const operation = 'GET /subscriptions/*';
    faults.arm({ door: 'resource-manager', operation, nth: one.call, times, fault });
  }
  for (const one of state) {
    const { fault, times = 1 } = stateFault(one);
    faults.arm({ door: 'blob', operation: '*scan-checkpoint*', nth: one.call, times, fault });
  }
}

interface Armed {
  readonly fault: Fault;
  readonly times?: number;
}

function listFault({ kind, delayMs }: ListFault): Armed {
  switch (kind) {
    case 'throttled':
      return { fault: { kind: 'status', status: 429, retryAfter: '600' } };
    case 'denied':
      return { fault: { kind: 'status', status: 403 } };
    case 'stale':
      return { fault: { kind: 'status', status: 400 } };
    case 'unavailable':
      return delayMs > 2_000
        ? { fault: { kind: 'status', status: 500 }, times: ATTEMPTS }
        : { fault: { kind: 'cutResponse', atPercent: 50, afterwards: 'end' } };
    case 'slow':
      return { fault: { kind: 'slow', delayMs: delayMs / 100 } };
  }
}

function stateFault({ kind, delayMs }: StateFault): Armed {
  switch (kind) {
    case 'unavailable':
      return { fault: { kind: 'status', status: 503 }, times: ATTEMPTS };
    case 'inDoubt':
      return {
        fault: { kind: 'cutResponse', atPercent: 0, afterwards: 'fin' },
        times: ATTEMPTS,
      };
    case 'repeated':
      return { fault: { kind: 'cutResponse', atPercent: 0, afterwards: 'rst' } };
    case 'slow':
      return { fault: { kind: 'slow', delayMs: delayMs / 100 } };
  }
}
