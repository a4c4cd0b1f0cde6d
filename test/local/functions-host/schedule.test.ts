import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseNcrontab } from '../../../local/functions-host/ncrontab.ts';
import { parseSchedule } from '../../../local/functions-host/schedule.ts';
import {
  checkPastDue,
  encodeScheduleStatus,
  parseScheduleStatus,
} from '../../../local/functions-host/schedule-status.ts';
import { parseTimeSpan } from '../../../local/functions-host/time-span.ts';

process.env.TZ = 'UTC';
const at = (text: string) => Date.parse(`${text}Z`);
const nextOf = (expression: string, after: string) => {
  const next = parseNcrontab(expression)?.(at(after));
  return next === undefined ? undefined : new Date(next).toISOString().slice(0, -5);
};

describe('an NCRONTAB expression', () => {
  const from = '2026-11-25T10:20:30';
  const cases: [string, string][] = [
    ['0 */5 * * * *', '2026-11-25T10:25:00'],
    ['*/5 * * * *', '2026-11-25T10:25:00'],
    ['0 0 9-17 * * MON-FRI', '2026-11-25T11:00:00'],
    ['0 30 9 * Jan Mon', '2027-01-04T09:30:00'],
    ['0 30 9 * january monday', '2027-01-04T09:30:00'],
    ['5/10 * * * * *', '2026-11-25T10:20:35'],
    ['1-5/2,50 * * * * *', '2026-11-25T10:20:50'],
    ['0 */90 * * * *', '2026-11-25T11:00:00'],
    ['0 0 0 * * 0', '2026-11-29T00:00:00'],
    ['  0  0 0 1 *   * ', '2026-12-01T00:00:00'],
  ];
  for (const [expression, expected] of cases) {
    it(`'${expression}' is next at ${expected}`, () => {
      assert.equal(nextOf(expression, from), expected);
    });
  }

  it('needs both the day of the month and the day of the week', () => {
    assert.equal(nextOf('0 0 0 13 * 5', from), '2027-08-13T00:00:00');
  });

  it('is after the given time, not at it', () => {
    assert.equal(nextOf('0 * * * * *', '2026-11-25T10:20:00'), '2026-11-25T10:21:00');
  });

  it('is refused where NCrontab refuses it', () => {
    for (const expression of [
      '0 0 0 * * 7',
      '@daily',
      '0 0 0 L * *',
      '0 0 0 15W * *',
      '0 0 0 * * 5#2',
      '0 0 0 ? * *',
      '60 * * * * *',
      '0 0 0 0 * *',
      '* * * *',
      '* * * * * * *',
      '0 0 0 * FOO *',
      '*/0 * * * * *',
      '',
    ]) {
      assert.equal(parseNcrontab(expression), undefined, expression);
    }
  });
});

describe('a TimeSpan', () => {
  const cases: [string, number | undefined][] = [
    ['00:00:05', 5_000],
    ['01:30', 5_400_000],
    ['1.02:03:04', 93_784_000],
    ['00:00:00.25', 250],
    ['24:00:00', 24 * 86_400_000],
    ['25:00:00:00', 25 * 86_400_000],
    ['7', 7 * 86_400_000],
    ['-00:00:01', -1_000],
    ['00:60:00', undefined],
    ['1.24:00:00', undefined],
    ['soon', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of cases) {
    it(`'${text}' is ${expected ?? 'none'}`, () => assert.equal(parseTimeSpan(text), expected));
  }
});

describe('a schedule', () => {
  it('16: is monitored unless it runs more than once a minute; only cron adjusts for daylight saving', () => {
    const traits = (expression: string) => {
      const { monitored, adjustForDst } = parseSchedule(expression);
      return [monitored, adjustForDst];
    };
    assert.deepEqual(traits('0 * * * * *'), [true, true]);
    assert.deepEqual(traits('* * * * *'), [true, true]);
    assert.deepEqual(traits('*/30 * * * * *'), [false, true]);
    assert.deepEqual(traits('00:01:00'), [true, false]);
    assert.deepEqual(traits('00:00:59'), [false, false]);
  });

  it("is refused with Azure's sentence", () => {
    for (const expression of ['@daily', '00:00:00', '-00:01:00']) {
      assert.throws(() => parseSchedule(expression), {
        message: `The schedule expression '${expression}' was not recognized as a valid cron expression or timespan string.`,
      });
    }
  });
});

describe('the status of a schedule', () => {
  it('16: is local time with its offset, and an empty time', () => {
    const status = {
      lastMs: undefined,
      nextMs: at('2026-11-24T11:20:15.140'),
      lastUpdatedMs: at('2026-11-24T11:20:15'),
    };
    const text = JSON.stringify(encodeScheduleStatus(status));
    assert.equal(
      text,
      '{"Last":"0001-01-01T00:00:00+00:00","Next":"2026-11-24T11:20:15.14+00:00","LastUpdated":"2026-11-24T11:20:15+00:00"}',
    );
    assert.deepEqual(parseScheduleStatus(text), status);
  });

  it('is read as .NET writes it', () => {
    const text =
      '\ufeff{"Last":"0001-01-01T00:00:00-08:00","Next":"2026-11-24T03:20:15.1234567-08:00","LastUpdated":"2026-11-24T11:20:15Z"}';
    assert.deepEqual(parseScheduleStatus(text), {
      lastMs: undefined,
      nextMs: at('2026-11-24T11:20:15.123'),
      lastUpdatedMs: at('2026-11-24T11:20:15'),
    });
  });

  it('counts as none when it is damaged', () => {
    for (const text of ['', '{"Next":', 'null', '[]', '{"Next":"never"}']) {
      assert.equal(parseScheduleStatus(text), undefined, text);
    }
  });

  const schedule = parseSchedule('0 0 * * * *');
  const now = at('2026-11-25T10:20:30');

  it('18: is made at the first start', () => {
    assert.deepEqual(checkPastDue(undefined, schedule, now), {
      status: { lastMs: undefined, nextMs: at('2026-11-25T11:00:00'), lastUpdatedMs: now },
      changed: true,
      pastDue: false,
    });
  });

  it('18: of another schedule is not past due, and is counted anew', () => {
    const stored = {
      lastMs: at('2026-11-25T07:15:00'),
      nextMs: at('2026-11-25T07:30:00'),
      lastUpdatedMs: at('2026-11-25T07:15:00'),
    };
    assert.deepEqual(checkPastDue(stored, schedule, now), {
      status: { lastMs: undefined, nextMs: at('2026-11-25T11:00:00'), lastUpdatedMs: now },
      changed: true,
      pastDue: false,
    });
  });
});
