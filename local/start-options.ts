import { parseArgs } from 'node:util';
import { parseServedSite, type ServedSite } from './serve-site.ts';

/** A further template, deployed beside the app's own as somebody else's would be. */
export interface AlsoTemplate {
  readonly template: string;
  /** Absent: the app's own group. */
  readonly resourceGroup?: string;
  /** The group's, in lower case. Absent: the app's own. */
  readonly subscriptionId?: string;
  /** A parameters file, as `az deployment group create --parameters @file` takes it. */
  readonly parameters?: string;
  /** Symbolic names of role assignments that are left out of this template. */
  readonly without?: readonly string[];
}

export interface StartOptions {
  /** Of the functions host; 0 takes a free one. */
  readonly port: number;
  readonly template: string;
  /** Values of the template's parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Symbolic names of role assignments that are left out of the template. */
  readonly without: readonly string[];
  readonly also: readonly AlsoTemplate[];
  /** In lower case: what the tenant has beside the subscription of the app. */
  readonly subscriptions: readonly string[];
  /** Name of the site or slot that is run; absent: the template's own site. */
  readonly run?: string;
  /** Programs of this machine behind the names of sites. Absent: none. */
  readonly serve?: readonly ServedSite[];
  readonly printEnvironment: boolean;
  /** Of which resource; absent: of the app. */
  readonly printEnvironmentOf?: string;
}

/**
 * `--port 7071 --template FILE --run SITE --print-environment --print-environment-of RESOURCE`, any number of `--parameter NAME=VALUE`, of
 * `--without ROLE_ASSIGNMENT`, of `--subscription ID` and of `--serve SITE=http://localhost:PORT`, and any number of
 * `--also TEMPLATE [--also-subscription ID] [--also-group NAME] [--also-parameters FILE]` with any number of
 * `--also-without ROLE_ASSIGNMENT`, where the latter belong to the `--also` before them. Throws a sentence about an argument that is none, or has no value.
 */
export function parseStartOptions(
  args: readonly string[],
  defaults: { readonly template: string },
): StartOptions {
  const { values, tokens } = parseArgs({
    args: [...args],
    tokens: true,
    options: {
      port: { type: 'string', default: '7071' },
      template: { type: 'string', default: defaults.template },
      parameter: { type: 'string', multiple: true, default: [] },
      without: { type: 'string', multiple: true, default: [] },
      subscription: { type: 'string', multiple: true, default: [] },
      also: { type: 'string', multiple: true },
      'also-subscription': { type: 'string', multiple: true },
      'also-group': { type: 'string', multiple: true },
      'also-parameters': { type: 'string', multiple: true },
      'also-without': { type: 'string', multiple: true },
      run: { type: 'string' },
      serve: { type: 'string', multiple: true },
      'print-environment': { type: 'boolean', default: false },
      'print-environment-of': { type: 'string' },
    },
  });
  const port = Number(values.port);
  const printEnvironmentOf = values['print-environment-of'];
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not '${values.port}'.`);
  }
  return {
    port,
    template: values.template,
    parameters: Object.fromEntries(values.parameter.map(parseParameter)),
    without: values.without,
    also: collectAlso(tokens),
    subscriptions: [
      ...new Set(values.subscription.map((id) => parseSubscriptionId('subscription', id))),
    ],
    ...(values.run !== undefined && { run: values.run }),
    ...(values.serve && { serve: values.serve.map(parseServedSite) }),
    printEnvironment: values['print-environment'] || printEnvironmentOf !== undefined,
    ...(printEnvironmentOf !== undefined && { printEnvironmentOf }),
  };
}

/** As `az deployment group create --parameters` reads it: JSON where it is JSON, else text. */
function parseParameter(text: string): readonly [string, unknown] {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new Error(`--parameter must be NAME=VALUE, not '${text}'.`);
  }
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}

function parseSubscriptionId(option: string, text: string): string {
  const isGuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
  if (!isGuid) throw new Error(`--${option} must be the id of a subscription, not '${text}'.`);
  return text.toLowerCase();
}

/** What belongs to the `--also` before it. */
const ALSO: Readonly<Record<string, (value: string, also: AlsoTemplate) => Partial<AlsoTemplate>>> =
  {
    'also-subscription': (id) => ({ subscriptionId: parseSubscriptionId('also-subscription', id) }),
    'also-group': (resourceGroup) => ({ resourceGroup }),
    'also-parameters': (parameters) => ({ parameters }),
    'also-without': (symbol, { without = [] }) => ({ without: [...without, symbol] }),
  };

function collectAlso(
  tokens: readonly { kind: string; name?: string; value?: string | undefined }[],
): AlsoTemplate[] {
  const templates: AlsoTemplate[] = [];
  for (const { name, value = '' } of tokens) {
    if (name === 'also') templates.push({ template: value });
    const belongs = ALSO[name ?? ''];
    if (!belongs) continue;
    const last = templates.pop();
    if (!last) throw new Error(`--${name} needs an --also before it.`);
    templates.push({ ...last, ...belongs(value, last) });
  }
  return templates;
}
