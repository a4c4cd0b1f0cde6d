// CloudEvents 1.0.2: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
import { inputInvalid } from '../input.ts';
import {
  expectedOfExtension,
  isBase64,
  isMediaType,
  isText,
  isTimestamp,
  isUri,
  isUriReference,
} from './attribute-rules.ts';

export const STRUCTURED_TYPE = 'application/cloudevents+json';
export const BATCH_TYPE = 'application/cloudevents-batch+json';

/** An event whose attributes are checked. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly partitionkey?: string;
  /** Absent also where the data came as data_base64. */
  readonly data?: unknown;
}

interface Rule {
  readonly required?: true;
  readonly fits: (value: unknown) => boolean;
  readonly expected: string;
}

const text: Omit<Rule, 'required'> = {
  fits: isText,
  expected: 'must be a text of 1 to 2,048 characters without control characters',
};

const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    specversion: {
      required: true,
      fits: (value) => value === '1.0',
      expected: 'must be "1.0"',
    },
    id: { ...text, required: true },
    source: {
      required: true,
      fits: isUriReference,
      expected: 'must be a URI reference of 1 to 2,048 characters',
    },
    type: { ...text, required: true },
    subject: text,
    time: { fits: isTimestamp, expected: 'must be a time such as 2026-11-24T11:20:15Z' },
    datacontenttype: { fits: isMediaType, expected: 'must be a media type' },
    dataschema: { fits: isUri, expected: 'must be a URI with its scheme' },
    /** CloudEvents extension: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/partitioning.md */
    partitionkey: {
      // Azure: a partition key of Event Hubs has 128 characters at most.
      fits: (value) => isText(value) && value.length <= 128,
      expected: 'must be a text of 1 to 128 characters',
    },
    data: { fits: () => true, expected: '' },
    data_base64: { fits: isBase64, expected: 'must be Base64' },
  } satisfies Record<string, Rule>),
);

/**
 * Checks an event as JSON has it. `where` begins the sentence of a complaint: `The event`, `Event 3`.
 * Throws INPUT_INVALID that names the attribute and doesn't repeat its value.
 */
export function parseCloudEvent(value: unknown, where: string): CloudEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw inputInvalid(where, 'must be a JSON object');
  }
  // "If a null value is encountered, it MUST be treated as the equivalent of unset." (JSON format, 2.2)
  const set = Object.entries(value).filter(([name, one]) => one !== null || name === 'data');
  for (const [name, one] of set) checkAttribute(name, one, where);
  const event: Partial<Record<string, unknown>> = Object.fromEntries(set);
  for (const [name, { required }] of RULES) {
    if (required && event[name] === undefined) {
      throw inputInvalid(`${where}'s ${name}`, 'is missing');
    }
  }
  if (event.data !== undefined && event.data_base64 !== undefined) {
    throw inputInvalid(where, 'must not have both data and data_base64');
  }
  return event as unknown as CloudEvent;
}

function checkAttribute(name: string, value: unknown, where: string): void {
  const rule = RULES.get(name);
  const expected = rule
    ? rule.fits(value)
      ? undefined
      : rule.expected
    : expectedOfExtension(name, value);
  if (expected === undefined) return;
  const shown = name.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, 64);
  throw inputInvalid(`${where}'s ${shown}`, expected);
}
