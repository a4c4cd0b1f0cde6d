/** Loggers of `rhea`, under the messaging SDKs, that print what is sent: in put-token that is the token (seen with rhea 3.0.5). */
const PAYLOAD_LOGGERS = ['rhea:frames', 'rhea:raw', 'rhea:message'];

/** Whether a value of DEBUG makes the process print its messaging tokens. Read as the package `debug` reads it. */
export function printsTokens(debug: string): boolean {
  const patterns = debug.split(/[\s,]+/).filter(Boolean);
  const skipped = patterns.filter((one) => one.startsWith('-')).map((one) => one.slice(1));
  const enabled = patterns.filter((one) => !one.startsWith('-'));
  return PAYLOAD_LOGGERS.some(
    (name) =>
      enabled.some((pattern) => matches(name, pattern)) &&
      !skipped.some((pattern) => matches(name, pattern)),
  );
}

/** `*` stands for any characters. */
function matches(name: string, pattern: string): boolean {
  const parts = pattern.split(/\*+/).map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
