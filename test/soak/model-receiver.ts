// Whoever findings are handed on to: takes them one by one, slowly, in part, or not at all.
import { remainingMs } from '../../shared/deadline.ts';
import type { Publish } from '../../shared/scan/hand-on.ts';
import type { ProcessClock } from './app-process.ts';
import type { Chronicle, Run } from './chronicle.ts';
import type { ReceiverFault } from './history.ts';

export function connectReceiver(
  chronicle: Chronicle,
  clock: ProcessClock,
  run: Run,
  faults: readonly ReceiverFault[],
): Publish {
  let calls = 0;
  return async (findings) => {
    calls += 1;
    const fault = faults.find(({ call }) => call === calls);
    const handOn = chronicle.handedOn(run, clock.nowMs);
    await run.process.point();
    if (fault?.kind === 'refused') throw new Error('refused');
    for (const [index, finding] of findings.entries()) {
      if (fault?.kind === 'half' && index >= findings.length / 2) throw new Error('broke off');
      if (fault?.kind === 'slow') await clock.sleep(fault.delayMs / findings.length);
      await run.process.point();
      chronicle.delivered(handOn, finding);
    }
    await run.process.point();
    handOn.isTaken = remainingMs() > 0; // The scan waits no longer, and may hand on again what came later.
  };
}
