import type { ServiceError } from '../http/service-error.ts';
import { invalidTemplate, reasonOf } from './invalid-template.ts';

// The sentences are those of Microsoft's engine (`bicep snapshot`), unless another source is named.

/** Microsoft's engine does not wrap these in the sentence about the place where they stand. */
export function isAboutSymbol(error: ServiceError): boolean {
  return /^(The template (parameter|variable) '|The (provided )?value (for|of) the template|The '.*' symbol's)/.test(
    reasonOf(error),
  );
}

export function symbolNotFound(kind: 'parameter' | 'variable', name: string): ServiceError {
  return invalidTemplate(
    `The template ${kind} '${name}' is not found. Please see https://aka.ms/arm-syntax-${kind}s for usage details.`,
  );
}

/** Azure: MicrosoftDocs/azure-docs#112757 */
export function unknownReference(name: string): ServiceError {
  return invalidTemplate(
    `The template reference '${name}' is not valid: could not find template resource or resource copy with this name. Please see https://aka.ms/arm-function-reference for usage details.`,
  );
}

export function notAtThisScope(functionName: string): ServiceError {
  return invalidTemplate(
    `The template function '${functionName}' is not expected at this location. Please see https://aka.ms/arm-functions for usage details.`,
  );
}

export function noLoop(loopName: string | undefined): ServiceError {
  if (loopName !== undefined) {
    return invalidTemplate(
      `The template language function 'copyIndex' has an invalid argument. The provided copy name '${loopName}' doesn't exist in the resource. Please see https://aka.ms/arm-resource-loops for usage details.`,
    );
  }
  return invalidTemplate(
    "The template function 'copyIndex' is not expected at this location. The function can only be used in a resource with copy specified. Please see https://aka.ms/arm-resource-loops for usage details.",
  );
}

export function notAnId(reference: string, functionName: string): ServiceError {
  // Pretend: Azure's own words for a list function's bad first argument are not recorded.
  return invalidTemplate(
    `The resource '${reference}' of the template function '${functionName}' is not a valid resource identifier. Please see https://aka.ms/arm-functions for usage details.`,
  );
}
