// From LOGIN7 to what the backend is asked, and from its answer to tokens.
import { isSupportedVersion, type Login7 } from './login7.ts';
import { Response, type ResponseStream } from './response.ts';
import { SqlError, type SqlMessage } from './sql-error.ts';
import type { LoginRequest, SqlBackend, SqlSession } from './sql-session.ts';
import {
  writeCollation,
  writeEnvironmentChange,
  writeLanguage,
  writePacketSize,
} from './tokens/environment-change.ts';
import {
  writeFeatureAcknowledgement,
  writeFederatedAuthenticationInfo,
  writeLoginAcknowledgement,
} from './tokens/login-tokens.ts';

/** Tells the client where to get a token, and for what [MS-TDS 2.2.7.12]. */
export async function askForToken(stream: ResponseStream, backend: SqlBackend): Promise<void> {
  const { writer } = new Response(stream);
  writeFederatedAuthenticationInfo(writer, backend.federatedAuthentication);
  await stream.sendPacket(writer.copy(), true);
}

/**
 * The name in TLS wins over the login's, which may be `tcp:name,1433` or `name\instance`; but a client that was given
 * an address instead of a redirect says `localhost` in TLS.
 */
export function serverNameOf(login: Login7, sni: string | undefined): string {
  const own = login.serverName.replace(/^tcp:/i, '').replace(/[,\\].*$/, '');
  const name = sni === undefined || (sni === 'localhost' && own !== '') ? own : sni;
  return name.toLowerCase();
}

/** What the door itself refuses, before the backend is asked. */
export function refusalOf(
  { tdsVersion }: Login7,
  host: string,
  isOwnHost: (host: string) => boolean,
): SqlError | undefined {
  if (!isSupportedVersion(tdsVersion)) {
    // Pretend: no TDS before 7.3, whose columns and rows are written otherwise.
    const text = 'The client speaks TDS before 7.3, which this stand-in does not.';
    return new SqlError(17835, text, 20);
  }
  if (isOwnHost(host)) return undefined;
  const text = `Cannot open server "${host.slice(0, 128)}" requested by the login.  The login failed.`;
  return new SqlError(40532, text, 20);
}

/** `token`: of a FEDAUTH message. */
export function credentialOf(
  { userName, federated }: Login7,
  token: string | undefined,
): LoginRequest['credential'] {
  if (token !== undefined) return { kind: 'token', token };
  if (federated?.library === 'securityToken') return { kind: 'token', token: federated.token };
  return userName === '' ? { kind: 'none' } : { kind: 'password', userName };
}

/** The welcome. `agreed`: the packet size from now on; the answer itself has the old one. */
export async function acknowledge(
  stream: ResponseStream,
  session: SqlSession,
  login: Login7,
  agreed: number,
): Promise<void> {
  const response = new Response(stream);
  const { writer } = response;
  writeEnvironmentChange(writer, { kind: 'database', from: 'master', to: session.database });
  const languageChanged = 5703;
  const isOfLanguage = ({ number }: SqlMessage) => number === languageChanged;
  for (const message of session.loginMessages) {
    if (!isOfLanguage(message)) await response.message(message);
  }
  writeCollation(writer);
  writeLanguage(writer);
  for (const message of session.loginMessages.filter(isOfLanguage)) await response.message(message);
  writeLoginAcknowledgement(writer, login.tdsVersion);
  writePacketSize(writer, agreed, stream.packetSize);
  const isFederated = login.federated !== undefined;
  if (isFederated || login.wantsUtf8) {
    writeFeatureAcknowledgement(writer, { isFederated, wantsUtf8: login.wantsUtf8 });
  }
  await response.end();
}

/** Tells why, in order. The connection ends behind it: a bare close reads as "error: 0 - Success" in SqlClient. */
export async function refuse(
  stream: ResponseStream,
  messages: readonly SqlMessage[],
): Promise<void> {
  const response = new Response(stream);
  for (const message of messages) await response.error(message);
  await response.end();
}
