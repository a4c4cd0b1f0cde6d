import { accessFunctions } from './accesses.ts';
import { arrayFunctions } from './arrays.ts';
import { cidrFunctions } from './cidr.ts';
import { collectionFunctions } from './collections.ts';
import { dateFunctions } from './dates.ts';
import { deploymentFunctions } from './deployment-functions.ts';
import { encodingFunctions } from './encodings.ts';
import { hashFunctions } from './hashes.ts';
import { lambdaFunctions } from './lambdas.ts';
import { logicFunctions } from './logic.ts';
import { numberFunctions } from './numbers.ts';
import { objectFunctions } from './objects.ts';
import { resourceIdFunctions } from './resource-ids.ts';
import { setFunctions } from './sets.ts';
import { stringFunctions } from './strings.ts';
import { eager, type TemplateFunction } from './template-function.ts';

interface NamedFunction {
  readonly name: string;
  readonly definition: TemplateFunction;
}

const functions = new Map<string, NamedFunction>(
  [
    accessFunctions,
    arrayFunctions,
    cidrFunctions,
    collectionFunctions,
    dateFunctions,
    deploymentFunctions,
    encodingFunctions,
    hashFunctions,
    lambdaFunctions,
    logicFunctions,
    numberFunctions,
    objectFunctions,
    resourceIdFunctions,
    setFunctions,
    stringFunctions,
  ].flatMap((table) =>
    Object.entries(table).map(([name, definition]) => [name.toLowerCase(), { name, definition }]),
  ),
);

/** Every function that this engine knows, by the documentation's spelling. `list*` is any name that begins so. */
export const functionNames: readonly string[] = [...functions.values()].map(({ name }) => name);

/** Whether there is a function of that name, `list*` among them. */
export function isTemplateFunction(name: string): boolean {
  return findFunction(name) !== undefined;
}

/** Finds a function without regard to case; undefined if ARM, or this engine, has none of that name. */
export function findFunction(name: string): NamedFunction | undefined {
  const lowerName = name.toLowerCase();
  const known = functions.get(lowerName);
  if (known !== undefined) return known;
  if (!lowerName.startsWith('list')) return undefined;
  // https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#list
  return { name, definition: eager([1, 3], (args, { scope }) => scope.list(name, args)) };
}
