import net from 'node:net';
import { parseAnswer, type RawAnswer } from '../raw-https.ts';

export interface Outcome {
  /** Undefined if the other side closed without an answer. */
  readonly answer: RawAnswer | undefined;
  readonly milliseconds: number;
}

const LIMIT_MS = 5000;

/** Sends the bytes as they are and reads until the other side closes, or for 5 s. */
export function sendBytes(
  baseUrl: string,
  { bytes, endsEarly }: { readonly bytes: Buffer; readonly endsEarly: boolean },
): Promise<Outcome> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = net.connect(Number(port), hostname);
    const startedMs = performance.now();
    const timer = setTimeout(() => socket.destroy(), LIMIT_MS);
    socket.on('data', (chunk) => chunks.push(chunk));
    // A server that refuses while we still send may reset: what it has said until then counts.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks).toString('utf8');
      const answer = parseAnswer(text.replace(/^(?:HTTP\/1\.1 1\d\d [^\r]*\r\n\r\n)+/, ''));
      resolve({ answer, milliseconds: performance.now() - startedMs });
    });
    if (endsEarly) socket.end(bytes);
    else socket.write(bytes);
  });
}
