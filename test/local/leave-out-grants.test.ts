import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leaveOutGrants } from '../../local/leave-out-grants.ts';
import { readOwnTemplate } from '../support/local-azure.ts';

describe('leaving out grants', () => {
  const count = (template: unknown, symbol: string) =>
    JSON.stringify(template).split(`"${symbol}":{`).length - 1;

  it('takes the role assignment out wherever the template has it, and nothing else', () => {
    const template = readOwnTemplate();
    assert.ok(count(template, 'readsSecret') > 0);
    const without = leaveOutGrants(template, ['readsSecret']);
    assert.equal(count(without, 'readsSecret'), 0);
    assert.equal(count(without, 'readsResources'), count(template, 'readsResources'));
    assert.ok(count(template, 'readsSecret') > 0, 'the original is as it was');
  });

  it('lets nothing wait for what it has taken out', () => {
    const type = 'Microsoft.Authorization/roleAssignments';
    const template = {
      resources: {
        first: { type },
        second: { type },
        waits: { type: 'Some.Thing/else', dependsOn: ['first', 'second'] },
      },
    };
    assert.deepEqual(leaveOutGrants(template, ['first']), {
      resources: {
        second: { type },
        waits: { type: 'Some.Thing/else', dependsOn: ['second'] },
      },
    });
  });

  it('refuses a name that no role assignment has, and lists those there are', () => {
    assert.throws(() => leaveOutGrants(readOwnTemplate(), ['keyVault']), {
      message: /^--without keyVault: no role assignment .* There are: .*readsSecret/,
    });
  });
});
