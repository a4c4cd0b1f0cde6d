// The resources of our template as plain data, from two sources: the compiled template as it is committed (values
// may be expressions), and the golden snapshots, where Microsoft's engine has resolved all but run-time values.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readGolden, type Variant, variants } from './snapshot.ts';

export interface DeployedResource {
  readonly type: string;
  /** Resource id; absent in the compiled template. */
  readonly id?: string;
  readonly name: string;
  /** Of an extension resource in the compiled template: an expression. */
  readonly scope?: string;
  readonly [key: string]: unknown;
}

export interface Deployment {
  readonly name: string;
  readonly resources: readonly DeployedResource[];
}

export interface Template {
  readonly parameters?: Readonly<Record<string, { readonly type?: string }>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly resources: readonly TemplateResource[] | Readonly<Record<string, TemplateResource>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

interface TemplateResource extends DeployedResource {
  readonly existing?: boolean;
  readonly properties?: { readonly template?: Template };
}

export const templatePath = join(import.meta.dirname, '../../infra/azuredeploy.json');

/** The committed template. */
export async function readTemplate(): Promise<Template> {
  return JSON.parse(await readFile(templatePath, 'utf8'));
}

/** Every template in a template: itself and its modules, at any depth. */
export function templatesIn(template: Template): readonly Template[] {
  return [
    template,
    ...Object.values(template.resources).flatMap(({ properties }) =>
      properties?.template ? templatesIn(properties.template) : [],
    ),
  ];
}

/** What a template creates, modules included; not the modules themselves, nor what only exists. */
export function createdBy(template: Template): readonly DeployedResource[] {
  return templatesIn(template)
    .flatMap(({ resources }) => Object.values(resources))
    .filter(({ type, existing }) => !existing && type !== 'Microsoft.Resources/deployments');
}

/** What a golden snapshot deploys. */
export async function deployedBy(variant: Variant): Promise<readonly DeployedResource[]> {
  return JSON.parse(await readGolden(variant)).predictedResources;
}

/** The committed template and each golden snapshot: what the rules are held against. */
export async function allDeployments(): Promise<readonly Deployment[]> {
  const snapshots = variants.map(async (variant) => ({
    name: `the ${variant.name} snapshot`,
    resources: await deployedBy(variant),
  }));
  const template = { name: 'azuredeploy.json', resources: createdBy(await readTemplate()) };
  return [template, ...(await Promise.all(snapshots))];
}

/** What stands at a dotted path; undefined where the path ends early. */
export function valueAt(resource: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), resource);
}

/** A copy with another value at a dotted path; without it if the value is undefined. */
export function withValueAt(
  resource: DeployedResource,
  path: string,
  value: unknown,
): DeployedResource {
  const copy = structuredClone(resource);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let parent: Record<string, unknown> = copy as Record<string, unknown>;
  for (const key of keys) {
    const next = parent[key];
    const child = isRecord(next) ? next : {};
    parent[key] = child;
    parent = child;
  }
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
