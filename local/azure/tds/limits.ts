export interface TdsLimits {
  /** From the first byte to the end of the login. */
  readonly loginMs: number;
  /** From the first packet of a message to its last. */
  readonly messageMs: number;
  /** Bytes of a message before the login: a token has two bytes a character. */
  readonly loginMessageBytes: number;
  readonly messageBytes: number;
  /** Connections that have not logged in: the oldest goes when another comes. */
  readonly pendingLogins: number;
}

// Pretend: the sizes and times are ours.
export const tdsLimits: TdsLimits = {
  loginMs: 30_000,
  messageMs: 120_000,
  loginMessageBytes: 64 * 1024,
  messageBytes: 32 * 1024 * 1024,
  pendingLogins: 500,
};

/** Sizes of a packet, header included [MS-TDS 2.2.3.1.3]. */
export const packetSizes = {
  /** Until the login agrees on another. */
  first: 4096,
  least: 512,
  /** What SQL Server grants an encrypted connection: one packet is one TLS record. */
  most: 16_383,
} as const;
