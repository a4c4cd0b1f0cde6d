// Findings leave the scan here: claimed in the checkpoint first, handed on, then settled. Of two runs that find the
// same, the claim of one wins and the other drops it; what a dead run has claimed is handed on again.
import { sleep, within } from '../deadline.ts';
import { AppError } from '../errors.ts';
import type { Checkpoint, Claim } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { Finding } from './finding.ts';

/** Gives findings to whoever wants them; throws if they were not taken. May see one twice after a crash. */
export type Publish = (findings: readonly Finding[]) => Promise<void>;

/** Handing on one batch takes no longer. */
const PUBLISH_MS = 8_000;
/** Publishing what was claimed begins within this time, or not at all: the process may have stood still. */
const PUBLISH_WITHIN_MS = 15_000;
/** A claim that is older belongs to a run that is gone, which leaves 37 s at least to write that it is settled. */
const CLAIM_LIFETIME_MS = 60_000;
const POLL_MS = 500;

export class HandOn {
  readonly #store: CheckpointStore;
  readonly #publish: Publish;

  constructor(store: CheckpointStore, publish: Publish) {
    this.#store = store;
    this.#publish = publish;
  }

  /**
   * Hands on, once each, those of `findings` that no run has claimed yet, and returns them.
   */
  async handOn(findings: readonly Finding[]): Promise<readonly Finding[]> {
    const claimId = crypto.randomUUID();
    const distinct = [...new Map(findings.map((one) => [one.eventId, one])).values()];
    let mine: Claim | undefined;
    await this.#store.update((checkpoint) => {
      mine = checkpoint.claims.find((claim) => claim.claimId === claimId);
      if (mine) return checkpoint;
      const fresh = distinct.filter(({ eventId }) => checkpoint.seen[eventId] === undefined);
      if (fresh.length === 0) return checkpoint;
      mine = this.#claim(claimId, fresh);
      const added = Object.fromEntries(fresh.map((one) => [one.eventId, one.createdTime]));
      return {
        ...checkpoint,
        seen: { ...checkpoint.seen, ...added },
        claims: [...checkpoint.claims, mine],
      };
    });
    if (!mine) return [];
    await this.#publishClaimed(mine);
    return mine.findings;
  }

  /** Hands on again what dead runs have claimed, and returns it. Claims of living runs are left alone. */
  async handOnOrphans(): Promise<readonly Finding[]> {
    const found: Finding[] = [];
    for (const orphan of this.#store.checkpoint.claims.filter((claim) => this.#isOrphan(claim))) {
      const claimId = crypto.randomUUID();
      let mine: Claim | undefined;
      await this.#store.update((checkpoint) => {
        mine = checkpoint.claims.find((claim) => claim.claimId === claimId);
        const isThere = checkpoint.claims.some((claim) => claim.claimId === orphan.claimId);
        if (mine || !isThere) return checkpoint;
        const adopted = this.#claim(claimId, orphan.findings);
        mine = adopted;
        const claims = checkpoint.claims.map((claim) =>
          claim.claimId === orphan.claimId ? adopted : claim,
        );
        return { ...checkpoint, claims };
      });
      if (!mine) continue;
      await this.#publishClaimed(mine);
      found.push(...orphan.findings);
    }
    return found;
  }

  /** Waits until every claim is settled by its run or known to be orphaned, and hands the orphans on. */
  async waitForClaims(budgetMs: number): Promise<readonly Finding[]> {
    const endsAtMs = performance.now() + budgetMs;
    const found: Finding[] = [];
    while (this.#store.checkpoint.claims.length > 0 && performance.now() < endsAtMs) {
      await sleep(POLL_MS);
      await this.#store.load();
      found.push(...(await this.handOnOrphans()));
    }
    return found;
  }

  async #publishClaimed({ claimId, claimedAt, findings }: Claim): Promise<void> {
    if (this.#ageMs(claimedAt) > PUBLISH_WITHIN_MS) throw tooLate();
    try {
      await within(PUBLISH_MS, 'app', () => this.#publish(findings));
    } catch (error) {
      // If this write fails too, the claim's age tells the next run.
      await this.#store.update((checkpoint) => giveUp(checkpoint, claimId)).catch(() => {});
      throw error;
    }
    await this.#store.update((checkpoint) => settle(checkpoint, claimId));
  }

  #claim(claimId: string, findings: readonly Finding[]): Claim {
    return { claimId, claimedAt: this.#store.serverTime.toISOString(), findings };
  }

  #isOrphan({ claimedAt }: Claim): boolean {
    return this.#ageMs(claimedAt) > CLAIM_LIFETIME_MS;
  }

  #ageMs(claimedAt = '1970-01-01T00:00:00.000Z'): number {
    return this.#store.serverTime.getTime() - Date.parse(claimedAt);
  }
}

function tooLate(): AppError {
  return new AppError({
    code: 'TARGET_UNAVAILABLE',
    target: 'blobs',
    message: `Claiming what was found took longer than ${PUBLISH_WITHIN_MS / 1000} s, so it was not handed on.`,
    nextStep: 'The next run does it; if it persists, look at the health of the storage account.',
  });
}

function settle(checkpoint: Checkpoint, claimId: string): Checkpoint {
  const claims = checkpoint.claims.filter((claim) => claim.claimId !== claimId);
  return claims.length === checkpoint.claims.length ? checkpoint : { ...checkpoint, claims };
}

function giveUp(checkpoint: Checkpoint, claimId: string): Checkpoint {
  const claims = checkpoint.claims.map((claim) =>
    claim.claimId === claimId ? { claimId, findings: claim.findings } : claim,
  );
  return { ...checkpoint, claims };
}
