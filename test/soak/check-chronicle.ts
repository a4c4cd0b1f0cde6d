// The promises of the scan, read off the record of its witnesses alone.
import { v5 as uuidv5 } from 'uuid';
import { AppError } from '../../shared/errors.ts';
import type { Checkpoint } from '../../shared/scan/checkpoint.ts';
import { EVENT_NAMESPACE } from '../../shared/scan/finding.ts';
import { parseCheckpoint } from '../../shared/scan/parse-checkpoint.ts';
import type { Chronicle, Delivery, HandOn, Incarnation } from './chronicle.ts';

/** From reading Azure's clock until the first version is written. */
const BEGINNING_MS = 120_000;
/** What a run may need to stop and to write its report when its time is up. */
const STOP_MS = 15_000;
/** A run that has not settled by then what it began to hand on may be taken for dead. */
const SLOWEST_MS = 45_000;

interface Evidence extends Chronicle {
  readonly checkpoints: readonly { at: number; atMs: number; checkpoint: Checkpoint }[];
  readonly incarnationOf: ReadonlyMap<string, Incarnation>;
  readonly deliveriesOf: ReadonlyMap<string, readonly Delivery[]>;
  /** Scope → createdTime from which on its resources are to be reported. */
  readonly sinceOf: ReadonlyMap<string, string>;
}

/** One sentence per broken promise; empty if all were kept. */
export function checkChronicle(chronicle: Chronicle): string[] {
  const unparsable = chronicle.versions.flatMap(({ text, atMs }) => {
    try {
      parseCheckpoint(text, new Date(atMs));
      return [];
    } catch (error) {
      return [`a version of the checkpoint is not usable: ${(error as Error).message}`];
    }
  });
  if (unparsable.length > 0) return unparsable;
  const evidence = gather(chronicle);
  return [
    ...runsThatDoNotEnd(evidence),
    ...wrongBeginnings(evidence),
    ...neverCreated(evidence),
    ...handedOnTwice(evidence),
    ...claimsForgotten(evidence),
    ...passedByWatermark(evidence),
    ...lost(evidence),
  ];
}

function gather(chronicle: Chronicle): Evidence {
  const checkpoints = chronicle.versions.map(({ at, atMs, text }) => ({
    ...{ at, atMs },
    checkpoint: JSON.parse(text) as Checkpoint,
  }));
  const states = checkpoints.flatMap(({ checkpoint }) => Object.entries(checkpoint.scopes));
  return Object.assign(Object.create(chronicle), {
    ...chronicle,
    checkpoints,
    incarnationOf: new Map(chronicle.incarnations.map((one) => [eventIdOf(one), one])),
    deliveriesOf: Map.groupBy(chronicle.deliveries, ({ finding }) => finding.eventId),
    sinceOf: new Map(states.toReversed().map(([scope, { since }]) => [scope, since])),
  }) as Evidence;
}

const eventIds = new WeakMap<Incarnation, string>();

/** By the uuid package, not by the code under test. */
function eventIdOf(incarnation: Incarnation): string {
  const eventId = eventIds.get(incarnation) ?? uuidv5(incarnation.key, EVENT_NAMESPACE);
  eventIds.set(incarnation, eventId);
  return eventId;
}

function isToBeReported({ createdTime, scopes }: Incarnation, { sinceOf }: Evidence): boolean {
  return scopes.some((scope) => {
    const since = sinceOf.get(scope);
    return createdTime !== undefined && since !== undefined && createdTime >= since;
  });
}

function runsThatDoNotEnd({ runs }: Evidence): string[] {
  return runs.flatMap(({ number, process, startedAtMs, endedAtMs, timeLimitMs, error }) => {
    if (process.isDead) return [];
    if (endedAtMs === undefined) return [`run ${number} never ended`];
    const lastedMs = endedAtMs - startedAtMs;
    if (lastedMs > timeLimitMs + STOP_MS && !process.wasFrozen) {
      return [`run ${number} lasted ${lastedMs} ms, its limit is ${timeLimitMs} ms`];
    }
    const isKnown = error === undefined || (error instanceof AppError && error.code !== undefined);
    return isKnown ? [] : [`run ${number} threw what is no AppError: ${error}`];
  });
}

/** How far back the first run looks is counted by Azure's clock, from when it began. */
function wrongBeginnings({ checkpoints, lookbackMs, runs, sinceOf }: Evidence): string[] {
  if (runs.some(({ process }) => process.wasFrozen)) return [];
  return [...sinceOf].flatMap(([scope, since]) => {
    const first = checkpoints.find(({ checkpoint }) => checkpoint.scopes[scope]);
    const lateMs = (first?.atMs ?? 0) - lookbackMs - Date.parse(since);
    const isPlausible = lateMs >= 0 && lateMs < BEGINNING_MS;
    return isPlausible ? [] : [`the look-back of ${scope} is wrong by ${lateMs} ms`];
  });
}

