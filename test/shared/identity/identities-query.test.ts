// [faults-and-threats 4, list-identities] What the list may be asked for; everything else is refused by its name.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AppError } from '../../../shared/errors.ts';
import { readIdentitiesQuery, writeCursor } from '../../../shared/identity/identities-query.ts';
import { readGuid } from '../../../shared/input.ts';
import { writeContinuation } from '../../../shared/inventory/continuation.ts';
import { sealPlace } from '../../../shared/sealed-place.ts';

const read = (query: Record<string, string>) => readIdentitiesQuery(new URLSearchParams(query));
const KEY = '/subscriptions/s/resourcegroups/rg/providers/microsoft.storage/storageaccounts/sté';

function isRefused(run: () => unknown, message: RegExp): void {
  assert.throws(run, (error: AppError) => {
    assert.equal(error.code, 'INPUT_INVALID');
    assert.match(error.message, message);
    return true;
  });
}

describe('the query of listIdentities', () => {
  it('begins at the first of 50 by default', () => {
    assert.deepEqual(read({}), { top: 50 });
    assert.deepEqual(read({ top: '500' }), { top: 500 });
  });

  for (const top of ['0', '-1', '1e9', '1000000000', 'NaN', '501', '1.5', '', ' 1', '0x10', '٣']) {
    it(`refuses top=${JSON.stringify(top)}`, () => {
      isRefused(() => read({ top }), /^top must be a whole number from 1 to 500\.$/);
    });
  }

  it('takes the cursor that the page before gave', () => {
    assert.deepEqual(read({ cursor: writeCursor(KEY) }), { top: 50, after: KEY });
  });

  it('refuses a cursor that was cut anywhere, or in which one character is another', () => {
    const cursor = writeCursor(KEY);
    for (let length = 0; length < cursor.length; length++) {
      isRefused(() => read({ cursor: cursor.slice(0, length) }), /^cursor must be/);
      const other = cursor[length] === 'A' ? 'B' : 'A';
      const changed = cursor.slice(0, length) + other + cursor.slice(length + 1);
      isRefused(() => read({ cursor: changed }), /^cursor must be/);
    }
  });

  it('refuses a cursor of another list, and one that is too long to be any', () => {
    const place = { createdAtTicks: 1n, eventId: '0f8fad5b-d9cb-469f-a165-70867728950e' };
    for (const cursor of [
      writeContinuation(place, '[null,""]'),
      sealPlace(Buffer.from(KEY), 'another list'),
      writeCursor('x'.repeat(4_096)),
    ]) {
      isRefused(() => read({ cursor }), /^cursor must be/);
    }
  });

  it('refuses any text that is no cursor of ours', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (cursor) =>
        isRefused(() => read({ cursor }), /^cursor must be that of the page before\.$/),
      ),
    );
  });
});

describe('an id in a path', () => {
  it('is a GUID, in lower case from then on', () => {
    const id = '0F8FAD5B-D9CB-469F-A165-70867728950E';
    assert.equal(readGuid('principalId', id), id.toLowerCase());
  });

  for (const id of [
    undefined,
    '',
    "x' or principalId ne '",
    "0f8fad5b-d9cb-469f-a165-70867728950e'",
    '{0f8fad5b-d9cb-469f-a165-70867728950e}',
    '0f8fad5bd9cb469fa16570867728950e',
    '0f8fad5b-d9cb-469f-a165-70867728950e\n',
    '..',
    '__proto__',
  ]) {
    it(`is not ${JSON.stringify(id)}`, () => {
      isRefused(() => readGuid('principalId', id), /^principalId must be a GUID/);
    });
  }
});
