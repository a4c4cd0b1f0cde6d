import type { PacketFault } from './packet-faults.ts';
import type { SqlError } from './sql-error.ts';
import { sqlErrorOf } from './sql-error-texts.ts';

export type Cut = 'silence' | 'fin' | 'rst';

/** What a connection can do wrong with the message at hand. */
export interface Misdeeds {
  proceed(): Promise<void>;
  /** Answers with the error instead. */
  refuse(error: SqlError): Promise<void>;
  fallSilent(): void;
  /** From now on no more than half of one packet is sent. */
  cutAnswer(atPercent: 0 | 50): void;
  cut(how: Cut): void;
  writeRaw(bytes: Buffer): Promise<void>;
}

export async function misbehave(fault: PacketFault, misdeeds: Misdeeds): Promise<void> {
  switch (fault.kind) {
    case 'hang':
      misdeeds.fallSilent();
      return;
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs).unref());
      return misdeeds.proceed();
    case 'wrongBody':
      return misdeeds.writeRaw(Buffer.from(fault.body));
    case 'sqlError':
      return misdeeds.refuse(sqlErrorOf(fault));
    case 'status':
      return misdeeds.refuse(sqlErrorOf({ number: 40197 }));
    case 'cutRequest':
      misdeeds.cut(cutOf(fault.afterwards));
      return;
    case 'cutResponse':
      misdeeds.cutAnswer(fault.atPercent);
      await misdeeds.proceed();
      misdeeds.cut(cutOf(fault.afterwards));
  }
}

/** TDS has no answer that ends half-way and looks whole: `end` is a FIN. */
function cutOf(afterwards: string): Cut {
  return afterwards === 'silence' || afterwards === 'rst' ? afterwards : 'fin';
}
