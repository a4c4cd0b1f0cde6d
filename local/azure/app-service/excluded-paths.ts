/**
 * Whether a path may be asked for without a token. An entry stands for itself and for what is below it, in any case;
 * a `*` at its end changes nothing. `pathname` has no dot segments any more, so that the program sees the same path.
 * Source: https://learn.microsoft.com/azure/app-service/configure-authentication-file-based#configuration-file-reference
 * Pretend: what is below an entry without `*`; and that the program hears of no caller there, whoever calls.
 */
export function isExcluded(excludedPaths: readonly string[], pathname: string): boolean {
  const path = withoutEnd(pathname);
  return excludedPaths.some((entry) => {
    const prefix = withoutEnd(entry.replace(/\/?\*$/, ''));
    // The root stands for what is below it only with its `*`: all would be open by one slash.
    if (prefix === '' && !entry.endsWith('*')) return path === '';
    return path === prefix || path.startsWith(`${prefix}/`);
  });
}

function withoutEnd(path: string): string {
  return path.toLowerCase().replace(/\/+$/, '');
}
