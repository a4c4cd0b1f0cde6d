// What keeps two writers apart, as it goes over the wire through the unmodified SDK.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createBlobs } from '../../shared/blobs.ts';
import { canaryCredential, openScriptedDoor } from './scripted-door.ts';

const storage = await openScriptedDoor('.blob.core.windows.net:443');
const blobs = createBlobs(
  new URL('https://stapp.blob.core.windows.net/state'),
  canaryCredential,
  () => undefined,
);

for (const [name, ifMatch, expected] of [
  ['only over the version that was read', '"0x1"', ['"0x1"', undefined]],
  ['only if there is none yet', undefined, [undefined, '*']],
  ['over whatever is there', 'overwrite', [undefined, undefined]],
] as const) {
  it(`a blob is written ${name}, and the caller told if another was faster`, async () => {
    let conditions: readonly unknown[] = [];
    storage.answer = ({ headers }, response) => {
      conditions = [headers['if-match'], headers['if-none-match']];
      response.writeHead(201, { etag: '"0x2"', 'last-modified': new Date().toUTCString() }).end();
    };
    assert.equal(await blobs.write('a.json', '{}', ifMatch), '"0x2"');
    assert.deepEqual(conditions, expected);

    const [status, code] = ifMatch ? [412, 'ConditionNotMet'] : [409, 'BlobAlreadyExists'];
    storage.answer = (_, response) =>
      response.writeHead(status, { 'x-ms-error-code': code, 'content-length': 0 }).end();
    assert.equal(await blobs.write('a.json', '{}', ifMatch), undefined);
  });
}
