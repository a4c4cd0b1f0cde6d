import { remainingMs, within } from '../deadline.ts';
import type { ResourceManager } from '../resource-manager.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { Finding } from './finding.ts';
import type { HandOn } from './hand-on.ts';

/** What the scan of a scope works with, by either feed. */
export interface ScopeScanTools {
  readonly resourceManager: ResourceManager;
  readonly store: CheckpointStore;
  readonly handOn: HandOn;
  /** Told of what was handed on. */
  readonly found: (findings: readonly Finding[]) => void;
  /** Kept back from the run's time, to hand on what was found and to write the checkpoint. */
  readonly reserveMs: number;
}

/** A call to Azure Resource Manager that ends while there is time to hand on and to write the checkpoint. */
export function whileTimeIsLeft<T>(
  { reserveMs }: Pick<ScopeScanTools, 'reserveMs'>,
  call: () => Promise<T>,
): Promise<T> {
  return within(remainingMs() - reserveMs, 'resource-manager', call);
}
