/**
 * Asks `bicep console` for the value of each expression in console-expressions.txt, compiles each, and writes
 * console.json: `node test/local/azure/deployments/golden/regenerate-console.ts [path of bicep]`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBicep } from '../../../../../infra/find-bicep.ts';
import { BicepEngine, member, writeRows } from './bicep-engine.ts';
import { parseBicepValue } from './parse-bicep-value.ts';

const FUNCTIONS = [
  "func greet(name string) string => 'hello ${name}'",
  'func twice(n int) int => n * 2',
  'func pair(left string, right array) object => { left: left, right: right }',
];

const bicep = process.argv[2] ?? (await findBicep());
if (bicep === undefined) throw new Error('no Bicep CLI: name it, or set BICEP');

const expressions = readFileSync(join(import.meta.dirname, 'console-expressions.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const printed = askConsole(bicep, expressions);
const engine = new BicepEngine(bicep);
try {
  const rows: object[] = [];
  for (const [index, expression] of expressions.entries()) {
    const template = await engine.compile([...FUNCTIONS, `var v = ${expression}`, ''].join('\n'));
    if (template === undefined) throw new Error(`does not compile: ${expression}`);
    const arm = member(member(template, 'variables'), 'v');
    rows.push({ bicep: expression, arm, ...result(printed[index] ?? '', expression) });
  }
  const template = await engine.compile([...FUNCTIONS, ''].join('\n'));
  const head = { bicepVersion: await engine.version(), functions: member(template, 'functions') };
  writeRows(join(import.meta.dirname, 'console.json'), head, rows);
  console.log(`${rows.length} expressions.`);
} finally {
  engine.stop();
}

/** What the console prints for each expression; a line of its own between two of them keeps them apart. */
function askConsole(command: string, lines: readonly string[]): readonly string[] {
  const separator = "'----8<----'";
  const input = [...FUNCTIONS, separator, ...lines.flatMap((line) => [line, separator]), ''];
  const { stdout } = spawnSync(command, ['console'], {
    input: input.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const parts = stdout.split(separator).map((part) => part.trim());
  if (parts.length !== lines.length + 2) throw new Error('the console lost an expression');
  return parts.slice(1, -1);
}

/** A complaint repeats the expression and underlines a part of it with tildes. */
function result(text: string, expression: string): { value: unknown } | { error: string } {
  const [first, second = ''] = text.split('\n');
  if (first?.trim() === expression.trim() && /^\s*~+ /.test(second)) {
    return { error: second.replace(/^\s*~+ /, '') };
  }
  return { value: parseBicepValue(text) };
}
