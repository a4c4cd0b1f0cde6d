import type { AuthLevel } from './host-function.ts';
import type { HttpTarget } from './http-data.ts';
import type { KeyLevel, Keys } from './keys.ts';

/**
 * What the request's key allows. Azure: the header wins over `code`, even when it is wrong
 * (azure-functions-host, AuthenticationLevelHandler.cs).
 */
export function keyLevelOf(keys: Keys, target: HttpTarget, functionName?: string): KeyLevel {
  const code = target.query.find(({ name }) => name.toLowerCase() === 'code')?.values[0];
  return keys.levelOf(target.headers.get('x-functions-key') ?? code, functionName);
}

const RANK: Readonly<Record<KeyLevel, number>> = { anonymous: 0, function: 1, admin: 2 };

export function isAllowed(has: KeyLevel, needs: AuthLevel): boolean {
  return RANK[has] >= RANK[needs];
}
