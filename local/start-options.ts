import { parseArgs } from 'node:util';

/** A further template, deployed beside the app's own as somebody else's would be. */
export interface AlsoTemplate {
  readonly template: string;
  /** Absent: the app's own group. */
  readonly resourceGroup?: string;
  /** A parameters file, as `az deployment group create --parameters @file` takes it. */
  readonly parameters?: string;
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
  readonly printEnvironment: boolean;
}

/**
 * `--port 7071 --template FILE --print-environment`, any number of `--parameter NAME=VALUE` and of
 * `--without ROLE_ASSIGNMENT`, and any number of
 * `--also TEMPLATE [--also-group NAME] [--also-parameters FILE]`, where the latter two belong to the `--also` before
 * them. Throws a sentence about an argument that is none, or has no value.
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
      also: { type: 'string', multiple: true },
      'also-group': { type: 'string', multiple: true },
      'also-parameters': { type: 'string', multiple: true },
      'print-environment': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not '${values.port}'.`);
  }
  return {
    port,
    template: values.template,
    parameters: Object.fromEntries(values.parameter.map(parseParameter)),
    without: values.without,
    also: collectAlso(tokens),
    printEnvironment: values['print-environment'],
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

function collectAlso(
  tokens: readonly { kind: string; name?: string; value?: string | undefined }[],
): AlsoTemplate[] {
  const templates: AlsoTemplate[] = [];
  for (const { name, value = '' } of tokens) {
    if (name === 'also') templates.push({ template: value });
    if (name !== 'also-group' && name !== 'also-parameters') continue;
    const last = templates.pop();
    if (!last) throw new Error(`--${name} needs an --also before it.`);
    const member = name === 'also-group' ? 'resourceGroup' : 'parameters';
    templates.push({ ...last, [member]: value });
  }
  return templates;
}
