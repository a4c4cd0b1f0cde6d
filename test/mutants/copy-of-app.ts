// A copy of the app and of its tests, to be changed and tried: nothing of the work tree is touched.
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Verdict } from './failures-reporter.ts';

const PROJECT = join(import.meta.dirname, '..', '..');
const COPIED = [
  'shared',
  'functions',
  'package.json',
  'test/shared',
  'test/functions',
  'test/soak',
  'test/support',
];
/** Imports nothing of what is copied. */
const LINKED = ['node_modules', 'local', 'infra'];
/** A mutant that hangs is red, but not for ever. */
const TEST_TIMEOUT_MS = 15_000;

export interface Edit {
  readonly file: string;
  /** Exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** Tests to run: a file, and a pattern of their names if not all of it. */
export interface TestChoice {
  readonly file: string;
  readonly only?: string;
}

export class CopyOfApp {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(): Promise<CopyOfApp> {
    const directory = await mkdtemp(join(tmpdir(), 'mutants-'));
    for (const path of COPIED) {
      await cp(join(PROJECT, path), join(directory, path), { recursive: true });
    }
    for (const path of LINKED) await symlink(join(PROJECT, path), join(directory, path));
    return new CopyOfApp(directory);
  }

  /** Runs `use` with the edit made. Throws if the text is not there exactly once. */
  async edited<T>({ file, find, replace }: Edit, use: () => Promise<T>): Promise<T> {
    const path = join(this.#directory, file);
    const source = await readFile(path, 'utf8');
    const count = source.split(find).length - 1;
    if (count !== 1) throw new Error(`${file} has ${count} times: ${find}`);
    await writeFile(
      path,
      source.replace(find, () => replace),
    );
    try {
      return await use();
    } finally {
      await writeFile(path, source);
    }
  }

  /** The tests that ran. Either all of `choices` have names, or none; a name chosen in one file is chosen in all. */
  async test(...choices: readonly TestChoice[]): Promise<readonly Verdict[]> {
    const names = [...new Set(choices.flatMap(({ only }) => only ?? []))];
    const { NODE_TEST_CONTEXT: _, ...env } = process.env; // a runner within a runner would run nothing
    const child = spawn(
      process.execPath,
      [
        '--test',
        '--test-isolation=none',
        `--test-reporter=${join(import.meta.dirname, 'failures-reporter.ts')}`,
        `--test-timeout=${TEST_TIMEOUT_MS}`,
        ...names.map((name) => `--test-name-pattern=${name}`),
        ...new Set(choices.map(({ file }) => file)),
      ],
      {
        cwd: this.#directory,
        env: { ...env, NODE_COMPILE_CACHE: join(this.#directory, '.cache') },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const lines = (await text(child.stdout)).split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Verdict);
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}
