// Faults on demand at each message that a client sends: `PRELOGIN`, `LOGIN7`, `FEDAUTH`, `SQLBATCH`,
// `RPC inventory.RecordResource`, `RPC sp_executesql`, `TM begin`, `BULKLOAD`.
import { type Message, packetType } from './packet.ts';
import { peekProcedure } from './requests/rpc-request.ts';
import { readTransactionRequest } from './requests/transaction-request.ts';

/** The faults of the plan, as far as they mean something for a message. */
export type PacketFault =
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'wrongBody'; readonly body: string }
  | {
      readonly kind: 'sqlError';
      readonly number: number;
      readonly message?: string;
      readonly severity?: number;
      readonly state?: number;
    }
  /** Of HTTP: here 40197. */
  | { readonly kind: 'status'; readonly status: number }
  | {
      readonly kind: 'cutRequest' | 'cutResponse';
      readonly atPercent: 0 | 50;
      readonly afterwards: string;
    };

export interface PacketFaults {
  /** False: no message need be named. */
  readonly isArmed: boolean;
  /** The fault for this message, if one is due. */
  take(operation: string): PacketFault | undefined;
}

const names: Readonly<Record<number, string>> = {
  [packetType.prelogin]: 'PRELOGIN',
  [packetType.login7]: 'LOGIN7',
  [packetType.federatedToken]: 'FEDAUTH',
  [packetType.sqlBatch]: 'SQLBATCH',
  [packetType.bulkLoad]: 'BULKLOAD',
};

export function nameMessage({ type, data }: Message): string {
  if (type === packetType.rpc) return `RPC ${peekProcedure(data) ?? ''}`.trimEnd();
  if (type === packetType.transactionManager) return `TM ${transactionKind(data)}`.trimEnd();
  return names[type] ?? 'UNKNOWN';
}

function transactionKind(data: Buffer): string {
  try {
    return readTransactionRequest(data).kind;
  } catch {
    return '';
  }
}
