import type { PermissionItem, Securable, SecurityStatement } from '../ast/security.ts';
import { parseBytes } from '../expressions/primary.ts';
import { parseObjectName } from '../object-name.ts';
import type { Parser } from '../parser.ts';
import { parseColumnNames } from '../queries/common-table-expressions.ts';
import { unsupportedOption, unsupportedStatement } from '../syntax-error.ts';

/** GRANT, DENY, REVOKE. */
export function parsePermissionStatement(parser: Parser): SecurityStatement {
  const kind = parser.oneOf('GRANT', 'DENY', 'REVOKE').toLowerCase() as 'grant' | 'deny' | 'revoke';
  const optionOnly = kind === 'revoke' && parser.take('GRANT', 'OPTION', 'FOR');
  const permissions = parser.list(() => parsePermission(parser));
  const on = parser.take('ON') ? parseSecurable(parser) : undefined;
  if (!(kind === 'revoke' && parser.take('FROM'))) parser.expect('TO');
  const principals = parser.list(() => parsePrincipal(parser));
  const withOption = kind === 'grant' && parser.take('WITH', 'GRANT', 'OPTION');
  const cascade = kind !== 'grant' && parser.take('CASCADE');
  const as = parser.take('AS') ? parser.identifier() : undefined;
  return {
    kind,
    permissions,
    ...(on === undefined ? {} : { on }),
    principals,
    grantOption: optionOnly || withOption,
    cascade,
    ...(as === undefined ? {} : { as }),
  };
}

/** Words up to what follows a permission; EXEC is EXECUTE. */
function parsePermission(parser: Parser): PermissionItem {
  const { token } = parser;
  const words: string[] = [];
  while (!parser.is('ON', 'TO', 'FROM', ',', '(')) {
    if (parser.token.kind !== 'word') throw parser.unexpected();
    words.push(parser.advance().word);
  }
  if (words[0] === 'ALL') throw unsupportedOption('permission ALL', token.line);
  if (words.length === 0) throw parser.unexpected();
  if (words[0] === 'EXEC') words[0] = 'EXECUTE';
  const name = words.join(' ');
  return parser.is('(') ? { name, columns: parseColumnNames(parser) } : { name };
}

function parseSecurable(parser: Parser): Securable {
  const { token } = parser;
  if (parser.ahead(1).word !== '::') return parseObjectSecurable(parser);
  parser.advance();
  parser.advance();
  switch (token.word) {
    case 'OBJECT':
      return parseObjectSecurable(parser);
    case 'SCHEMA':
      return { kind: 'schema', name: parser.identifier() };
    case 'DATABASE':
      return { kind: 'database', name: parser.identifier() };
    case 'USER':
    case 'ROLE':
      return { kind: token.word === 'USER' ? 'user' : 'role', name: parsePrincipal(parser) };
    default:
      throw unsupportedOption(`securable ${token.value.toUpperCase()}::`, token.line);
  }
}

function parseObjectSecurable(parser: Parser): Securable {
  const name = parseObjectName(parser);
  if (!parser.is('(')) return { kind: 'object', name };
  return { kind: 'object', name, columns: parseColumnNames(parser) };
}

/** `public` is a reserved word, and a role. */
function parsePrincipal(parser: Parser): string {
  return parser.is('PUBLIC') ? parser.advance().value : parser.identifier();
}

/** Behind CREATE USER. */
export function parseCreateUser(parser: Parser): SecurityStatement {
  const { line } = parser.token;
  const name = parser.identifier();
  if (parser.take('FROM', 'EXTERNAL')) {
    parser.expect('PROVIDER');
    const { OBJECT_ID, ...options } = parser.take('WITH') ? parseUserOptions(parser) : {};
    const from = {
      kind: 'externalProvider',
      ...(OBJECT_ID === undefined ? {} : { objectId: String(OBJECT_ID) }),
    } as const;
    return { kind: 'createUser', name, from, ...defaultSchema(options) };
  }
  if (parser.take('WITHOUT')) {
    parser.expect('LOGIN');
    const options = parser.take('WITH') ? parseUserOptions(parser) : {};
    return { kind: 'createUser', name, from: { kind: 'withoutLogin' }, ...defaultSchema(options) };
  }
  if (!parser.take('WITH')) {
    const clause = parser.is('FOR', 'FROM') ? ` ${parser.token.word} ${parser.ahead(1).word}` : '';
    throw unsupportedStatement(`CREATE USER${clause}`, line);
  }
  const options = parseUserOptions(parser);
  const { SID: sid, TYPE: type } = options;
  if (!(sid instanceof Uint8Array) || (type !== 'E' && type !== 'X')) throw parser.unexpected();
  return { kind: 'createUser', name, from: { kind: 'sid', sid, type }, ...defaultSchema(options) };
}

/** Behind ALTER USER. */
export function parseAlterUser(parser: Parser): SecurityStatement {
  const name = parser.identifier();
  parser.expect('WITH');
  const options = parseUserOptions(parser);
  const newName = options.NAME === undefined ? {} : { newName: String(options.NAME) };
  return { kind: 'alterUser', name, ...newName, ...defaultSchema(options) };
}

type UserOptions = { [name: string]: string | Uint8Array };

const userOptions: ReadonlySet<string> = new Set([
  'SID',
  'TYPE',
  'OBJECT_ID',
  'DEFAULT_SCHEMA',
  'NAME',
]);

/** `NAME = value, …`; only those of users without a password. */
function parseUserOptions(parser: Parser): UserOptions {
  const options: UserOptions = {};
  parser.list(() => {
    const { token } = parser;
    if (!userOptions.has(token.word)) {
      throw unsupportedOption(`user option ${token.value.toUpperCase()}`, token.line);
    }
    parser.advance();
    parser.expect('=');
    const value = parser.token;
    if (value.kind === 'binary') options[token.word] = parseBytes(parser.advance().value);
    else if (value.kind === 'string') options[token.word] = parser.advance().value;
    else
      options[token.word] =
        token.word === 'TYPE' ? parser.identifier().toUpperCase() : parser.identifier();
  });
  return options;
}

function defaultSchema(options: UserOptions): { readonly defaultSchema?: string } {
  const { DEFAULT_SCHEMA: name } = options;
  return typeof name === 'string' ? { defaultSchema: name } : {};
}

/** Behind CREATE ROLE. */
export function parseCreateRole(parser: Parser): SecurityStatement {
  const name = parser.identifier();
  if (!parser.take('AUTHORIZATION')) return { kind: 'createRole', name };
  return { kind: 'createRole', name, owner: parser.identifier() };
}

/** Behind ALTER ROLE. */
export function parseAlterRole(parser: Parser): SecurityStatement {
  const name = parser.identifier();
  if (parser.take('WITH')) {
    parser.expect('NAME', '=');
    return { kind: 'alterRole', name, change: 'rename', member: parser.identifier() };
  }
  const change = parser.oneOf('ADD', 'DROP') === 'ADD' ? 'addMember' : 'dropMember';
  parser.expect('MEMBER');
  return { kind: 'alterRole', name, change, member: parser.identifier() };
}
