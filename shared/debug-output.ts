/** Loggers of `rhea`, under the messaging SDKs, that print whole frames: the put-token message with the token in it. */
const FRAME_LOGGERS = ['rhea:frames', 'rhea:raw', 'rhea:message'];

/** Whether a value of DEBUG makes the process print its messaging tokens. Read as the package `debug` reads it. */
export function printsTokens(debug: string): boolean {
  const patterns = debug.split(/[\s,]+/).filter(Boolean);
  const skipped = patterns.filter((one) => one.startsWith('-')).map((one) => one.slice(1));
  const enabled = patterns.filter((one) => !one.startsWith('-'));
  return FRAME_LOGGERS.some(
    (name) =>
      enabled.some((pattern) => matches(name, pattern)) &&
      !skipped.some((pattern) => matches(name, pattern)),
  );
}

function matches(name: string, pattern: string): boolean {
  const parts = pattern.split(/\*+/).map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
