// LOGIN7 [MS-TDS 2.2.6.4]: who wants to log in, where, and how.
import { ByteReader } from './byte-reader.ts';
import { malformed } from './malformed.ts';
import { feature } from './tokens/feature.ts';

export interface Login7 {
  readonly tdsVersion: number;
  /** What the client asks for, in bytes. */
  readonly packetSize: number;
  readonly hostName: string;
  readonly userName: string;
  readonly applicationName: string;
  readonly serverName: string;
  readonly database: string;
  readonly usesIntegratedSecurity: boolean;
  readonly federated?: FederatedAuthentication;
  readonly wantsUtf8: boolean;
}

export type FederatedAuthentication =
  /** The token is in the login itself. */
  | { readonly library: 'securityToken'; readonly token: string }
  /** The client asks where tokens are made, and sends one then. */
  | { readonly library: 'adal' };

/** As LOGIN7 has them, little-endian [MS-TDS 2.2.7.14]. */
export const tdsVersion = { v73: 0x730a0003, v74: 0x74000004, v80: 0x08000000 } as const;

/** 7.3 brought the date types, 8.0 counts on its own. Older clients read other rows and columns. */
export function isSupportedVersion(version: number): boolean {
  return version === tdsVersion.v80 || version >= tdsVersion.v73;
}

const FIXED_LENGTH = 94;
const INTEGRATED_SECURITY = 0x80;
const HAS_EXTENSION = 0x10;

const at = {
  tdsVersion: 4,
  packetSize: 8,
  flags2: 25,
  flags3: 27,
  hostName: 36,
  userName: 40,
  applicationName: 48,
  serverName: 52,
  extension: 56,
  database: 68,
} as const;

// Pretend: a longer name is no protocol. SQL Server's names end there; refusals and the journal repeat names, and a
// token that a client puts in the place of one must not be repeated.
const LONGEST_NAME = 128;

/** Throws MalformedError for offsets that point out of the message, and for longer names. The password is not even read. */
export function readLogin7(data: Buffer): Login7 {
  if (data.length < FIXED_LENGTH || data.readUInt32LE(0) > data.length) throw malformed();
  const text = (position: number) => {
    const reader = new ByteReader(data, data.readUInt16LE(position));
    const length = data.readUInt16LE(position + 2);
    if (length > LONGEST_NAME) throw malformed();
    return reader.text(length);
  };
  return {
    tdsVersion: data.readUInt32LE(at.tdsVersion),
    packetSize: data.readUInt32LE(at.packetSize),
    hostName: text(at.hostName),
    userName: text(at.userName),
    applicationName: text(at.applicationName),
    serverName: text(at.serverName),
    database: text(at.database),
    usesIntegratedSecurity: (data.readUInt8(at.flags2) & INTEGRATED_SECURITY) !== 0,
    ...readExtensions(data),
  };
}

function readExtensions(data: Buffer): Pick<Login7, 'federated' | 'wantsUtf8'> {
  let federated: FederatedAuthentication | undefined;
  let wantsUtf8 = false;
  // tedious with tdsVersion 8_0 sets the flag and writes no extension.
  const isThere = (data.readUInt8(at.flags3) & HAS_EXTENSION) !== 0;
  if (!isThere || data.readUInt16LE(at.extension + 2) < 4) return { wantsUtf8 };
  const pointer = new ByteReader(data, data.readUInt16LE(at.extension)).uint32();
  const reader = new ByteReader(data, pointer);
  for (;;) {
    const id = reader.uint8();
    if (id === feature.terminator) break;
    const body = reader.bytes(reader.uint32());
    if (id === feature.federatedAuthentication) federated = readFederated(body);
    if (id === feature.utf8) wantsUtf8 = true;
  }
  return { wantsUtf8, ...(federated && { federated }) };
}

/** [MS-TDS 2.2.6.4 FEDAUTH]: seven bits of library above the echo bit. */
function readFederated(body: Buffer): FederatedAuthentication {
  const reader = new ByteReader(body);
  const library = reader.uint8() >> 1;
  if (library === 1) return { library: 'securityToken', token: readToken(reader) };
  if (library === 2) return { library: 'adal' };
  throw malformed();
}

/** FEDAUTH message [MS-TDS 2.2.6.3]. Throws MalformedError. */
export function readFederatedToken(data: Buffer): string {
  const reader = new ByteReader(data);
  const length = reader.uint32();
  if (length > reader.remaining) throw malformed();
  return readToken(reader);
}

function readToken(reader: ByteReader): string {
  const length = reader.uint32();
  // An odd byte is no UTF-16.
  if (length % 2 !== 0) throw malformed();
  return reader.text(length / 2);
}
