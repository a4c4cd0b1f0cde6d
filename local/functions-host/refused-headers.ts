// What Kestrel answers with 400 although Node would take it.

/** RFC 3986 `reg-name` without what HTTP.sys refuses too: `*`, `+`, `,`, `;`, `=` and percent escapes. */
const NAME = /^[A-Za-z0-9\-._~!$&'()]*(?::\d*)?$/;
const IPV6 = /^\[[0-9A-Fa-f:.]+\](?::\d*)?$/;

/**
 * Whether Kestrel refuses a request with these headers: two Host headers or one that is no name or address, a
 * Transfer-Encoding that does not end in `chunked`, an upgrade with a body.
 * Source: dotnet/aspnetcore, HttpUtilities.IsHostHeaderValid and Http1MessageBody.For
 */
export function areHeadersRefused(rawHeaders: readonly string[]): boolean {
  const valuesOf = (name: string) =>
    rawHeaders.filter(
      (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
    );
  const hosts = valuesOf('host');
  if (hosts.length > 1 || !hosts.every(isHostValid)) return true;
  const codings = valuesOf('transfer-encoding').join(',');
  if (codings !== '' && !/(?:^|[\s,])chunked\s*$/i.test(codings)) return true;
  const isUpgrade = /\bupgrade\b/i.test(valuesOf('connection').join(','));
  return isUpgrade && (codings !== '' || Number(valuesOf('content-length')[0] ?? 0) > 0);
}

/** An empty one is fine, a port alone is not. */
function isHostValid(host: string): boolean {
  return !host.startsWith(':') && (NAME.test(host) || IPV6.test(host));
}
