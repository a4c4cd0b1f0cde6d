// Findings leave the scan here: claimed in the checkpoint first, handed on, then settled. Of two runs that find the
// same, the claim of one wins and the other drops it; what a dead run has claimed is handed on again.
import { sleep, within } from '../deadline.ts';
import type { Checkpoint, Claim } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { Finding } from './finding.ts';

/** Gives findings to whoever wants them; throws if they were not taken. May see one twice after a crash. */
export type Publish = (findings: readonly Finding[]) => Promise<void>;

/** Handing on one batch takes no longer. */
const PUBLISH_MS = 8_000;
/** A claim that is older belongs to a run that is gone: publishing and two writes around it take less. */
const CLAIM_LIFETIME_MS = 20_000;
const POLL_MS = 500;

export class HandOn {
  readonly #store: CheckpointStore;
  readonly #publish: Publish;

  constructor(store: CheckpointStore, publish: Publish) {
    this.#store = store;
    this.#publish = publish;
  }

  /**
   * Hands on those of `findings` that no run has claimed yet, and returns them. `isStillNew` is asked with the
   * newest checkpoint.
   */
  async handOn(
    findings: readonly Finding[],
    isStillNew: (finding: Finding, checkpoint: Checkpoint) => boolean,
  ): Promise<readonly Finding[]> {
    const claimId = crypto.randomUUID();
    let mine: readonly Finding[] = [];
    await this.#store.update((checkpoint) => {
      const already = checkpoint.claims.find((claim) => claim.claimId === claimId);
      mine =
        already?.findings ??
        findings.filter(
          (finding) =>
            checkpoint.seen[finding.eventId] === undefined && isStillNew(finding, checkpoint),
        );
      if (already || mine.length === 0) return checkpoint;
      const added = Object.fromEntries(mine.map((one) => [one.eventId, one.createdTime]));
      return {
        ...checkpoint,
        seen: { ...checkpoint.seen, ...added },
        claims: [...checkpoint.claims, this.#claim(claimId, mine)],
      };
    });
    if (mine.length > 0) await this.#publishClaimed(claimId, mine);
    return mine;
  }

  /** Hands on again what dead runs have claimed, and returns it. Claims of living runs are left alone. */
  async handOnOrphans(): Promise<readonly Finding[]> {
    const found: Finding[] = [];
    for (const orphan of this.#store.checkpoint.claims.filter((claim) => this.#isOrphan(claim))) {
      const claimId = crypto.randomUUID();
      let isMine = false;
      await this.#store.update((checkpoint) => {
        isMine = checkpoint.claims.some((claim) => claim.claimId === claimId);
        if (isMine || !checkpoint.claims.some((claim) => claim.claimId === orphan.claimId)) {
          return checkpoint;
        }
        isMine = true;
        const adopted = this.#claim(claimId, orphan.findings);
        const claims = checkpoint.claims.map((claim) =>
          claim.claimId === orphan.claimId ? adopted : claim,
        );
        return { ...checkpoint, claims };
      });
      if (!isMine) continue;
      await this.#publishClaimed(claimId, orphan.findings);
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

  async #publishClaimed(claimId: string, findings: readonly Finding[]): Promise<void> {
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
    if (claimedAt === undefined) return true;
    return this.#store.serverTime.getTime() - Date.parse(claimedAt) > CLAIM_LIFETIME_MS;
  }
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
