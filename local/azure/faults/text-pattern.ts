/** A pattern in which `*` stands for any text, compared as a whole and without regard to case. */
export function compileTextPattern(pattern: string): (text: string) => boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${escaped.join('.*')}$`, 'i');
  return (text) => expression.test(text);
}
