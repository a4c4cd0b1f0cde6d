/** What a check is about; absent if its settings are wrong, of which its probe tells. */
export function subjectOf(read: () => string): { readonly subject?: string } {
  try {
    return { subject: read() };
  } catch {
    return {};
  }
}
