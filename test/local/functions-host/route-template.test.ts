import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodePath, encodePath, parseQuery } from '../../../local/functions-host/http-path.ts';
import { matchRoute } from '../../../local/functions-host/route-match.ts';
import { parseRouteTemplate } from '../../../local/functions-host/route-template.ts';

const match = (template: string, path: string) => matchRoute(parseRouteTemplate(template), path);

describe('a route constraint', () => {
  const guid = '0f8fad5b-d9cb-469f-a165-70867728950e';
  const cases: [string, string[], string[]][] = [
    ['int', ['1', '-1', '+7', '2147483647'], ['1.0', 'x', '2147483648']],
    ['long', ['9223372036854775807'], ['9223372036854775808', '1e3']],
    ['bool', ['true', 'FALSE'], ['1', 'yes']],
    ['datetime', ['2026-11-25', '2026-11-25T10:20:30Z'], ['soon', '2026-13-01']],
    ['decimal', ['1.5', '-1,000.25'], ['1e3', 'x']],
    ['double', ['1.5', '1e3', 'NaN'], ['x', '1.2.3']],
    ['float', ['1.5'], ['x']],
    ['guid', [guid, `{${guid}}`, guid.replaceAll('-', '')], ['x', guid.slice(1)]],
    ['length(3)', ['abc'], ['ab', 'abcd']],
    ['length(2,3)', ['ab', 'abc'], ['a', 'abcd']],
    ['minlength(2)', ['ab'], ['a']],
    ['maxlength(2)', ['ab'], ['abc']],
    ['min(18)', ['18', '100'], ['17', 'x']],
    ['max(120)', ['120', '-5'], ['121']],
    ['range(18,120)', ['18', '120'], ['17', '121']],
    ['alpha', ['abcXYZ'], ['a1', 'ä']],
    ['regex(^\\\\d{{3}}-(a|b)$)'.replace('\\\\', '\\'), ['123-a', '123-B'], ['12-a', '123-c']],
    ['required', ['x'], []],
    ['int:min(3):max(5)', ['3', '5'], ['2', '6', 'x']],
  ];
  for (const [constraint, fitting, failing] of cases) {
    it(`'${constraint}' lets through what fits`, () => {
      for (const value of fitting) {
        assert.deepEqual(match(`x/{v:${constraint}}`, `/x/${value}`), { v: value }, value);
      }
      for (const value of failing) {
        assert.equal(match(`x/{v:${constraint}}`, `/x/${value}`), undefined, value);
      }
    });
  }

  it('is not asked about a parameter that is absent, but about a default', () => {
    assert.deepEqual(match('x/{v:int?}', '/x'), {});
    assert.deepEqual(match('x/{v:int=5}', '/x'), { v: '5' });
    assert.equal(match('x/{v:int=five}', '/x'), undefined);
  });
});

describe('a template', () => {
  it('matches complex segments from the right', () => {
    assert.deepEqual(match('{a}-{b}.{c?}', '/x-y-z.w'), { a: 'x-y', b: 'z', c: 'w' });
    assert.deepEqual(match('{a}.{b?}', '/x'), { a: 'x' });
    assert.equal(match('{a}.{b?}', '/x.'), undefined);
    assert.equal(match('v{a}', '/v'), undefined);
    assert.deepEqual(match('v{a}', '/V1'), { a: '1' });
  });

  it('takes everything that is left into a catch-all', () => {
    assert.deepEqual(match('{**rest}', '/a//b/'), { rest: 'a//b/' });
    assert.deepEqual(match('x/{*rest=index}', '/x'), { rest: 'index' });
  });

  it('keeps escaped braces', () => {
    assert.deepEqual(match('{{x}}/{v}', '/{x}/1'), { v: '1' });
  });

  it('is refused where ASP.NET refuses it', () => {
    for (const template of [
      'a//b',
      '{a',
      'a}',
      '{}',
      '{a}{b}',
      '{a}/{A}',
      '{*a}/b',
      'x{*a}',
      '{*a?}',
      '{a=1?}',
      '{a?}b',
      '{a}-{b?}',
      '{a:nothing}',
      '{a:min(x)}',
      'a?b',
      '~a',
      '{a/b}',
    ]) {
      assert.throws(() => parseRouteTemplate(template), Error, template);
    }
  });
});

describe('a path', () => {
  it('is decoded as Kestrel does', () => {
    assert.equal(decodePath('/a%20b%2fc/%E4/%c3%a4+/%F0%9F%98%80'), '/a b%2fc/%E4/ä+/😀');
    assert.equal(decodePath('/a/./b/../c/%2e%2e/d/..'), '/a/');
    assert.equal(decodePath('/../../a'), '/a');
    assert.equal(decodePath('/a%00'), undefined);
    assert.equal(decodePath('*'), undefined);
  });

  it('is written again without losing an escape', () => {
    assert.equal(encodePath('/a b%2Fc/ä/%E4/100%/{x}'), '/a%20b%2Fc/%C3%A4/%E4/100%25/%7Bx%7D');
  });

  it('has a query whose names compare without case', () => {
    assert.deepEqual(parseQuery('a=1&A=2&&b&=c&d=%zz+%41'), [
      { name: 'A', values: ['1', '2'] },
      { name: 'b', values: [''] },
      { name: '', values: ['c'] },
      { name: 'd', values: ['%zz A'] },
    ]);
  });
});
