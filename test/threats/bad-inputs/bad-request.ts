import { type Keys, keyBadness, queryBadness } from './bad-everywhere.ts';
import { protocolBadness } from './bad-protocol.ts';
import type { Endpoint } from './badness.ts';
import { noise, noiseWithoutBody } from './noise.ts';
import { createPick } from './pick.ts';
import { type RequestDraft, renderDraft, setBody, setHeader } from './request-draft.ts';

export interface BadRequest {
  /** What is bad in it. */
  readonly badness: string;
  readonly statuses: readonly number[];
  readonly complaint?: RegExp;
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
  const odd = endpoint.posted ? noise : [...noise, ...noiseWithoutBody];
  if (pick.onceIn(2)) odd[pick.below(odd.length)]?.(draft, pick);
  badness.apply(draft, pick);
  return {
    badness: badness.name,
    statuses: badness.statuses,
    ...(badness.complaint && { complaint: badness.complaint }),
    bytes: Buffer.from(renderDraft(draft), 'latin1'),
    endsEarly: draft.endsEarly,
  };
}

/** What is taken: the proof that badness alone is refused. */
export function goodRequest({ path, level, name, posted }: Endpoint, keys: Keys): RequestDraft {
  const key = level === 'admin' ? keys.master : (keys.own[name] ?? '');
  const draft: RequestDraft = {
    requestLine: { method: posted ? 'POST' : 'GET', path, query: [], version: 'HTTP/1.1' },
    headers: [
      ['Host', 'localhost'],
      ['Connection', 'close'],
      ['x-functions-key', key],
    ],
    body: '',
    endsEarly: false,
  };
  if (posted) {
    setHeader(draft, 'content-type', posted.contentType);
    setBody(draft, posted.body);
  }
  return draft;
}
