import { ServiceError } from '../http/service-error.ts';

/**
 * ARM's refusal of a template before anything is deployed: 400 `InvalidTemplate`.
 * `reason` is the sentence between the quotes, as Microsoft's engine words it.
 * Source: [R18], [R19]; the reasons are those that `bicep snapshot` prints.
 */
export function invalidTemplate(reason: string): ServiceError {
  return new ServiceError(
    400,
    'InvalidTemplate',
    `Deployment template validation failed: '${reason}'.`,
    { fromGateway: true },
  );
}

/** A member that ARM's template schema does not have, or that this engine does not deploy: named, never skipped. */
export function unknownMember(member: string, kind: string, path: string): ServiceError {
  // Azure: microsoft/azure-pipelines-tasks#14051.
  // Pretend: without Azure's line and position, which are those of the request's bytes.
  return new ServiceError(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: 'Could not find member '${member}' on object of type '${kind}'. Path 'properties.template.${path}'.'.`,
    { fromGateway: true },
  );
}

/** Azure deploys it, the embedded Azure does not. */
export function notDeployedHere(feature: string): ServiceError {
  // Pretend: Azure accepts these; the refusal names what is missing here.
  return invalidTemplate(`${feature} is not supported by the embedded Azure`);
}

/** The reason inside an `InvalidTemplate` error, for a message that quotes it. */
export function reasonOf(error: ServiceError): string {
  const quoted = /^Deployment template validation failed: '(.*)'\.$/s.exec(error.message);
  return quoted?.[1] ?? error.message;
}

/** Runs the checks of a request: an evaluator's bare sentence gets ARM's words around it. */
export function inRefusal<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'InvalidTemplate') throw error;
    throw invalidTemplate(reasonOf(error));
  }
}
