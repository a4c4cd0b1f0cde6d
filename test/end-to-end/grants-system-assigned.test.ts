import { describeGrants } from './describe-grants.ts';

describeGrants('systemAssignedGrants');
