/**
 * Has Microsoft's engine evaluate each expression in engine-expressions.txt inside of a template, offline, and
 * writes its values and its complaints to engine.json:
 * `node test/local/azure/deployments/golden/regenerate-engine.ts [path of bicep]`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBicep } from '../../../../../infra/find-bicep.ts';
import { BicepEngine, member, writeRows } from './bicep-engine.ts';

const bicep = process.argv[2] ?? (await findBicep());
if (bicep === undefined) throw new Error('no Bicep CLI: name it, or set BICEP');

const expressions = readFileSync(join(import.meta.dirname, 'engine-expressions.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const engine = new BicepEngine(bicep);
try {
  const rows: object[] = [];
  for (const expression of expressions) {
    const answer = await engine.snapshot(templateWith(`[${expression}]`));
    const result =
      'error' in answer ? { error: reasonOf(answer.error) } : { value: valueIn(answer.snapshot) };
    rows.push({ expression, ...result });
  }
  const head = { bicepVersion: await engine.version() };
  writeRows(join(import.meta.dirname, 'engine.json'), head, rows);
  console.log(`${rows.length} expressions.`);
} finally {
  engine.stop();
}

function templateWith(text: string): object {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: {
      p: { type: 'string', defaultValue: 'pv' },
      r: { type: 'string', defaultValue: '[resourceGroup().tags.x]' },
    },
    variables: { v: { x: 1 }, w: { a: '[resourceGroup().tags.q]', b: "[concat('s','t')]" } },
    resources: [
      {
        type: 'Microsoft.Storage/storageAccounts',
        apiVersion: '2023-01-01',
        name: 'a',
        location: 'x',
        properties: { v: text },
      },
    ],
  };
}

function valueIn(snapshot: unknown): unknown {
  const resources = member(snapshot, 'predictedResources');
  const [resource] = Array.isArray(resources) ? resources : [];
  return member(member(resource, 'properties'), 'v');
}

/** The sentence about the expression, out of the one about the resource that it stands in. */
function reasonOf(complaint: string): string {
  const [, wrapped] =
    /^The template resource 'a' at line '\d+' and column '\d+' is not valid: (.*)\. Please see https:\/\/aka\.ms\/arm-functions for usage details\.$/s.exec(
      complaint,
    ) ?? [];
  return wrapped ?? complaint;
}
