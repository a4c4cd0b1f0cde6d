import { ServiceError } from '../../http/service-error.ts';

/**
 * A template that can't be evaluated: 400 `InvalidTemplate`. `reason` is the sentence of Microsoft's engine,
 * which ARM quotes inside of its own, with the place in the template.
 */
export function refuse(reason: string): ServiceError {
  return new ServiceError(400, 'InvalidTemplate', reason, { fromGateway: true });
}

/** The pointer that most of the engine's sentences end with. */
export const SEE_FUNCTIONS = 'Please see https://aka.ms/arm-functions for usage details.';
