// SET: what a session may choose. What would change results in ways that are not here is refused.
import type { Statement } from '../tsql/ast/statement.ts';
import { unsupportedOption } from '../tsql/syntax-error.ts';
import type { TableName } from './identity-insert.ts';

type SetOption = Extract<Statement, { kind: 'setOption' }>;

export class SessionOptions {
  noCount = false;
  xactAbort = false;
  quotedIdentifiers = true;
  /** Milliseconds; below 0: waits for ever. */
  lockTimeoutMs = -1;
  /** Pretend: reads of a transaction take the write lock, under REPEATABLE READ and SNAPSHOT as under SERIALIZABLE. */
  isSerializable = false;
  /** The table that IDENTITY_INSERT is on for. */
  identityInsert: TableName | undefined;

  /** Throws SqlError 40517. */
  set({ option, value, line }: SetOption): void {
    const isOn = value === 'ON';
    switch (option) {
      case 'NOCOUNT':
        this.noCount = isOn;
        break;
      case 'XACT_ABORT':
        this.xactAbort = isOn;
        break;
      case 'QUOTED_IDENTIFIER':
        this.quotedIdentifiers = isOn;
        break;
      case 'LOCK_TIMEOUT':
        this.lockTimeoutMs = Number(value);
        break;
      case 'TRANSACTION ISOLATION LEVEL':
        this.isSerializable = !value.startsWith('READ ');
        break;
      default:
        if (!isHarmless(option, value)) throw unsupportedOption(`SET ${option} ${value}`, line);
    }
  }
}

/** Of these options only the values that Azure SQL has by itself. */
const only: Readonly<Record<string, readonly string[]>> = {
  DATEFIRST: ['7'],
  DATEFORMAT: ['MDY'],
  LANGUAGE: ['US_ENGLISH', 'ENGLISH'],
  IMPLICIT_TRANSACTIONS: ['OFF'],
};

function isHarmless(option: string, value: string): boolean {
  return only[option]?.includes(value) ?? true;
}

/** [MS-TDS 2.2.6.9 TM_BEGIN_XACT]: 3 repeatable read, 4 serializable, 5 snapshot. */
export function isSerializableLevel(level: number): boolean {
  return level >= 3;
}
