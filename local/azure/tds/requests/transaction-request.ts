// Transaction manager request [MS-TDS 2.2.6.9].
import { ByteReader } from '../byte-reader.ts';
import { malformed } from '../malformed.ts';
import { notSupported } from '../packet.ts';
import { SqlError } from '../sql-error.ts';
import { skipAllHeaders } from './all-headers.ts';

interface Begin {
  readonly isolationLevel: number;
  readonly name: string;
}

export type TransactionRequest =
  | ({ readonly kind: 'begin' } & Begin)
  | {
      readonly kind: 'commit' | 'rollback';
      readonly name: string;
      /** A transaction to begin at once behind the end of this one. */
      readonly thenBegin?: Begin;
    }
  | { readonly kind: 'save'; readonly name: string };

const request = {
  getDtcAddress: 0,
  propagate: 1,
  begin: 5,
  promote: 6,
  commit: 7,
  rollback: 8,
  save: 9,
} as const;

const BEGINS_ANOTHER = 0x01;

/** Throws MalformedError, or SqlError 40517 for distributed transactions. */
export function readTransactionRequest(data: Buffer): TransactionRequest {
  const reader = new ByteReader(data);
  skipAllHeaders(reader);
  const type = reader.uint16();
  switch (type) {
    case request.begin:
      return { kind: 'begin', ...readBegin(reader) };
    case request.commit:
    case request.rollback: {
      const kind = type === request.commit ? 'commit' : 'rollback';
      const name = readName(reader);
      const beginsAnother = reader.remaining > 0 && (reader.uint8() & BEGINS_ANOTHER) !== 0;
      return { kind, name, ...(beginsAnother && { thenBegin: readBegin(reader) }) };
    }
    case request.save:
      return { kind: 'save', name: readName(reader) };
    default: {
      const isDistributed = type <= request.propagate || type === request.promote;
      const what = isDistributed ? 'distributed transaction' : `transaction request ${type}`;
      throw new SqlError(40517, notSupported(what));
    }
  }
}

function readBegin(reader: ByteReader): Begin {
  return { isolationLevel: reader.uint8(), name: reader.remaining > 0 ? readName(reader) : '' };
}

/** Its length counts bytes. */
function readName(reader: ByteReader): string {
  const length = reader.uint8();
  if (length % 2 !== 0) throw malformed();
  return reader.text(length / 2);
}
