// The promises of the scan, read off the record of its witnesses alone.
import { v5 as uuidv5 } from 'uuid';
import { AppError } from '../../shared/errors.ts';
import { type Checkpoint, parseCheckpoint } from '../../shared/scan/checkpoint.ts';
import { EVENT_NAMESPACE } from '../../shared/scan/finding.ts';
import type { Chronicle, HandOn, Incarnation } from './chronicle.ts';

/** Time that a run needs to stop and write its report when its time is up. */
const STOP_MS = 15_000;

/** Sentences, one per broken promise; empty if all were kept. */
export function checkChronicle(chronicle: Chronicle): string[] {
  const record = new Record_(chronicle);
  return [
    ...record.unparsable,
    ...record.runsThatDoNotEnd(),
    ...record.neverCreated(),
    ...record.tooOften(),
    ...record.forgottenClaims(),
    ...record.passedByWatermark(),
    ...record.lost(),
  ];
}
