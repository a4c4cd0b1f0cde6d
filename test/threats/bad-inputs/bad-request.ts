import { type Keys, keyBadness, queryBadness } from './bad-everywhere.ts';
import { protocolBadness } from './bad-protocol.ts';
import type { Endpoint } from './endpoints.ts';
import { noise } from './noise.ts';
import { createPick } from './pick.ts';
import { type RequestDraft, renderDraft } from './request-draft.ts';

export interface BadRequest {
  /** What is bad in it. */
  readonly badness: string;
  readonly statuses: readonly number[];
  readonly bytes: Buffer;
  readonly endsEarly: boolean;
}

/** A good request to the endpoint with one thing bad in it, and some noise; a seed gives the same one everywhere. */
export function badRequest(endpoint: Endpoint, keys: Keys, seed: number): BadRequest {
  const pick = createPick(seed);
  const groups = [
    endpoint.own,
    queryBadness(endpoint),
    keyBadness(endpoint, keys),
    protocolBadness,
  ].filter((group) => group.length > 0);
  const group = groups[pick.below(groups.length)] ?? protocolBadness;
  const badness = group[pick.below(group.length)];
  if (!badness) throw new Error('nothing bad to choose from');
  const draft = goodRequest(endpoint, keys);
  if (pick.onceIn(2)) noise[pick.below(noise.length)]?.(draft, pick);
  badness.apply(draft, pick);
  return {
    badness: badness.name,
    statuses: badness.statuses,
    bytes: Buffer.from(renderDraft(draft), 'latin1'),
    endsEarly: draft.endsEarly,
  };
}

/** What gets a 200: the proof that badness alone is refused. */
export function goodRequest({ path, level, name }: Endpoint, keys: Keys): RequestDraft {
  const key = level === 'admin' ? keys.master : (keys.own[name] ?? '');
  return {
    requestLine: { method: 'GET', path, query: [], version: 'HTTP/1.1' },
    headers: [
      ['Host', 'localhost'],
      ['Connection', 'close'],
      ['x-functions-key', key],
    ],
    body: '',
    endsEarly: false,
  };
}
