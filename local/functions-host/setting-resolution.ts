export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a setting as .NET's configuration does: without case, `__` and `:` alike. */
export function findSetting(environment: Environment, name: string): string | undefined {
  const exact = environment[name];
  if (exact !== undefined) return exact;
  const wanted = normalise(name);
  return Object.entries(environment).find(([key]) => normalise(key) === wanted)?.[1];
}

const normalise = (name: string) => name.toLowerCase().replaceAll(':', '__');

/**
 * Replaces `%NAME%` in a binding's value by that setting.
 * Throws what the real host says (azure-webjobs-sdk, NameResolverExtensions.cs).
 */
export function resolveSettings(text: string, environment: Environment): string {
  let resolved = '';
  let position = 0;
  for (;;) {
    const open = text.indexOf('%', position);
    if (open < 0) return resolved + text.slice(position);
    const close = text.indexOf('%', open + 1);
    if (close < 0) {
      throw new Error(`The '%' at position ${open} does not have a closing '%'`);
    }
    const name = text.slice(open + 1, close);
    const value = name === '' ? undefined : findSetting(environment, name);
    if (value === undefined) throw new Error(`'%${name}%' does not resolve to a value.`);
    resolved += text.slice(position, open) + value;
    position = close + 1;
  }
}

/**
 * Azure: `AzureWebJobs.<name>.Disabled` or `AzureWebJobs_<name>_Disabled`, `true` or `1`; a double underscore
 * does nothing (measured with WebHost 4.1037).
 */
export function isDisabled(functionName: string, environment: Environment): boolean {
  const wanted = [
    `azurewebjobs.${functionName}.disabled`.toLowerCase(),
    `azurewebjobs_${functionName}_disabled`.toLowerCase(),
  ];
  const value = Object.entries(environment).find(([key]) =>
    wanted.includes(key.toLowerCase()),
  )?.[1];
  return value !== undefined && /^(true|1)$/i.test(value.trim());
}
