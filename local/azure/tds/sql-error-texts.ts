// The words of transient errors, for faults on demand. Source: https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues
import { SqlError } from './sql-error.ts';

interface Known {
  readonly severity: number;
  readonly text: string;
}

const known: Readonly<Record<number, Known>> = {
  1205: {
    severity: 13,
    text: 'Transaction (Process ID 51) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
  },
  1222: { severity: 16, text: 'Lock request time out period exceeded.' },
  4060: {
    severity: 11,
    text: 'Cannot open database requested by the login. The login failed.',
  },
  4221: {
    severity: 16,
    text: "Login to read-secondary failed due to long wait on 'HADR_DATABASE_WAIT_FOR_TRANSITION_TO_VERSIONING'.",
  },
  10928: {
    severity: 20,
    text: 'Resource ID : 1. The request limit for the database is 200 and has been reached.',
  },
  10929: {
    severity: 20,
    text: 'Resource ID: 1. The request minimum guarantee is 0, maximum limit is 200, and the current usage for the database is 200. However, the server is currently too busy to support requests greater than 0 for this database.',
  },
  18456: { severity: 14, text: "Login failed for user '<token-identified principal>'." },
  40197: {
    severity: 20,
    text: 'The service has encountered an error processing your request. Please try again. Error code 40197.',
  },
  40501: {
    severity: 20,
    text: 'The service is currently busy. Retry the request after 10 seconds. Incident ID: 00000000-0000-0000-0000-000000000000. Code: 0',
  },
  40613: {
    severity: 17,
    text: 'Database is not currently available. Please retry the connection later. If the problem persists, contact customer support, and provide them the session tracing ID.',
  },
  49918: {
    severity: 16,
    text: 'Cannot process request. Not enough resources to process request. The service is currently busy. Please retry the request later.',
  },
  49919: {
    severity: 16,
    text: 'Cannot process create or update request. Too many create or update operations in progress. The service is busy processing multiple create or update requests.',
  },
  49920: {
    severity: 16,
    text: 'Cannot process request. Too many operations in progress. The service is busy processing multiple requests.',
  },
};

/** The error with this number; what is given wins over SQL Server's own severity and words. */
export function sqlErrorOf({
  number,
  message,
  severity,
  state = 1,
}: {
  readonly number: number;
  readonly message?: string | undefined;
  readonly severity?: number | undefined;
  readonly state?: number | undefined;
}): SqlError {
  const own = known[number] ?? { severity: 16, text: `Error ${number}.` };
  return new SqlError(number, message ?? own.text, severity ?? own.severity, state);
}
