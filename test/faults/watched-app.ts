// The app of one case, its functions called as the host calls them and its scan run, with everything that it hands
// on, writes and prints seen by the promises.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { getIdentity } from '../../functions/get-identity.ts';
import { getScan } from '../../functions/get-scan.ts';
import { type Answer, httpHandler } from '../../functions/http-handler.ts';
import { readSecret } from '../../functions/read-secret.ts';
import type { LocalAzure } from '../../local/azure/start-azure.ts';
import type { Blobs } from '../../shared/blobs.ts';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { errorResponse } from '../../shared/http-response.ts';
import { tokenScopes } from '../../shared/identity/describe-identity.ts';
import { CHECKPOINT_BLOB, type Checkpoint } from '../../shared/scan/checkpoint.ts';
import type { Finding } from '../../shared/scan/finding.ts';
import { runScan, type ScanOptions } from '../../shared/scan/run-scan.ts';
import { REPORT_BLOB, type ScanReport } from '../../shared/scan/scan-report.ts';
import type { Services } from '../../shared/services.ts';
import { call } from '../functions/functions-sdk.ts';
import type { FaultCase } from './deploy-cases.ts';
import {
  assertNoSecret,
  assertProblem,
  assertReported,
  assertReportedOnce,
  assertWatermarkHonest,
  type CreatedResource,
  limitsMs,
  type Problem,
  RECOVERY_MS,
} from './promises.ts';

/** What the process prints beside the invocation's log, from the import of this file on. */
const printed: string[] = [];
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  console[method] = (...args: unknown[]) => printed.push(args.map(String).join(' '));
}

export type FunctionName = 'readSecret' | 'getScan' | 'getIdentity' | 'diagnose';

export interface FunctionAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
  readonly elapsedMs: number;
}

/** A scan that did not finish well throws this inside; here it is a value. */
export type ScanOutcome = ScanReport | AppError;

export class WatchedApp {
  readonly fault: FaultCase;
  readonly services: Services;
  readonly published: Finding[];
  /** Runs before findings count as handed on. */
  onPublish: (findings: readonly Finding[]) => Promise<void> | void = () => {};
  /** How late ARM lists a resource in this test. */
  listedLateMs = 0;
  readonly #azure: LocalAzure;
  readonly #outputs: string[] = [];
  #hasScanned = false;

  /** `published` is given where several processes of one app hand on together. */
  constructor(
    azure: LocalAzure,
    fault: FaultCase,
    services: Services = fault.createServices(),
    published: Finding[] = [],
  ) {
    this.published = published;
    this.#azure = azure;
    this.fault = fault;
    this.services = services;
  }

  /** What there is in the group of the case. */
  get created(): readonly CreatedResource[] {
    const prefix = `${this.fault.groupId}/`.toLowerCase();
    return this.#azure.resourceManager
      .listResources()
      .filter(({ id }) => id.toLowerCase().startsWith(prefix));
  }

  /** Calls the function through its own handler, deadline included. Promises (3) and (4). */
  async call(name: FunctionName): Promise<FunctionAnswer> {
    const { secretName } = this.fault;
    const [answer, url, params] = this.#request(name, secretName);
    const budget = name === 'diagnose' ? { budgetMs: 14_500 } : {};
    const handler = httpHandler(answer, { ...budget, services: () => this.services });
    const startedMs = performance.now();
    const { status, headers, body, lines } = await call(handler, url, params);
    const elapsedMs = performance.now() - startedMs;
    this.#outputs.push(JSON.stringify(body), ...lines);
    const limitMs = limitsMs[name === 'diagnose' ? 'diagnose' : 'function'];
    assert.ok(elapsedMs < limitMs, `${name} took ${Math.round(elapsedMs)} ms`);
    if (status >= 400) {
      assertProblem(body);
      assert.ok(typeof body.target === 'string');
      assert.equal(lines.length, 1, 'one line of log for one failure');
      assert.ok(lines[0]?.includes(`${body.code} (${body.target}): ${body.message}`));
    }
    return { status, headers, body, lines, elapsedMs };
  }

  /** The function answers 200. */
  async works(name: FunctionName): Promise<FunctionAnswer> {
    const answer = await this.call(name);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer;
  }

  /** The function answers with this code. */
  async refuses(name: FunctionName, code: ErrorCode): Promise<Problem> {
    const { status, body } = await this.call(name);
    assert.ok(status >= 400, `${name} works`);
    assertProblem(body, code);
    return body;
  }

  /** What the diagnosis says of one target; the others work, unless it is not `alone`. */
  async diagnosis(
    target: keyof typeof tokenScopes,
    { alone = true } = {},
  ): Promise<Problem & { verdict: string }> {
    const { body } = await this.works('diagnose');
    const targets = body.targets as readonly (Problem & { target: string; verdict: ErrorCode })[];
    const others = targets.filter((one) => alone && one.target !== target && isUsed(one.target));
    for (const { verdict, ...rest } of others) assert.equal(verdict, 'works', JSON.stringify(rest));
    const [one] = targets.filter((entry) => entry.target === target);
    assert.ok(one);
    if (one.verdict !== ('works' as string)) assertProblem({ ...one, code: one.verdict });
    return { ...one, code: one.verdict };
  }

