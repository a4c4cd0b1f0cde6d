// Service objectives of single databases: https://learn.microsoft.com/azure/azure-sql/database/resource-limits-vcore-single-databases
import { type Properties, readNumber, readString } from './read-property.ts';
import { invalidSku } from './sql-refusals.ts';

export interface DatabaseSku {
  readonly name: string;
  readonly tier: string;
  readonly family?: string;
  readonly capacity: number;
  /** `GP_S_Gen5_1`, `S0`, `ElasticPool`. */
  readonly objective: string;
  readonly isServerless: boolean;
  /** Bytes, where a template says nothing. */
  readonly defaultMaxSizeBytes: number;
}

const VCORE_TIERS: Readonly<Record<string, string>> = {
  GP: 'GeneralPurpose',
  BC: 'BusinessCritical',
  HS: 'Hyperscale',
};

/** DTUs by objective. */
const DTUS: Readonly<Record<string, number>> = {
  ...{ Basic: 5, S0: 10, S1: 20, S2: 50, S3: 100, S4: 200, S6: 400, S7: 800, S9: 1600, S12: 3000 },
  ...{ P1: 125, P2: 250, P4: 500, P6: 1000, P11: 1750, P15: 4000 },
};

const GIB = 2 ** 30;
/** GiB by tier; of cores 32. */
const MAX_SIZES: Readonly<Record<string, number>> = { Basic: 2, Standard: 250, Premium: 500 };

/**
 * `GP_Gen5_2`, `GP_S_Gen5` with a capacity beside it, `S0`, `Standard`; in templates of before 2017 in the properties
 * `requestedServiceObjectiveName` and `edition`. Throws 400.
 */
export function readDatabaseSku(sku: Properties | undefined, properties: Properties): DatabaseSku {
  if (readString(properties, 'elasticPoolId')) return poolSku(sku);
  const name =
    readString(sku, 'name') ??
    readString(properties, 'requestedServiceObjectiveName') ??
    readString(properties, 'edition') ??
    // Azure: the default where a template names none.
    'GP_Gen5_2';
  const found = vCoreSku(name, sku) ?? dtuSku(name, sku);
  if (found) return found;
  throw invalidSku(name);
}

/** A database in a pool has no capacity of its own. */
function poolSku(sku: Properties | undefined): DatabaseSku {
  return {
    name: 'ElasticPool',
    tier: readString(sku, 'tier') ?? 'GeneralPurpose',
    capacity: 0,
    objective: 'ElasticPool',
    isServerless: false,
    defaultMaxSizeBytes: 32 * GIB,
  };
}

function vCoreSku(name: string, given: Properties | undefined): DatabaseSku | undefined {
  const match = /^(GP|BC|HS)(_S)?_([A-Za-z]+\d*)(?:_(\d+))?$/i.exec(name);
  if (!match) return undefined;
  const [, prefix = '', serverless, family = '', cores] = match;
  const capacity = cores === undefined ? (readNumber(given, 'capacity') ?? 2) : Number(cores);
  const sku = `${prefix.toUpperCase()}${serverless ? '_S' : ''}_${family}`;
  return {
    name: sku,
    tier: VCORE_TIERS[prefix.toUpperCase()] ?? '',
    family,
    capacity,
    objective: `${sku}_${capacity}`,
    isServerless: serverless !== undefined,
    defaultMaxSizeBytes: 32 * GIB,
  };
}

function dtuSku(name: string, given: Properties | undefined): DatabaseSku | undefined {
  const bySize = Object.keys(DTUS).find((one) => one.toLowerCase() === name.toLowerCase());
  const fallback = { standard: 'S0', premium: 'P1' }[name.toLowerCase()];
  const capacity = readNumber(given, 'capacity');
  const byCapacity =
    fallback && Object.keys(DTUS).find((one) => one[0] === fallback[0] && DTUS[one] === capacity);
  const objective = bySize ?? byCapacity ?? fallback;
  if (objective === undefined) return undefined;
  const tier = { S: 'Standard', P: 'Premium', B: 'Basic' }[objective[0] ?? ''] ?? '';
  return {
    ...{ name: tier, tier, capacity: DTUS[objective] ?? 0, objective },
    isServerless: false,
    defaultMaxSizeBytes: (MAX_SIZES[tier] ?? 32) * GIB,
  };
}
