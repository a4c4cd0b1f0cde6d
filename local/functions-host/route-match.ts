// ASP.NET Core's matching of a path against a template (dotnet/aspnetcore, src/Http/Routing/src/RoutePatternMatcher.cs).
import type { RouteParameter, RouteSegment, RouteTemplate } from './route-template.ts';

export type RouteValues = Record<string, string>;

/**
 * `path` begins with a slash and is decoded. Returns the parameters that have a value, or undefined if the path or a
 * constraint doesn't fit. Literals match without case, one trailing slash is ignored, no inner segment may be empty.
 */
export function matchRoute(template: RouteTemplate, path: string): RouteValues | undefined {
  const requested = path.slice(1).split('/');
  if (requested.at(-1) === '') requested.pop();
  const values: RouteValues = {};
  for (const [index, text] of requested.entries()) {
    const segment = template.segments[index];
    if (text === '' || !segment) return undefined;
    const [part] = segment;
    if (part?.kind === 'parameter' && part.catchAll) {
      values[part.name] = path.slice(1).split('/').slice(index).join('/');
      return withDefaults(template, requested.length, values);
    }
    if (!matchSegment(segment, text, values)) return undefined;
  }
  return withDefaults(template, requested.length, values);
}

function withDefaults(
  template: RouteTemplate,
  requestedCount: number,
  values: RouteValues,
): RouteValues | undefined {
  for (const segment of template.segments.slice(requestedCount)) {
    const [part] = segment;
    if (segment.length > 1 || part?.kind !== 'parameter') return undefined;
    if (!part.catchAll && !part.optional && part.defaultValue === undefined) return undefined;
  }
  for (const part of template.segments.flat()) {
    if (part.kind === 'literal') continue;
    if (!(part.name in values) && part.defaultValue !== undefined) {
      values[part.name] = part.defaultValue;
    }
    const value = values[part.name];
    if (value !== undefined && !part.constraints.every((fits) => fits(value))) return undefined;
  }
  return values;
}

function matchSegment(segment: RouteSegment, text: string, values: RouteValues): boolean {
  const [part] = segment;
  if (segment.length > 1) return matchComplexSegment(segment, text, values);
  if (part?.kind === 'parameter') {
    values[part.name] = text;
    return true;
  }
  return part?.text.toLowerCase() === text.toLowerCase();
}

function matchComplexSegment(segment: RouteSegment, text: string, values: RouteValues): boolean {
  if (matchParts(segment, text, values)) return true;
  const last = segment.at(-1);
  if (last?.kind !== 'parameter' || !last.optional || text.endsWith('.')) return false;
  // Without its last parameter and the period before it.
  const shorter = segment.slice(0, -2);
  const [only] = shorter;
  if (shorter.length === 1 && only?.kind === 'parameter') {
    values[only.name] = text;
    return true;
  }
  return matchParts(shorter, text, values);
}

/** From the right: each parameter takes what lies between the last possible places of its literals, at least one character. */
function matchParts(
  parts: readonly RouteSegment[number][],
  text: string,
  values: RouteValues,
): boolean {
  const found: RouteValues = {};
  const lower = text.toLowerCase();
  let end = text.length;
  let pending: RouteParameter | undefined;
  for (const part of parts.toReversed()) {
    if (part.kind === 'parameter') {
      pending = part;
      continue;
    }
    const latestStart = end - part.text.length - (pending ? 1 : 0);
    const start = latestStart < 0 ? -1 : lower.lastIndexOf(part.text.toLowerCase(), latestStart);
    if (start < 0) return false;
    const after = start + part.text.length;
    if (pending) found[pending.name] = text.slice(after, end);
    else if (after !== end) return false;
    pending = undefined;
    end = start;
  }
  if (pending ? end === 0 : end !== 0) return false;
  if (pending) found[pending.name] = text.slice(0, end);
  Object.assign(values, found);
  return true;
}
