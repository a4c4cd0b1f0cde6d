/** `6/15/2026 8:22:51 AM`: .NET's general format in American English, in UTC, as ARM's messages have it. */
export function toDotNetTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return date
    .toLocaleString('en-US', { timeZone: 'UTC' })
    .replace(',', '')
    .replaceAll('\u202f', ' ');
}
