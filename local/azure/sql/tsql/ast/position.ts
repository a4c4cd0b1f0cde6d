// Names and places that every node of the tree shares. The parser makes the tree; what is not in it is refused by name.

/** Where a node begins in the text of its batch or module. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** Offset of the first character, from 0. */
  readonly start: number;
}

/** `[server.][database.][schema.]name`; a server part is refused by the parser. Parts keep their case. */
export interface ObjectName extends Position {
  readonly database?: string;
  readonly schema?: string;
  readonly name: string;
}
