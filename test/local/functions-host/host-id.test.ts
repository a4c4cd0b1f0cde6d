import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findHostId } from '../../../local/functions-host/host-id.ts';

const idOf = (environment: Record<string, string>) => findHostId(environment, '/app');

it('a slot’s name is part of the host’s id; production’s is not', () => {
  assert.equal(idOf({ WEBSITE_SITE_NAME: 'Func-A' }), 'func-a');
  const of = (slot: string) => idOf({ WEBSITE_SITE_NAME: 'Func-A', WEBSITE_SLOT_NAME: slot });
  assert.equal(of('Production'), 'func-a');
  assert.equal(of('staging'), 'func-a-staging');
});

it('as Azure, the id is cut: two slots of a long name have the same', () => {
  const WEBSITE_SITE_NAME = 'f'.repeat(32);
  assert.equal(
    idOf({ WEBSITE_SITE_NAME }),
    idOf({ WEBSITE_SITE_NAME, WEBSITE_SLOT_NAME: 'staging' }),
  );
});

it('a given id wins', () => {
  const given = { AzureFunctionsWebHost__hostid: 'mine', WEBSITE_SITE_NAME: 'func-a' };
  assert.equal(idOf(given), 'mine');
});