function neverCreated(evidence: Evidence): string[] {
  return evidence.deliveries.flatMap(({ finding }) => {
    const { id, createdTime, eventId } = finding;
    const incarnation = evidence.incarnationOf.get(eventId);
    if (!incarnation || incarnation.key !== `${id.toLowerCase()}|${createdTime}`) {
      return [`reported, but never created: ${id} of ${createdTime} as ${eventId}`];
    }
    return isToBeReported(incarnation, evidence)
      ? []
      : [`reported, though it is older than the look-back: ${incarnation.key}`];
  });
}

/** Twice is allowed only if the first time was in doubt: never settled, and for a reason that the history shows. */
function handedOnTwice(evidence: Evidence): string[] {
  return [...evidence.deliveriesOf].flatMap(([eventId, deliveries]) => {
    const key = evidence.incarnationOf.get(eventId)?.key ?? eventId;
    // By the time that they were begun: a slow receiver may take the first one last.
    const handOns = deliveries.map(({ handOn }) => handOn).sort((a, b) => a.at - b.at);
    return handOns.slice(1).flatMap((second, index) => {
      const first = handOns[index];
      if (!first || first === second) return [`twice in one batch: ${key}`];
      const reason = whyNotAllowed(eventId, first, second, evidence);
      return reason ? [`reported twice (${reason}): ${key}`] : [];
    });
  });
}

function whyNotAllowed(
  eventId: string,
  first: HandOn,
  second: HandOn,
  { checkpoints }: Evidence,
): string | undefined {
  const isSettled = checkpoints.some(
    ({ at, checkpoint }) =>
      at > first.at && at < second.at && !claimed(checkpoint).includes(eventId),
  );
  const runs = `runs ${first.run.number} and ${second.run.number}`;
  if (isSettled) return `${runs}, though it was settled between them`;
  const { process, stateFailed, stateSlow } = first.run;
  if (stateSlow && second.atMs - first.atMs > SLOWEST_MS) return undefined;
  const isInDoubt = process.isDead || process.wasFrozen || stateFailed || !first.isTaken;
  return isInDoubt ? undefined : `${runs}, the first was alive and well`;
}

function claimed({ claims }: Checkpoint): readonly string[] {
  return claims.flatMap(({ findings }) => findings.map(({ eventId }) => eventId));
}

/** A claim ends when what it holds has been handed on, not before. */
function claimsForgotten({ checkpoints, deliveriesOf }: Evidence): string[] {
  return checkpoints.slice(1).flatMap(({ at, checkpoint }, index) => {
    const before = checkpoints[index];
    const now = new Set(claimed(checkpoint));
    const gone = before ? claimed(before.checkpoint).filter((eventId) => !now.has(eventId)) : [];
    return gone
      .filter((eventId) => !deliveriesOf.get(eventId)?.some((delivery) => delivery.at < at))
      .map((eventId) => `settled, but never handed on: ${eventId}`);
  });
}

/** Whatever is not reported yet lies behind the bound from which the next pass looks. */
function passedByWatermark(evidence: Evidence): string[] {
  const { checkpoints, overlapMs } = evidence;
  const complaints = checkpoints.flatMap(({ at, atMs, checkpoint }) => {
    const handledNow = new Set(claimed(checkpoint));
    return Object.entries(checkpoint.scopes).flatMap(([scope, { since, watermark }]) => {
      if (watermark === undefined) return [];
      const bound = new Date(Date.parse(watermark) - overlapMs).toISOString();
      return evidence.incarnations
        .filter(
          ({ scopes, createdTime = '', createdAtMs, deletedAtMs = Number.POSITIVE_INFINITY }) =>
            scopes.includes(scope) &&
            createdAtMs < atMs &&
            deletedAtMs > atMs &&
            createdTime >= since &&
            createdTime < bound,
        )
        .filter((incarnation) => {
          const eventId = eventIdOf(incarnation);
          const isReported = evidence.deliveriesOf.get(eventId)?.some((one) => one.at < at);
          return !isReported && !handledNow.has(eventId);
        })
        .map(({ key }) => `the watermark ${watermark} passed what is not reported: ${key}`);
    });
  });
  return [...new Set(complaints)];
}

function lost(evidence: Evidence): string[] {
  const { quietRuns, incarnations, deliveriesOf, runs, checkpoints, feed } = evidence;
  const unfinished = quietRuns
    .filter(({ report }) => report?.outcome !== 'finished')
    .map(({ number, error }) => `run ${number} did not finish though all was quiet: ${error}`);
  const last = quietRuns.at(-1)?.report?.newFindingCount ?? 0;
  const openClaims = checkpoints.at(-1)?.checkpoint.claims.length ?? 0;
  // By the feed a page is read for one resource, and others on it are not looked at.
  const lookedAt = feed === 'none' ? runs.filter(({ report }) => report) : [];
  const shown = new Set(lookedAt.flatMap((run) => [...run.shown]));
  const missing = incarnations
    .filter((one) => isToBeReported(one, evidence) && !deliveriesOf.has(eventIdOf(one)))
    .filter(({ key, deletedAtMs }) => deletedAtMs === undefined || shown.has(key))
    .map(({ key }) => `never reported: ${key}`);
  return [
    ...unfinished,
    ...(last > 0 ? [`the last quiet run still found ${last}`] : []),
    ...(openClaims > 0 ? [`${openClaims} claims were left open`] : []),
    ...missing,
  ];
}
