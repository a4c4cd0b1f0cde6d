import type { Principal } from '../directory.ts';
import { badRequest } from './graph-error.ts';

type Filter = (principal: Principal) => boolean;

const VALUE = "'((?:[^']|'')*)'";
const NAMES = new RegExp(`^servicePrincipalNames/any\\((\\w+):\\s*\\1 eq ${VALUE}\\)$`, 'i');
const EQUALS = new RegExp(`^(id|appId|displayName) eq ${VALUE}$`, 'i');
const STARTS = new RegExp(`^startswith\\(displayName,\\s*${VALUE}\\)$`, 'i');

/**
 * A `$filter` on service principals, as az sends it (Azure/azure-cli, command_modules/role/custom.py); terms may be joined by `or`. Absent: all of them.
 * Azure: a managed identity is found by its client id among its `servicePrincipalNames`; az looks there with
 * an object id too and then finds nothing. Pretend: here the object id is found as well.
 * Throws 400 `Request_UnsupportedQuery` for any other filter.
 */
export function parseServicePrincipalFilter(filter: string | null): Filter {
  if (filter === null || filter.trim() === '') return () => true;
  const terms = filter.split(/\s+or\s+/i).map((term) => parseTerm(term.trim()));
  return (principal) => terms.some((fits) => fits(principal));
}

function parseTerm(term: string): Filter {
  const name = NAMES.exec(term)?.[2];
  if (name !== undefined) {
    const wanted = unquote(name);
    return ({ clientId, principalId, identifierUris = [] }) =>
      [clientId, principalId, ...identifierUris].some((id) => id.toLowerCase() === wanted);
  }
  const start = STARTS.exec(term)?.[1];
  if (start !== undefined) {
    return ({ displayName }) => displayName.toLowerCase().startsWith(unquote(start));
  }
  const [, member = '', value = ''] = EQUALS.exec(term) ?? [];
  switch (member.toLowerCase()) {
    case 'id':
      return ({ principalId }) => principalId.toLowerCase() === unquote(value);
    case 'appid':
      return ({ clientId }) => clientId.toLowerCase() === unquote(value);
    case 'displayname':
      return ({ displayName }) => displayName.toLowerCase() === unquote(value);
    default:
      throw badRequest('Request_UnsupportedQuery', `Unsupported or invalid query filter clause.`);
  }
}

function unquote(text: string): string {
  return text.replaceAll("''", "'").toLowerCase();
}
