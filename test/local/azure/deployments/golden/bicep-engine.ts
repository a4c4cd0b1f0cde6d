import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** `bicep jsonrpc`: the compiler and Microsoft's deployment engine in one process, for many small questions. */
export class BicepEngine {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #folder = mkdtempSync(join(tmpdir(), 'bicep-golden-'));
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #received = Buffer.alloc(0);
  #lastId = 0;

  constructor(bicep: string) {
    this.#process = spawn(bicep, ['jsonrpc', '--stdio']);
    this.#process.stdout.on('data', (bytes: Buffer) => this.#receive(bytes));
  }

  stop(): void {
    this.#process.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async version(): Promise<string> {
    return stringMember(await this.#ask('bicep/version', {}), 'version');
  }

  /** The compiled template, or undefined if the compiler refuses the text. */
  async compile(text: string): Promise<unknown> {
    const path = this.#write('bicep', text);
    const result = await this.#ask('bicep/compile', { path });
    const contents = member(result, 'contents');
    return typeof contents === 'string' ? JSON.parse(contents) : undefined;
  }

  /** What `bicep snapshot` would write for a template, or the engine's complaint. */
  async snapshot(template: unknown): Promise<{ snapshot: unknown } | { error: string }> {
    const templatePath = this.#write('json', JSON.stringify(template));
    const path = this.#write('bicepparam', `using '${templatePath.replace(this.#folder, '.')}'\n`);
    const metadata = {
      tenantId: '00000000-0000-0000-0000-000000000002',
      subscriptionId: '00000000-0000-0000-0000-000000000001',
      resourceGroup: 'rg1',
      location: 'westus',
      deploymentName: 'main',
    };
    try {
      const answer = await this.#ask('bicep/getSnapshot', { path, metadata, externalInputs: null });
      return { snapshot: JSON.parse(stringMember(answer, 'snapshot')) };
    } catch (error) {
      if (error instanceof Error) return { error: error.message };
      throw error;
    }
  }

  #write(extension: string, text: string): string {
    const path = join(this.#folder, `${this.#lastId}.${extension}`);
    writeFileSync(path, text);
    return path;
  }

  async #ask(method: string, params: unknown): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(error.message);
    return result;
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const headerEnd = this.#received.indexOf('\r\n\r\n');
      if (headerEnd === -1) return;
      const header = this.#received.subarray(0, headerEnd).toString();
      const length = Number(/Content-Length: (\d+)/i.exec(header)?.[1]);
      const end = headerEnd + 4 + length;
      if (this.#received.length < end) return;
      const answer: Answer = JSON.parse(this.#received.subarray(headerEnd + 4, end).toString());
      this.#received = this.#received.subarray(end);
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    }
  }
}

export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function stringMember(value: unknown, name: string): string {
  const text = member(value, name);
  if (typeof text !== 'string') throw new Error(`bicep answered without '${name}'`);
  return text;
}

/** One row a line, so that a change shows as one. */
export function writeRows(path: string, head: object, rows: readonly object[]): void {
  const opening = JSON.stringify(head).replace(/\}$/, ',"rows":[');
  writeFileSync(path, `${opening}\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`);
}
