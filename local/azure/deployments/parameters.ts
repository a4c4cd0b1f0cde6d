import { checkValue } from './check-value.ts';
import { PendingLookup } from './expression/expression-scope.ts';
import { invalidTemplate } from './invalid-template.ts';
import { member } from './json-values.ts';
import type { ParameterDefinition, Template } from './template.ts';
import { describePosition } from './template-position.ts';
import { resolveType } from './type-references.ts';

/**
 * `{ name: { value } }`. The values are data: nothing in them is evaluated.
 * Reading a value that only run time knows throws PendingLookup.
 */
export type GivenParameters = Readonly<Record<string, { readonly value?: unknown }>>;

/**
 * Checks that every given parameter is declared, that every required one is given, and the given values.
 * Wording: Microsoft's engine (`bicep snapshot`).
 *
 * @throws ServiceError 400 `InvalidTemplate`
 */
export function checkGivenParameters(template: Template, given: GivenParameters): void {
  const unknown = Object.keys(given).filter((name) => !template.parameters.has(name.toLowerCase()));
  if (unknown.length > 0) {
    const declared = [...template.parameters.values()].map(({ name }) => name);
    throw invalidTemplate(
      `The following parameters were supplied, but do not correspond to any parameters defined in the template: '${unknown.join(', ')}'. The parameters defined in the template are: '${declared.join(', ')}'. Please see https://aka.ms/arm-pass-parameter-values for usage details.`,
    );
  }
  for (const parameter of template.parameters.values()) {
    unlessPending(() => checkGiven(parameter, given, template));
  }
}

function checkGiven(
  parameter: ParameterDefinition,
  given: GivenParameters,
  template: Template,
): void {
  const value = givenValue(given, parameter.name);
  if (value !== undefined && value !== null) {
    const { definitions } = template;
    checkValue(value, parameter, parameter.name, { kind: 'parameter', definitions });
  } else if (!isOptional(parameter, template)) {
    throw notProvided(parameter, template);
  }
}

/** A value of which only run time knows a part is checked when it is known. */
function unlessPending(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof PendingLookup)) throw error;
  }
}

/**
 * The value of one parameter: given, else its default, else null if it may be.
 *
 * @throws ServiceError 400 `InvalidTemplate`; what `evaluate` throws
 */
export function parameterValue(
  parameter: ParameterDefinition,
  given: GivenParameters,
  template: Template,
  evaluate: (value: unknown) => unknown,
): unknown {
  const value = givenValue(given, parameter.name);
  const nullable = resolveType(parameter, template.definitions).nullable ?? false;
  if (value !== undefined && (value !== null || nullable)) return value;
  if (parameter.defaultValue === undefined) {
    if (nullable) return null;
    throw notProvided(parameter, template);
  }
  const defaultValue = evaluate(parameter.defaultValue);
  checkValue(defaultValue, parameter, parameter.name, {
    kind: 'parameter',
    definitions: template.definitions,
  });
  return defaultValue;
}

function givenValue(given: GivenParameters, name: string): unknown {
  const entry = member(given, name) as GivenParameters[string] | undefined;
  return entry?.value;
}

function isOptional(parameter: ParameterDefinition, template: Template): boolean {
  if (parameter.defaultValue !== undefined) return true;
  return resolveType(parameter, template.definitions).nullable === true;
}

function notProvided(parameter: ParameterDefinition, template: Template): Error {
  const position = describePosition(template.source, ['parameters', parameter.name]);
  return invalidTemplate(
    `The value for the template parameter '${parameter.name}' ${position} is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details.`,
  );
}
