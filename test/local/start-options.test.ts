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
