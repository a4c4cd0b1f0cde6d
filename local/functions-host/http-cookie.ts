import type { RpcCookie } from './worker-contract.ts';

/** `Set-Cookie` as ASP.NET writes it: the value escaped, lower-case attributes in its order, path `/` unless set. */
export function formatCookie(cookie: RpcCookie): string {
  const expires = cookie.expires?.value?.seconds;
  const sameSite = { none: undefined, lax: 'lax', strict: 'strict', explicitNone: 'none' }[
    cookie.sameSite ?? 'none'
  ];
  const attributes = [
    `${cookie.name}=${escapeData(cookie.value)}`,
    expires !== undefined && `expires=${new Date(expires * 1000).toUTCString()}`,
    cookie.maxAge?.value !== undefined && `max-age=${Math.trunc(cookie.maxAge.value)}`,
    cookie.domain?.value && `domain=${cookie.domain.value}`,
    `path=${cookie.path?.value ?? '/'}`,
    cookie.secure?.value && 'secure',
    sameSite && `samesite=${sameSite}`,
    cookie.httpOnly?.value && 'httponly',
  ];
  return attributes.filter((part) => typeof part === 'string').join('; ');
}

/** .NET's `Uri.EscapeDataString` keeps only the unreserved characters. */
function escapeData(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
