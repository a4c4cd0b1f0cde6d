// npm run bench [-- name …]: every figure is a ratio or a count taken in this one run; nothing here fails a build.
import { readdirSync } from 'node:fs';

const wanted = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

for (const name of names) {
  const { bench } = (await import(`./${name}.bench.ts`)) as { bench: () => Promise<string[]> };
  console.log(`\n${name}`);
  for (const line of await bench()) console.log(`  ${line}`);
}
process.exit();
