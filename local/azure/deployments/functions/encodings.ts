// https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string
import { stringArgument, typeName } from './arguments.ts';
import { decodeBase64 } from './decode-base64.ts';
import { parseJson } from './parse-json.ts';
import { refuse } from './refusal.ts';
import { serializeJson } from './serialize-json.ts';
import { type CallSite, eager, type FunctionTable } from './template-function.ts';
import { toText } from './to-text.ts';

export const encodingFunctions: FunctionTable = {
  base64: eager(1, (args, site) => encodeBase64(stringArgument(args, 0, site))),
  base64ToString: eager(1, (args, site) => base64ToString(args, site)),
  base64ToJson: eager(1, (args, site) => {
    const value = parseJson(base64ToString(args, site));
    if (value !== undefined) return value;
    throw refuse(
      "The template language function 'base64ToJson' was invoked with a parameter that is not valid. The decoded string is not a valid json serialized value.",
    );
  }),
  dataUri: eager(1, ([value], site) => dataUri(value, site)),
  dataUriToString: eager(1, (args, site) => dataUriToString(stringArgument(args, 0, site), site)),
  json: eager(1, (args, site) => {
    const value = parseJson(stringArgument(args, 0, site));
    if (value !== undefined) return value;
    throw refuse(
      "Unable to evaluate the template language function 'json'. The argument provided is not a valid JSON string.",
    );
  }),
  uri: eager(2, (args, site) =>
    combine(stringArgument(args, 0, site), stringArgument(args, 1, site)),
  ),
  uriComponent: eager(1, (args, site) => encodeComponent(stringArgument(args, 0, site))),
  uriComponentToString: eager(1, (args, site) =>
    decodeComponent(stringArgument(args, 0, site), ' '),
  ),
};

function encodeBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function base64ToString(args: readonly unknown[], site: CallSite): string {
  const bytes = decodeBase64(stringArgument(args, 0, site));
  if (bytes !== undefined) return bytes.toString('utf8');
  throw refuse(
    `The template language function '${site.name}' was invoked with a parameter that is not valid. The value cannot be decoded from base64 representation.`,
  );
}

function dataUri(value: unknown, site: CallSite): string {
  const type = typeName(value);
  if (type === 'Null') throw notConvertible(site);
  const mediaType = type === 'String' ? 'text/plain' : 'application/json';
  const text = typeof value === 'object' ? serializeJson(value) : toText(value);
  return `data:${mediaType};charset=utf-8;base64,${encodeBase64(text)}`;
}

/** RFC 2397. */
function dataUriToString(uri: string, site: CallSite): string {
  const comma = uri.indexOf(',');
  if (!/^data:/i.test(uri) || comma === -1) {
    throw refuse(
      `The template language function 'dataUriToString' expects its parameter to be formatted as a valid data URI. The provided value '${uri}' was not formatted correctly. Please see https://aka.ms/arm-functions#dataUriToString for usage details.`,
    );
  }
  const attributes = uri.slice('data:'.length, comma).split(';').slice(1);
  const charset = attributes
    .find((attribute) => /^charset=/i.test(attribute))
    ?.slice('charset='.length);
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw refuse(
      `The template language function 'dataUriToString' parameter is not valid. The provided charset '${charset}' is not supported. Please see https://aka.ms/arm-functions#dataUriToString for usage details.`,
    );
  }
  const data = uri.slice(comma + 1);
  if (!attributes.some((attribute) => /^base64$/i.test(attribute)))
    return decodeComponent(data, '+');
  const bytes = decodeBase64(data);
  if (bytes === undefined) throw notConvertible(site);
  return bytes.toString('utf8');
}

function notConvertible(site: CallSite): Error {
  return refuse(
    `The template language function '${site.name}' was invoked with a parameter that is not valid. The value cannot be converted to the target type.`,
  );
}

/** RFC 3986's resolution, as .NET's and WHATWG's `Uri` do it. */
function combine(base: string, relative: string): string {
  // Azure: a space or another character that no address may hold refuses the base, not the relative part
  // (golden/engine.json).
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s<>"{}|\\^`]*$/.test(base) && URL.canParse(relative, base)) {
    return new URL(relative, base).href;
  }
  throw refuse(
    `The template language function 'uri' expects its first argument to be a uri string. The provided value is '${base}'. Please see https://aka.ms/arm-function-datauri for usage details.`,
  );
}

function encodeComponent(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Lenient: what is no escape stays, bytes that are no UTF-8 become U+FFFD. */
function decodeComponent(text: string, plus: ' ' | '+'): string {
  const runs = plus === ' ' ? text.replaceAll('+', ' ') : text;
  return runs.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}
