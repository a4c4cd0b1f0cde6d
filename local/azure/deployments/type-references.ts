import { invalidTemplate } from './invalid-template.ts';
import type { TypeDefinition } from './template.ts';

/**
 * A type with its `$ref`s followed; what stands beside a `$ref` wins (`nullable`, limits).
 *
 * @throws ServiceError 400 `InvalidTemplate` for a reference to nothing, or in a circle.
 */
export function resolveType<Definition extends TypeDefinition>(
  definition: Definition,
  definitions: ReadonlyMap<string, TypeDefinition>,
): Definition {
  let resolved = definition;
  const seen = new Set<string>();
  while (resolved.$ref !== undefined) {
    const { $ref, ...beside } = resolved;
    const target = definitions.get(/^#\/definitions\/(.+)$/i.exec($ref)?.[1]?.toLowerCase() ?? '');
    if (target === undefined || seen.has($ref)) {
      throw invalidTemplate(
        `Invalid reference encountered. '${$ref}' not found in template. Please see https://aka.ms/arm-syntax-parameters for usage details.`,
      );
    }
    seen.add($ref);
    resolved = { ...target, ...beside } as Definition;
  }
  return resolved;
}

/** `securestring`, `secureobject`: their values are never shown. */
export function isSecure(definition: TypeDefinition): boolean {
  return /^secure/i.test(definition.type ?? '');
}

/** Type names as ARM's answers write them: `String`, `SecureString`, `Int` [R1]. */
export function displayType(definition: TypeDefinition): string {
  const type = definition.type ?? 'object';
  const known: Readonly<Record<string, string>> = {
    securestring: 'SecureString',
    secureobject: 'SecureObject',
  };
  return known[type.toLowerCase()] ?? type.charAt(0).toUpperCase() + type.slice(1).toLowerCase();
}