  /** One run. Promises (2), at each write, and (4); (3) is the run's own time limit. */
  async scan(options: Partial<ScanOptions> = {}): Promise<ScanOutcome> {
    this.#hasScanned = true;
    const timeLimitMs = options.timeLimitMs ?? 6_000;
    const needed = this.services.settings.need('SCAN_SCOPES', 'SCAN_LOOKBACK', 'SCAN_OVERLAP');
    const log = (line: string) => this.#outputs.push(line);
    const startedMs = performance.now();
    const outcome = await runScan({
      scopes: needed.SCAN_SCOPES,
      lookbackMs: needed.SCAN_LOOKBACK,
      overlapMs: needed.SCAN_OVERLAP,
      resourceManager: this.services.resourceManager,
      blobs: this.blobs,
      publish: async (findings) => {
        await this.onPublish(findings);
        this.published.push(...findings);
      },
      log: { info: log, warn: log, error: log },
      timeLimitMs,
      ...options,
    }).catch((error: unknown) => {
      assert.ok(error instanceof AppError, String(error));
      return error;
    });
    const elapsedMs = performance.now() - startedMs;
    assert.ok(elapsedMs < timeLimitMs + REPORT_MS, `the scan took ${Math.round(elapsedMs)} ms`);
    this.#lookAt(outcome);
    return outcome;
  }

  /** The run ends well, with nothing left for the next. */
  async scanFinishes(options: Partial<ScanOptions> = {}): Promise<ScanReport> {
    const outcome = await this.scan({ timeLimitMs: 20_000, ...options });
    assert.ok(!(outcome instanceof AppError), String(outcome));
    assert.equal(outcome.outcome, 'finished', JSON.stringify(outcome.scopes));
    return outcome;
  }

  /** The container of the state, each checkpoint looked at before it is written. */
  get blobs(): Pick<Blobs, 'read' | 'write'> {
    const { scanBlobs } = this.services;
    return {
      read: (name) => scanBlobs.read(name),
      write: (name, text, ifMatch) => {
        this.#outputs.push(text);
        if (name === CHECKPOINT_BLOB) {
          assertWatermarkHonest(text, this.created, this.published, this.listedLateMs);
        }
        return scanBlobs.write(name, text, ifMatch);
      },
    };
  }

  async checkpoint(): Promise<Checkpoint> {
    const { text } = await this.services.scanBlobs.read(CHECKPOINT_BLOB);
    return JSON.parse(text ?? 'null') as Checkpoint;
  }

  /** (5) Repeats `work` until it does not throw; the fault has ended now. */
  async recovers(work: () => Promise<unknown>): Promise<void> {
    const startedMs = performance.now();
    for (;;) {
      const error = await work().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      const elapsedMs = performance.now() - startedMs;
      if (error !== undefined && elapsedMs < RECOVERY_MS) continue;
      if (error !== undefined) throw error;
      assert.ok(elapsedMs < RECOVERY_MS, `works only after ${Math.round(elapsedMs)} ms`);
      return;
    }
  }

  /** (1) and (6), when all is over. `died`: a run was killed, so one may have been handed on twice. */
  async keptItsPromises({ died = false } = {}): Promise<void> {
    if (this.#hasScanned) {
      if (died) assertReported(this.created, this.published);
      else assertReportedOnce(this.created, this.published);
      const { text } = await this.services.scanBlobs.read(REPORT_BLOB);
      this.#outputs.push(text ?? '');
    }
    const tokens = await Promise.all(
      Object.values(tokenScopes)
        .filter((scope) => this.services.credential.claimsInHand(scope))
        .map(async (scope) => (await this.services.credential.getToken(scope)).token),
    );
    const header = process.env.IDENTITY_HEADER;
    assertNoSecret(
      [...this.#outputs, ...printed],
      [this.fault.secretValue, ...tokens, ...(header ? [header] : [])],
    );
  }

  #lookAt(outcome: ScanOutcome): void {
    if (outcome instanceof AppError) {
      assertProblem(outcome);
      this.#outputs.push(inspect(outcome), String(outcome), String(errorResponse(outcome).body));
      return;
    }
    for (const { error } of outcome.scopes) if (error) assertProblem(error);
  }

  #request(name: FunctionName, secret: string): [Answer, string, Record<string, string>] {
    switch (name) {
      case 'readSecret':
        return [readSecret, `secrets/${secret}`, { name: secret }];
      case 'getScan':
        return [getScan, 'scans/latest', {}];
      case 'getIdentity':
        return [getIdentity, 'identity', {}];
      case 'diagnose':
        // Not through its file: one process diagnoses one app at a time.
        return [async (_, services) => diagnose(services, secret), 'diagnose', {}];
    }
  }
}

/** Targets that the cases have; an app may know more. */
export function isUsed(target: string): boolean {
  return ['resource-manager', 'key-vault', 'blobs'].includes(target);
}

/** The report is written after the run's time, so that a run which ran out of it can still tell. */
const REPORT_MS = 10_000;
