/** Where shared/ writes: the invocation's context is one. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Others' text in a log line: no line begins with it, no terminal obeys it. At most 1,000 characters. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}|\p{Zl}|\p{Zp}/gu, '?').slice(0, 1_000);
}
