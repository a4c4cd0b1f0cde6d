// Blob operation → what it needs, in one table. Source:
// https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-blob-service-operations

import type { BlobTarget } from './parse-blob-request.ts';
import { StorageError } from './storage-error.ts';

const SERVICE = 'Microsoft.Storage/storageAccounts/blobServices';
const CONTAINERS = `${SERVICE}/containers`;
const BLOBS = `${CONTAINERS}/blobs`;

export interface BlobAction {
  readonly action: string;
  readonly isDataAction: boolean;
  /** Enough only while the blob does not exist. */
  readonly onlyForNewBlob?: true;
}

const control = (action: string): BlobAction => ({ action, isDataAction: false });
const data = (action: string): BlobAction => ({ action, isDataAction: true });

export const blobActions = {
  readService: control(`${SERVICE}/read`),
  writeService: control(`${SERVICE}/write`),
  accountInfo: control(`${SERVICE}/getInfo/action`),
  delegationKey: control(`${SERVICE}/generateUserDelegationKey/action`),
  readContainer: control(`${CONTAINERS}/read`),
  writeContainer: control(`${CONTAINERS}/write`),
  deleteContainer: control(`${CONTAINERS}/delete`),
  getAcl: control(`${CONTAINERS}/getAcl/action`),
  setAcl: control(`${CONTAINERS}/setAcl/action`),
  read: data(`${BLOBS}/read`),
  write: data(`${BLOBS}/write`),
  add: data(`${BLOBS}/add/action`),
  addNew: { ...data(`${BLOBS}/add/action`), onlyForNewBlob: true },
  delete: data(`${BLOBS}/delete`),
  readTags: data(`${BLOBS}/tags/read`),
  writeTags: data(`${BLOBS}/tags/write`),
  filter: data(`${BLOBS}/filter/action`),
  superUser: data(`${BLOBS}/immutableStorage/runAsSuperUser/action`),
} as const satisfies Record<string, BlobAction>;

const a = blobActions;
const READ = ['GET', 'HEAD'];

/** Methods, level, restype, comp, and the actions of which one is enough. */
type Row = readonly [
  methods: readonly string[],
  level: BlobTarget['level'],
  restype: string,
  comp: string,
  ...anyOf: readonly BlobAction[],
];

