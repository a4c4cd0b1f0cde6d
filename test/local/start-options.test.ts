import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStartOptions } from '../../local/start-options.ts';

const parse = (...args: string[]) => parseStartOptions(args, { template: 'own.json' });

describe('the arguments of npm start', () => {
  it('have defaults', () => {
    assert.deepEqual(parse(), {
      port: 7071,
      template: 'own.json',
      parameters: {},
      without: [],
      also: [],
      subscriptions: [],
      printEnvironment: false,
    });
  });

  it('give each --also the group and the parameters that follow it', () => {
    const { also, port, printEnvironment } = parse(
      ...['--also', 'a.json', '--print-environment', '--also', 'b.json'],
      ...['--also-parameters=b.parameters.json', '--port', '0', '--also-group', 'rg-b'],
    );
    assert.deepEqual(also, [
      { template: 'a.json' },
      { template: 'b.json', parameters: 'b.parameters.json', resourceGroup: 'rg-b' },
    ]);
    assert.deepEqual([port, printEnvironment], [0, true]);
  });

  it('give each --also what is left out of it', () => {
    const { also, without } = parse(
      ...['--also', 'a.json', '--also-without', 'x', '--also-without', 'y', '--also', 'b.json'],
      ...['--without', 'z'],
    );
    assert.deepEqual(also, [{ template: 'a.json', without: ['x', 'y'] }, { template: 'b.json' }]);
    assert.deepEqual(without, ['z']);
  });

  it('name the site or slot that is run', () => {
    assert.equal(parse('--run', 'func-a/staging').run, 'func-a/staging');
  });

  it('name whose environment is printed, which is the app unless another is named', () => {
    const { printEnvironment, printEnvironmentOf } = parse('--print-environment-of', 'vm-one');
    assert.deepEqual([printEnvironment, printEnvironmentOf], [true, 'vm-one']);
    assert.equal(parse('--print-environment').printEnvironmentOf, undefined);
  });

  it('name further subscriptions of the tenant, and the one that a template goes to', () => {
    const there = 'BBBB0B0B-cc1c-dd2d-ee3e-ffffff4f4f4f';
    const options = parse(
      ...['--subscription', there, '--subscription', there.toLowerCase()],
      ...['--also', 'a.json', '--also-subscription', there, '--also-group', 'rg-there'],
    );
    assert.deepEqual(options.subscriptions, [there.toLowerCase()]);
    assert.deepEqual(options.also, [
      { template: 'a.json', subscriptionId: there.toLowerCase(), resourceGroup: 'rg-there' },
    ]);
    assert.throws(
      () => parse('--subscription', 'Other'),
      /--subscription must be the id of a subscription, not 'Other'/,
    );
    assert.throws(
      () => parse('--also', 'a.json', '--also-subscription', 'Other'),
      /--also-subscription must be the id/,
    );
  });

  it('give parameters as az reads them: JSON where it is JSON, else text', () => {
    const { parameters } = parse(
      '--parameter',
      'identityKind=systemAssigned',
      '--parameter',
      'protect=true',
    );
    assert.deepEqual(parameters, { identityKind: 'systemAssigned', protect: true });
    assert.throws(
      () => parse('--parameter', 'protect'),
      /--parameter must be NAME=VALUE, not 'protect'/,
    );
  });

  it('are refused in a sentence where they make no sense', () => {
    assert.throws(() => parse('--port', '70710'), /--port must be a number from 0 to 65535/);
    assert.throws(() => parse('--port', 'x'), /not 'x'/);
    assert.throws(() => parse('--also-group', 'rg'), /--also-group needs an --also before it/);
    assert.throws(() => parse('--also'), /--also/);
    assert.throws(() => parse('--tempalte', 'x'), /--tempalte/);
  });
});
