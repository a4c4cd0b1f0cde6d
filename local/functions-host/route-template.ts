// ASP.NET Core's route templates as a classic Route reads them (dotnet/aspnetcore,
// src/Http/Routing/src/Patterns/RoutePatternParser.cs and RouteParameterParser.cs).
import { type Constraint, parseConstraint } from './route-constraints.ts';

export interface RouteParameter {
  readonly kind: 'parameter';
  readonly name: string;
  readonly catchAll: boolean;
  readonly optional: boolean;
  readonly defaultValue: string | undefined;
  readonly constraints: readonly Constraint[];
}

export interface RouteLiteral {
  readonly kind: 'literal';
  readonly text: string;
}

export type RoutePart = RouteParameter | RouteLiteral;

/** One part is a simple segment, several are a complex one such as `{file}.{ext}`. */
export type RouteSegment = readonly RoutePart[];

export interface RouteTemplate {
  readonly text: string;
  readonly segments: readonly RouteSegment[];
}

/** Throws ASP.NET's complaint about a template that it would refuse. */
export function parseRouteTemplate(text: string): RouteTemplate {
  if (text.startsWith('~') && !text.startsWith('~/')) {
    throw new Error(
      "The route template cannot start with a '~' character unless followed by a '/'.",
    );
  }
  const trimmed = text.replace(/^(~\/|\/)/, '');
  const segments = splitSegments(trimmed).map((segment) => {
    if (segment === '') {
      throw new Error(
        "The route template separator character '/' cannot appear consecutively. It must be separated by either a parameter or a literal value.",
      );
    }
    return parseSegment(segment);
  });
  assertTemplate(segments);
  return { text, segments };
}

/** At slashes outside of braces; a trailing slash counts for nothing. */
function splitSegments(text: string): string[] {
  const segments: string[] = [];
  let start = 0;
  let inParameter = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    const doubled = text[index + 1] === character;
    if ((character === '{' || character === '}') && doubled) index++;
    else if (character === '{') inParameter = true;
    else if (character === '}') inParameter = false;
    else if (character === '/' && !inParameter) {
      segments.push(text.slice(start, index));
      start = index + 1;
    }
  }
  if (start < text.length) segments.push(text.slice(start));
  return segments;
}

function parseSegment(text: string): RouteSegment {
  const parts: RoutePart[] = [];
  let position = 0;
  while (position < text.length) {
    const isParameter = text[position] === '{' && text[position + 1] !== '{';
    const end = isParameter ? endOfParameter(text, position) : endOfLiteral(text, position);
    const raw = text.slice(position, end);
    parts.push(
      isParameter
        ? parseParameter(unescapeBraces(raw.slice(1, -1)))
        : { kind: 'literal', text: parseLiteral(raw) },
    );
    position = end;
  }
  return parts;
}

const unescapeBraces = (text: string) => text.replaceAll('}}', '}').replaceAll('{{', '{');

const MISMATCHED =
  "There is an incomplete parameter in the route template. Check that each '{' character has a matching '}' character.";

function endOfParameter(text: string, open: number): number {
  for (let index = open + 1; index < text.length; index++) {
    if (text[index] === '{') {
      if (text[index + 1] !== '{') {
        throw new Error("In a route parameter, '{' and '}' must be escaped with '{{' and '}}'.");
      }
      index++;
    } else if (text[index] === '}') {
      if (text[index + 1] !== '}') return index + 1;
      index++;
    }
  }
  throw new Error(MISMATCHED);
}

function endOfLiteral(text: string, start: number): number {
  let index = start;
  while (index < text.length) {
    const character = text[index];
    if (character === '{' || character === '}') {
      if (text[index + 1] === character) index++;
      else if (character === '{') return index;
      else throw new Error(MISMATCHED);
    }
    index++;
  }
  return index;
}

function parseLiteral(raw: string): string {
  const text = unescapeBraces(raw);
  if (text.includes('?')) {
    throw new Error(
      `The literal section '${text}' is invalid. Literal sections cannot contain the '?' character.`,
    );
  }
  return text;
}

function parseParameter(text: string): RouteParameter {
  const stars = /^\*{0,2}/.exec(text)?.[0].length ?? 0;
  const optional = text.endsWith('?');
  if (stars > 0 && optional) throw new Error('A catch-all parameter cannot be marked optional.');
  const body = text.slice(stars, optional ? -1 : undefined);
  // A name may begin with a delimiter: only a later one ends it.
  const end = body.slice(1).search(/[:=]/);
  const name = end < 0 ? body : body.slice(0, end + 1);
  if (name === '' || /[/{}?*]/.test(name)) {
    throw new Error(
      `The route parameter name '${name}' is invalid. Route parameter names must be non-empty and cannot contain these characters: '{', '}', '/'. The '?' character marks a parameter as optional, and can occur only at the end of the parameter. The '*' character marks a parameter as catch-all, and can occur only at the start of the parameter.`,
    );
  }
  const { constraints, defaultValue } = parsePolicies(body.slice(name.length));
  if (optional && defaultValue !== undefined) {
    throw new Error('An optional parameter cannot have default value.');
  }
  return {
    kind: 'parameter',
    name,
    catchAll: stars > 0,
    optional,
    defaultValue,
    constraints: constraints.map(parseConstraint),
  };
}

/** Reads `:int:min(1)=5`. A `)` ends an argument only before `:`, `=` or the end, so a regex may hold parentheses. */
function parsePolicies(text: string): { constraints: string[]; defaultValue: string | undefined } {
  const constraints: string[] = [];
  let rest = text;
  while (rest.startsWith(':')) {
    const match = /^:((?:[^:=(]*)(?:\(.*?\)(?=[:=]|$))?)/s.exec(rest);
    const constraint = match?.[1] ?? '';
    if (constraint !== '') constraints.push(constraint);
    rest = rest.slice(constraint.length + 1);
  }
  return { constraints, defaultValue: rest.startsWith('=') ? rest.slice(1) : undefined };
}

function assertTemplate(segments: readonly RouteSegment[]): void {
  const names = new Set<string>();
  for (const [index, segment] of segments.entries()) {
    assertSegment(segment);
    for (const part of segment) {
      if (part.kind === 'literal') continue;
      if (names.has(part.name.toLowerCase())) {
        throw new Error(
          `The route parameter name '${part.name}' appears more than one time in the route template.`,
        );
      }
      names.add(part.name.toLowerCase());
      if (part.catchAll && index < segments.length - 1) {
        throw new Error(
          'A catch-all parameter can only appear as the last segment of the route template.',
        );
      }
    }
  }
}

function assertSegment(segment: RouteSegment): void {
  for (const [index, part] of segment.entries()) {
    if (part.kind === 'literal' || segment.length === 1) continue;
    if (part.catchAll) {
      throw new Error(
        'A path segment that contains more than one section, such as a literal section or a parameter, cannot contain a catch-all parameter.',
      );
    }
    if (segment[index + 1]?.kind === 'parameter') {
      throw new Error(
        "A path segment cannot contain two consecutive parameters. They must be separated by a '/' or by a literal string.",
      );
    }
    if (!part.optional) continue;
    const before = segment[index - 1];
    if (index < segment.length - 1 || before?.kind !== 'literal' || before.text !== '.') {
      throw new Error(
        `The optional parameter '${part.name}' must end its segment, and only a period (.) can precede it.`,
      );
    }
  }
}