const rows: Readonly<Record<string, Row>> = {
  'List Containers': [['GET'], 'account', '', 'list', a.readContainer],
  'Get Blob Service Properties': [['GET'], 'account', 'service', 'properties', a.readService],
  'Set Blob Service Properties': [['PUT'], 'account', 'service', 'properties', a.writeService],
  'Get Blob Service Stats': [['GET'], 'account', 'service', 'stats', a.readService],
  'Get User Delegation Key': [['POST'], 'account', 'service', 'userdelegationkey', a.delegationKey],
  'Find Blobs by Tags': [['GET'], 'account', '', 'blobs', a.filter],
  'Get Account Information': [READ, 'account', 'account', 'properties', a.accountInfo],
  'Get Account Information (container)': [
    READ,
    'container',
    'account',
    'properties',
    a.accountInfo,
  ],
  'Get Account Information (blob)': [READ, 'blob', 'account', 'properties', a.accountInfo],

  'Create Container': [['PUT'], 'container', 'container', '', a.writeContainer],
  'Get Container Properties': [READ, 'container', 'container', '', a.readContainer],
  'Get Container Metadata': [READ, 'container', 'container', 'metadata', a.readContainer],
  'Set Container Metadata': [['PUT'], 'container', 'container', 'metadata', a.writeContainer],
  'Get Container ACL': [READ, 'container', 'container', 'acl', a.getAcl],
  'Set Container ACL': [['PUT'], 'container', 'container', 'acl', a.setAcl],
  'Lease Container': [['PUT'], 'container', 'container', 'lease', a.writeContainer],
  'Delete Container': [['DELETE'], 'container', 'container', '', a.deleteContainer],
  'Restore Container': [['PUT'], 'container', 'container', 'undelete', a.writeContainer],
  'List Blobs': [['GET'], 'container', 'container', 'list', a.read],
  'Find Blobs by Tags in Container': [['GET'], 'container', 'container', 'blobs', a.filter],

  'Put Blob, Copy Blob': [['PUT'], 'blob', '', '', a.write, a.addNew],
  'Get Blob, Get Blob Properties': [READ, 'blob', '', '', a.read],
  'Set Blob Properties': [['PUT'], 'blob', '', 'properties', a.write],
  'Get Blob Metadata': [READ, 'blob', '', 'metadata', a.read],
  'Set Blob Metadata': [['PUT'], 'blob', '', 'metadata', a.write],
  'Get Blob Tags': [['GET'], 'blob', '', 'tags', a.readTags],
  'Set Blob Tags': [['PUT'], 'blob', '', 'tags', a.writeTags],
  'Lease Blob': [['PUT'], 'blob', '', 'lease', a.write],
  'Snapshot Blob': [['PUT'], 'blob', '', 'snapshot', a.write, a.add],
  'Abort Copy Blob': [['PUT'], 'blob', '', 'copy', a.write],
  'Delete Blob': [['DELETE'], 'blob', '', '', a.delete],
  'Undelete Blob': [['PUT'], 'blob', '', 'undelete', a.writeContainer],
  'Set Blob Tier': [['PUT'], 'blob', '', 'tier', a.write],
  'Set Immutability Policy': [['PUT'], 'blob', '', 'immutabilityPolicies', a.superUser],
  'Delete Immutability Policy': [['DELETE'], 'blob', '', 'immutabilityPolicies', a.superUser],
  'Set Blob Legal Hold': [['PUT'], 'blob', '', 'legalhold', a.writeContainer],
  'Put Block': [['PUT'], 'blob', '', 'block', a.write],
  'Put Block List': [['PUT'], 'blob', '', 'blocklist', a.write],
  'Get Block List': [['GET'], 'blob', '', 'blocklist', a.read],
  'Query Blob Contents': [['POST'], 'blob', '', 'query', a.read],
  'Put Page': [['PUT'], 'blob', '', 'page', a.write],
  'Get Page Ranges': [['GET'], 'blob', '', 'pagelist', a.read],
  'Incremental Copy Blob': [['PUT'], 'blob', '', 'incrementalcopy', a.write, a.addNew],
  'Append Block': [['PUT'], 'blob', '', 'appendblock', a.write, a.add],
  'Seal Append Blob': [['PUT'], 'blob', '', 'seal', a.write],
  'Set Blob Expiry': [['PUT'], 'blob', '', 'expiry', a.write],
};

export interface BlobOperation {
  readonly name: string;
  readonly anyOf: readonly BlobAction[];
}

const operations = new Map<string, BlobOperation>(
  Object.entries(rows).flatMap(([name, [methods, level, restype, comp, ...anyOf]]) =>
    methods.map((method) => [keyOf(method, level, restype, comp), { name, anyOf }] as const),
  ),
);

function keyOf(method: string, level: string, restype: string, comp: string): string {
  return [method, level, restype, comp].join(' ');
}

/** The operation that method, path and query name. Throws StorageError: what is not in the table is refused. */
export function findBlobOperation(method: string, { level, query }: BlobTarget): BlobOperation {
  const restype = query.get('restype') ?? '';
  const comp = query.get('comp') ?? '';
  const found = operations.get(keyOf(method, level, restype, comp));
  if (found) return found;
  if (comp === 'batch') {
    // Pretend: a batch carries requests with credentials of their own, which are not checked here.
    throw new StorageError(501, 'NotImplemented', 'Blob Batch is not implemented locally.');
  }
  // Pretend: one answer for every combination that blob storage does not know.
  throw new StorageError(
    400,
    'InvalidQueryParameterValue',
    'Value for one of the query parameters specified in the request URI is invalid.',
  );
}
