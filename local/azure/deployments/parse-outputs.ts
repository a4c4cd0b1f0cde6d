import { unknownMember } from './invalid-template.ts';
import { isObject, member } from './json-values.ts';
import { parseTypeDefinition } from './parse-type-definition.ts';
import type { OutputDefinition, PropertyLoop } from './template.ts';

/** @throws ServiceError 400 `InvalidRequestContent` */
export function parseOutputs(section: unknown): readonly OutputDefinition[] {
  if (!isObject(section)) throw unknownMember('outputs', 'Template', 'outputs');
  return Object.entries(section).map(([name, value]) => {
    const path = `outputs.${name}`;
    const definition = parseTypeDefinition(value, path, ['value', 'condition', 'copy']);
    const output = isObject(value) ? value : {};
    const condition = member(output, 'condition');
    const loop = member(output, 'copy');
    return {
      name,
      ...definition,
      ...(condition !== undefined && { condition }),
      ...(loop === undefined
        ? { value: member(output, 'value') }
        : { loop: parsePropertyLoop(loop, `${path}.copy`) }),
    };
  });
}

export function parsePropertyLoop(value: unknown, path: string): PropertyLoop {
  if (!isObject(value)) throw unknownMember('copy', 'TemplateOutputParameter', path);
  for (const name of Object.keys(value)) {
    if (['name', 'count', 'input'].includes(name.toLowerCase())) continue;
    throw unknownMember(name, 'TemplateCopy', `${path}.${name}`);
  }
  return { count: member(value, 'count'), input: member(value, 'input') };
}
