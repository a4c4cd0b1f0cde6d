import { basename, dirname } from 'node:path';
import type { HostFunction } from './host-function.ts';

/** A function as the admin API shows it (azure-functions-host, FunctionMetadataResponse.cs). */
export function describeFunction(fn: HostFunction, baseUrl: string): object {
  const { registered, trigger } = fn;
  const file = registered.scriptFile;
  return {
    name: fn.name,
    script_root_path_href: null,
    script_href: null,
    config_href: null,
    test_data_href: null,
    href: `${baseUrl}/admin/functions/${fn.name}`,
    invoke_url_template:
      trigger.type === 'httpTrigger' ? `${baseUrl}/${trigger.template.text}`.toLowerCase() : null,
    language: 'node',
    config: {
      name: fn.name,
      entryPoint: '',
      scriptFile: file === undefined ? 'unknown' : basename(file),
      language: 'node',
      functionDirectory: file === undefined ? null : dirname(file),
      bindings: Object.entries(registered.metadata.bindings).map(([name, binding]) => ({
        ...binding,
        name,
      })),
    },
    files: null,
    test_data: null,
    isDisabled: fn.disabled,
    isDirect: false,
    isProxy: false,
  };
}
