import { parseResourceId } from '../resource-id.ts';
import { FilterParser } from './filter-parser.ts';
import type { Resource } from './resource.ts';

export type ResourceFilter = (resource: Resource) => boolean;

interface Tag {
  readonly name: string;
  readonly value: string;
}
/** Evaluates against one tag of the resource, so that tagName and tagValue speak of the same one. */
type Expression = (resource: Resource, tag: Tag | undefined) => boolean;
type Property = (resource: Resource, tag: Tag | undefined) => string | undefined;

const properties: Readonly<Record<string, Property>> = {
  resourcetype: (resource) => resource.type,
  name: (resource) => resource.name,
  location: (resource) => resource.location,
  resourcegroup: (resource) => parseResourceId(resource.id)?.resourceGroup,
  kind: (resource) => resource.kind,
  tagname: (_resource, tag) => tag?.name,
  tagvalue: (_resource, tag) => tag?.value,
  'identity/principalid': (resource) => resource.identity?.principalId,
};

/**
 * Compiles a `$filter` of `GET …/resources`: eq and ne on resourceType, name, location, resourceGroup, kind,
 * tagName, tagValue, identity/principalId; substringof, startswith; and, or, parentheses. Empty: everything.
 * Throws 400 `InvalidFilterInQueryString` for anything else: an unknown filter must not list too much.
 * Source: https://learn.microsoft.com/rest/api/resources/resources/list
 */
export function parseResourceFilter(filter: string): ResourceFilter {
  if (filter.trim() === '') return () => true;
  const parser = new FilterParser(filter);
  const expression = parseOr(parser);
  if (!parser.isAtEnd) throw parser.refusal();
  return (resource) => {
    const tags = Object.entries(resource.tags ?? {}).map(([name, value]) => ({ name, value }));
    return [undefined, ...tags].some((tag) => expression(resource, tag));
  };
}

function parseOr(parser: FilterParser): Expression {
  const left = parseAnd(parser);
  if (!parser.take('or')) return left;
  const right = parseOr(parser);
  return (resource, tag) => left(resource, tag) || right(resource, tag);
}

function parseAnd(parser: FilterParser): Expression {
  const left = parseTerm(parser);
  if (!parser.take('and')) return left;
  const right = parseAnd(parser);
  return (resource, tag) => left(resource, tag) && right(resource, tag);
}

function parseTerm(parser: FilterParser): Expression {
  if (parser.take('(')) {
    const inner = parseOr(parser);
    parser.expect(')');
    return inner;
  }
  if (parser.take('substringof')) return parseSubstringOf(parser);
  if (parser.take('startswith')) return parseStartsWith(parser);
  return parseComparison(parser);
}

/** `substringof('part', name)`: the text comes first. */
function parseSubstringOf(parser: FilterParser): Expression {
  parser.expect('(');
  const part = parser.takeText().toLowerCase();
  parser.expect(',');
  const read = takeProperty(parser);
  parser.expect(')');
  return (resource, tag) => read(resource, tag)?.toLowerCase().includes(part) ?? false;
}

/** `startswith(tagName, 'start')`. */
function parseStartsWith(parser: FilterParser): Expression {
  parser.expect('(');
  const read = takeProperty(parser);
  parser.expect(',');
  const start = parser.takeText().toLowerCase();
  parser.expect(')');
  return (resource, tag) => read(resource, tag)?.toLowerCase().startsWith(start) ?? false;
}

function parseComparison(parser: FilterParser): Expression {
  const read = takeProperty(parser);
  const isEqual = parser.take('eq');
  if (!isEqual) parser.expect('ne');
  const wanted = parser.takeText().toLowerCase();
  return (resource, tag) => (read(resource, tag)?.toLowerCase() === wanted) === isEqual;
}

function takeProperty(parser: FilterParser): Property {
  const read = properties[parser.takeName()];
  if (!read) throw parser.refusal();
  return read;
}
