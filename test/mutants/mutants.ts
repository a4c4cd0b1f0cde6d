// The safeguards of the app, what removing each would look like, and the test that must then turn red.
import type { Edit, TestChoice } from './copy-of-app.ts';

export interface Mutant extends Edit {
  /** What is removed. */
  readonly safeguard: string;
  readonly test: TestChoice;
}

const histories = { file: 'test/soak/histories.test.ts', only: 'keeps every promise' };
const known = (only: string) => ({ file: 'test/soak/known-histories.test.ts', only });
const scan = (only: string) => ({ file: 'test/shared/scan/run-scan.test.ts', only });
const feed = (only: string) => ({ file: 'test/shared/scan/scan-changes.test.ts', only });
const overlapping = (only: string) => ({
  file: 'test/shared/scan/overlapping-scans.test.ts',
  only,
});
const calls = (only: string) => ({ file: 'test/shared/azure-calls.test.ts', only });
const credential = (only: string) => ({ file: 'test/shared/credential.test.ts', only });
const tokens = (only: string) => ({ file: 'test/shared/identity/token-cache.test.ts', only });

export const mutants: readonly Mutant[] = [
  // Two writers of the checkpoint
  {
    safeguard: 'ETag condition of the checkpoint',
    file: 'shared/scan/checkpoint-store.ts',
    find: 'JSON.stringify(changed), this.#etag)',
    replace: "JSON.stringify(changed), 'overwrite')",
    test: overlapping('\\[23\\]'),
  },
  {
    safeguard: 'ETag condition on the wire',
    file: 'shared/blobs.ts',
    find: "ifMatch === undefined ? { ifNoneMatch: '*' } : { ifMatch };",
    replace: "ifMatch === undefined ? { ifNoneMatch: '*' } : {};",
    test: { file: 'test/shared/blob-conditions.test.ts' },
  },
  {
    safeguard: 'ETag condition on the wire, of the first version',
    file: 'shared/blobs.ts',
    find: "ifMatch === undefined ? { ifNoneMatch: '*' } : { ifMatch };",
    replace: 'ifMatch === undefined ? {} : { ifMatch };',
    test: { file: 'test/shared/blob-conditions.test.ts' },
  },
  {
    safeguard: 'nothing is written after the time of a run',
    file: 'shared/scan/checkpoint-store.ts',
    find: 'if (remainingMs() === 0) throw timeIsUp();',
    replace: '',
    test: { file: 'test/shared/scan/checkpoint-store.test.ts' },
  },
  // What is found, and when it is new
  {
    safeguard: 'overlap window',
    file: 'shared/scan/checkpoint.ts',
    find: 'Date.parse(state.watermark) - overlapMs',
    replace: 'Date.parse(state.watermark)',
    test: scan('\\[17\\]'),
  },
  {
    safeguard: 'seen-set',
    file: 'shared/scan/hand-on.ts',
    find: 'distinct.filter(({ eventId }) => checkpoint.seen[eventId] === undefined)',
    replace: 'distinct',
    test: histories,
  },
  {
    safeguard: 'seen-set that outlives the runs on their way',
    file: 'shared/scan/checkpoint.ts',
    find: 'const LONGEST_RUN_MS = 1_800_000;',
    replace: 'const LONGEST_RUN_MS = 0;',
    test: histories,
  },
  {
    safeguard: 'seen-set that no scope forgets for another',
    file: 'shared/scan/run-scan.ts',
    find: 'for (const { scope } of reports) await beginScope(scope.toLowerCase(), options, store);',
    replace: '',
    test: known('two scopes'),
  },
  {
    safeguard: 'deterministic event id',
    file: 'shared/scan/finding.ts',
    find: 'EVENT_NAMESPACE);',
    replace: 'crypto.randomUUID());',
    test: { file: 'test/shared/scan/finding.test.ts' },
  },
  {
    safeguard: 'event id of any case of letters',
    file: 'shared/scan/finding.ts',
    find: 'resourceId.toLowerCase()',
    replace: 'resourceId',
    test: scan('\\[18\\]'),
  },
  {
    safeguard: 'one event of two that the feed shows of one resource',
    file: 'shared/scan/hand-on.ts',
    find: '[...new Map(findings.map((one) => [one.eventId, one])).values()]',
    replace: 'findings',
    test: known('created again'),
  },
  {
    safeguard: 'proof that a feed without news is not a missing role',
    file: 'shared/scan/change-scan.ts',
    find: 'return denial ?? this.#asOf;',
    replace: 'return this.#asOf;',
    test: feed('role is gone'),
  },
  {
    safeguard: 'proof of each scope, not of one for all',
    file: 'shared/scan/change-scan.ts',
    find: 'const denial = await probe(this.report.scope, this.#tools);',
    replace:
      "const denial = this.report.scope.endsWith('rg-other') ? undefined : await probe(this.report.scope, this.#tools);",
    test: feed('needs a GET of each'),
  },
  {
    safeguard: 'list that is read where the feed has forgotten too much',
    file: 'shared/scan/feed-state.ts',
    find: 'const FEED_KEEPS_MS = 14 * 86_400_000;',
    replace: 'const FEED_KEEPS_MS = 15 * 86_400_000;',
    test: feed('the 14 days that the feed keeps'),
  },
  {
    safeguard: 'list that is read though the feed is followed',
    file: 'shared/scan/feed-state.ts',
    find: 'return isReconciliation ||',
    replace: 'return',
    test: feed('each SCAN_RECONCILE'),
  },
  // The watermark
  {
    safeguard: 'watermark from createdTime',
    file: 'shared/scan/pass-state.ts',
    find: 'const reached = newest !== undefined && newest > begunAt ? begunAt : newest;',
    replace: 'const reached = new Date().toISOString();',
    test: histories,
  },
  {
    safeguard: 'watermark that does not pass the beginning of its pass',
    file: 'shared/scan/pass-state.ts',
    find: 'const reached = newest !== undefined && newest > begunAt ? begunAt : newest;',
    replace:
      'const now = store.serverTime.toISOString();\nconst reached = newest !== undefined && newest > now ? now : newest;',
    test: known('cut pass'),
  },
  {
    safeguard: "look-back by Azure's clock",
    file: 'shared/scan/pass-state.ts',
    find: 'store.serverTime.getTime() - lookbackMs',
    replace: 'Date.now() - lookbackMs',
    test: histories,
  },
  {
    safeguard: 'pass that goes on where it was cut',
    file: 'shared/scan/scan-scope.ts',
    find: 'this.pass = begun.pass ?? {',
    replace: 'this.pass = undefined ?? {',
    test: scan('\\[16\\]'),
  },
  {
    safeguard: 'proof that an empty list is not a missing role',
    file: 'shared/scan/scan-scope.ts',
    find: 'await whileTimeIsLeft(this.#tools, () => this.#tools.resourceManager.probe(scope));',
    replace: '',
    test: scan('role is missing'),
  },
  {
    safeguard: 'end of a list without end',
    file: 'shared/scan/page-walk.ts',
    find: 'if (nextPage === this.#remembered)',
    replace: 'if (false)',
    test: scan('leads to itself'),
  },
  // Handing on
  {
    safeguard: 'age at which a claim is given up',
    file: 'shared/scan/hand-on.ts',
    find: 'return this.#ageMs(claimedAt) > CLAIM_LIFETIME_MS;',
    replace: 'return true;',
    test: overlapping('leave alone what a living run'),
  },
  {
    safeguard: 'claim that lives as long as its run may need',
    file: 'shared/scan/hand-on.ts',
    find: 'const CLAIM_LIFETIME_MS = 60_000;',
    replace: 'const CLAIM_LIFETIME_MS = 20_000;',
    test: known('slowly beside'),
  },
  {
    safeguard: 'no handing on of what was claimed long ago',
    file: 'shared/scan/hand-on.ts',
    find: 'if (this.#ageMs(claimedAt) > PUBLISH_WITHIN_MS) throw tooLate();',
    replace: '',
    test: known('then frozen'),
  },
  {
    safeguard: 'adoption of what the dead have claimed',
    file: 'shared/scan/hand-on.ts',
    find: 'this.#store.checkpoint.claims.filter((claim) => this.#isOrphan(claim))',
    replace: '[] as Claim[]',
    test: overlapping('while handing on'),
  },
  {
    safeguard: 'claim before handing on',
    file: 'shared/scan/hand-on.ts',
    find: 'claims: [...checkpoint.claims, mine],',
    replace: '',
    test: overlapping('while handing on'),
  },
  {
    safeguard: 'failure of the receiver keeps the claim',
    file: 'shared/scan/hand-on.ts',
    find: '.catch(() => {});\n      throw error;',
    replace: '.catch(() => {});',
    test: overlapping('while handing on'),
  },
  {
    safeguard: 'never "start now": a watermark ahead is refused',
    file: 'shared/scan/parse-checkpoint.ts',
    find: 'if (Date.parse(watermark) > serverTime.getTime() + CLOCK_TOLERANCE_MS)',
    replace: 'if (false)',
    test: overlapping('with a watermark ahead'),
  },
  // Tokens and calls
  {
    safeguard: 'single flight of token requests',
    file: 'shared/identity/token-cache.ts',
    find: 'entry.flight ??= this.#request(scope)',
    replace: 'entry.flight = this.#request(scope)',
    test: credential('\\[8\\] sends one request for 100 concurrent cold'),
  },
  {
    safeguard: 'refresh ahead of the end of a token',
    file: 'shared/identity/token-cache.ts',
    find: 'if (this.#nowMs() >= entry.refreshAtMs && !entry.flight)',
    replace: 'if (false)',
    test: tokens('at half-life'),
  },
  {
    safeguard: 'pause between token requests that fail',
    file: 'shared/identity/token-cache.ts',
    find: 'entry.refreshAtMs = this.#nowMs() + ASK_INTERVAL_MS;',
    replace: '',
    test: tokens('at most once in 30 s'),
  },
  {
    safeguard: 'current identity header and endpoint',
    file: 'shared/identity/identity-exchange.ts',
    find: 'useCurrentEndpoint(request);',
    replace: '',
    test: credential('\\[6\\]'),
  },
  {
    safeguard: 'deadline of an operation',
    file: 'shared/deadline.ts',
    find: 'return await Promise.race([running, overdue]);',
    replace: 'return await Promise.race([running]);',
    test: histories,
  },
  {
    safeguard: 'host allow-list',
    file: 'shared/azure-call-policy.ts',
    find: 'if (isPlain && hosts.some((host) => host.toLowerCase() === url.hostname)) return;',
    replace: 'if (isPlain || hosts.length > 0) return;',
    test: calls('\\[21\\]'),
  },
  {
    safeguard: 'patience told by Retry-After',
    file: 'shared/azure-call-policy.ts',
    find: 'told === undefined ? backoffMs(attempt) : told * 1000;\n  if (status !== 408',
    replace: 'undefined;\n  if (status !== 408',
    test: calls('\\[15\\]'),
  },
  // Nothing given away
  {
    safeguard: 'errors that show nothing of what the SDK knows',
    file: 'shared/errors.ts',
    find: "[Symbol.for('nodejs.util.inspect.custom')](): string {",
    replace: '[Symbol()](): string {',
    test: calls('half an answer'),
  },
  {
    safeguard: 'secret names that are names',
    file: 'functions/read-secret.ts',
    find: 'if (!isSecretName(name))',
    replace: 'if (false)',
    test: { file: 'test/functions/http-functions.test.ts' },
  },
  // What is told of identities
  {
    safeguard: 'a list that is refused where it would be empty',
    file: 'shared/identity/collect-identities.ts',
    find: 'await resourceManager.probe(scope);',
    replace: '',
    test: { file: 'test/shared/identity/collect-identities.test.ts' },
  },
  {
    safeguard: 'the check of a cursor',
    file: 'shared/sealed-place.ts',
    find: 'return isWhole ? place : undefined;',
    replace: 'return place;',
    test: { file: 'test/shared/identity/identities-query.test.ts' },
  },
  {
    safeguard: 'ids that are GUIDs',
    file: 'shared/input.ts',
    find: "throw inputInvalid(field, 'must be a GUID of 32 digits and 4 dashes');",
    replace: '',
    test: { file: 'test/shared/identity/identities-query.test.ts' },
  },
];
