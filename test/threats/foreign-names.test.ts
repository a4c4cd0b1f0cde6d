// T12: names of resources are other people's text, and may hold control characters, markup or formulas.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Timer } from '@azure/functions';
import fc from 'fast-check';
import { getScan } from '../../functions/get-scan.ts';
import { httpHandler } from '../../functions/http-handler.ts';
import { scanResources } from '../../functions/scan-resources.ts';
import { AppError } from '../../shared/errors.ts';
import { createServices, type Services } from '../../shared/services.ts';
import { call, createContext } from '../functions/functions-sdk.ts';
import { SCOPE, World } from '../shared/scan/world.ts';

const settings = createServices({
  IDENTITY_KIND: 'systemAssigned',
  SCAN_SCOPES: SCOPE,
  SCAN_SCHEDULE: '0 */5 * * * *',
  SCAN_LOOKBACK: 'P1D',
  SCAN_OVERLAP: 'PT48H',
  SCAN_STATE_CONTAINER_URL: 'https://stapp.blob.core.windows.net/scan-state',
}).settings;

const timer = { isPastDue: false } as Timer;

const NASTY = [
  '\r\nERROR: forged line',
  '\u001b[2J\u001b]0;title\u0007',
  '\u2028next\u2029',
  '\u202egnp.exe',
  '<script>alert(1)</script>',
  '"},{"id":"forged',
  '=HYPERLINK("http://evil.example")',
  '@SUM(1)',
  '\u0000',
  '\ud800',
  '\ufeff',
  '%s%d%j%o',
  '__proto__',
] as const;

const names = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.tuple(fc.string(), fc.constantFrom(...NASTY), fc.string()).map((parts) => parts.join('')),
);

/** The functions on a small world of resources. */
function onWorld(world: World): Services {
  return {
    settings,
    resourceManager: world.resourceManager,
    scanBlobs: world.blobs,
  } as unknown as Services;
}

const NOT_PRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

describe('T12 whatever a resource is called', () => {
  it('no line of the log begins with it or obeys it, and the report has it as JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(names, { minLength: 1, maxLength: 5 }), async (given) => {
        const world = new World();
        const resources = given.map((name, index) => ({
          ...world.create(`r${index}`, 1),
          name: name || 'x',
          type: `Microsoft.Test/${name}`,
        }));
        world.resources = resources;
        const services = onWorld(world);
        const context = createContext('scanResources');
        await scanResources(timer, context, services);
        const found = context.lines.filter((line) => line.includes('New resource'));
        assert.equal(found.length, given.length);
        for (const line of context.lines) assert.doesNotMatch(line, NOT_PRINTABLE);

        const handler = httpHandler(getScan, { services: () => services });
        const { status, body } = await call(handler, 'scans/latest');
        assert.equal(status, 200);
        assert.deepEqual(
          (body.newFindings as { name: string }[]).map(({ name }) => name),
          resources.map(({ name }) => name),
        );
      }),
      { numRuns: 200, seed: 12 },
    );
  });

  it('an error that quotes it is one line of the log', async () => {
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        const message = `may not read: it was refused on ${name}.`;
        const failing = httpHandler(
          () => {
            throw new AppError({
              code: 'ACCESS_DENIED',
              target: 'resource-manager',
              message,
              nextStep: 'Ask.',
            });
          },
          { services: () => ({}) as Services },
        );
        const { status, body, lines } = await call(failing, 'x');
        assert.equal(status, 403);
        assert.equal(body.message, message);
        assert.equal(lines.length, 1);
        for (const line of lines) assert.doesNotMatch(line, NOT_PRINTABLE);
      }),
      { numRuns: 200, seed: 12 },
    );
  });
});
