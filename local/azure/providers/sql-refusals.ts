// Refusals of Microsoft.Sql. Azure answers 202 and tells most of them when its operation is asked for; here a PUT is done
// when it is answered, and so they come at once.
// Pretend: whatever no source is named for: a status, the name of another parameter, the words.
import { ServiceError } from '../http/service-error.ts';

/**
 * `Login`, `ExternalAdministratorLoginName`, `ExternalAdministratorLoginSid`, `AzureADOnlyAuthentication`.
 * [Azure/azure-service-operator#4954, Azure/bicep#11822, dotnet/aspire#4406, Azure/bicep-types-az#2320]
 */
export function invalidParameter(parameter: string): ServiceError {
  const message = `Invalid value given for parameter ${parameter}. Specify a valid parameter value.`;
  return new ServiceError(400, 'InvalidParameterValue', message);
}

/** The words: [Azure/azure-resource-manager-schemas#257]; the code: https://learn.microsoft.com/rest/api/sql/databases/create-or-update */
export function invalidCollation(name: string): ServiceError {
  return new ServiceError(400, 'InvalidCollation', `'${name}' is not a supported collation.`);
}

/** [Azure-Samples/ansible-playbooks#25, microsoft/PartsUnlimited#190] */
export function nameAlreadyExists(name: string): ServiceError {
  const message = `The name '${name}' already exists. Choose a different name.`;
  return new ServiceError(409, 'NameAlreadyExists', message);
}

/** [Azure/bicep-types-az#1436] */
export function entraOnlyIsEnabled(): ServiceError {
  return new ServiceError(
    409,
    'AadOnlyAuthenticationIsEnabled',
    'Azure Active Directory Only Authentication is enabled. Please contact your system administrator.',
  );
}

/** [Azure/azure-rest-api-specs#869] */
export function invalidAddress(parameter: 'startIpAddress' | 'endIpAddress'): ServiceError {
  const message = `Invalid value provided for parameter: ${parameter}`;
  return new ServiceError(400, 'BadRequest', message);
}

/** Words as people report them who have met it. */
export function publicEndpointIsDenied(): ServiceError {
  return new ServiceError(
    400,
    'DenyPublicEndpointEnabled',
    'Unable to create or modify firewall rules when public network interface for the server is disabled. ' +
      'To manage server or database level firewall rules, please enable the public network interface.',
  );
}

/** Recorded with the administrator's type [R7]. */
export function childNotFound(type: string, name: string): ServiceError {
  return new ServiceError(
    404,
    'ResourceNotFound',
    `The requested resource of type '${type}' with name '${name}' was not found.`,
  );
}

/** What no engine of this Azure does, and would be missed. */
export function notServed(what: string): ServiceError {
  // Pretend: Azure does it.
  return new ServiceError(400, 'PropertyNotServed', `The embedded Azure does not serve ${what}.`);
}

/** Whatever else is refused. */
export function refuseSql(problem: string): ServiceError {
  return new ServiceError(400, 'InvalidParameterValue', problem);
}

export function invalidSku(name: string): ServiceError {
  const message = `The service objective '${name}' is not supported for a database.`;
  return new ServiceError(400, 'InvalidSku', message);
}
