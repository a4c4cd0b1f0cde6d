import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withLoop } from '../../../../../local/azure/deployments/expression/derived-scope.ts';
import {
  evaluate,
  evaluateString,
  evaluateTree,
} from '../../../../../local/azure/deployments/expression/evaluate.ts';
import { PendingLookup } from '../../../../../local/azure/deployments/expression/expression-scope.ts';
import { parseExpression } from '../../../../../local/azure/deployments/expression/parse.ts';
import { evaluateOffline } from '../../../../../local/azure/deployments/expression/partial.ts';
import { goldenScope, isInvalidTemplate, subscriptionId } from './golden-scope.ts';

const scope = goldenScope();

test('takes text in brackets for an expression, and two brackets for one', () => {
  assert.equal(evaluateString("[concat('a','b')]", scope), 'ab');
  assert.equal(evaluateString('[[a]', scope), '[a]');
  for (const text of ['[a', ' [a]', '[[a', 'a]', ''])
    assert.equal(evaluateString(text, scope), text);
  assert.throws(() => evaluateString('[]', scope), isInvalidTemplate);
});

test('parses an expression once', () => {
  assert.equal(parseExpression("concat('x')"), parseExpression("concat('x')"));
});

test('refuses hostile nesting instead of exhausting the stack', () => {
  const text = `${'not('.repeat(100_000)}true()${')'.repeat(100_000)}`;
  assert.throws(() => parseExpression(text), isInvalidTemplate);
});

test('reads a text of a megabyte in linear time', () => {
  const text = "''".repeat(500_000);
  assert.equal(evaluate(parseExpression(`length('${text}')`), scope), 500_000);
  assert.throws(() => parseExpression(`'${text}`), isInvalidTemplate);
});

test('evaluates the values and the names of a tree', () => {
  const tree = { "[concat('a','b')]": ['[add(1,2)]', null, true, 4, { '[[x]': '[[y]' }] };
  assert.deepEqual(evaluateTree(tree, scope), { ab: [3, null, true, 4, { '[x]': '[y]' }] });
});

test('refuses a name that is no text, and one that is there twice', () => {
  assert.throws(() => evaluateTree({ '[add(1,1)]': 1 }, scope), {
    message:
      "Unable to evaluate language expression 'add(1,1)' as JSON property name: the expression value of type 'Integer' could not be used as property name.",
  });
  assert.throws(() => evaluateTree({ "[concat('a')]": 1, a: 2 }, scope), {
    message:
      "Unable to evaluate language expression '[function]' as JSON property name: the property with name 'a' already exists.",
  });
});

test('expands the loops of a property, whose index is asked for by name', () => {
  const inResourceLoop = withLoop(scope, 'outer', 7);
  const tree = {
    copy: [
      {
        name: 'disks',
        count: "[length(createArray('a','b'))]",
        input: { lun: "[copyIndex('disks', 1)]", of: '[copyIndex()]' },
      },
      { name: 'none', count: 0, input: 'x' },
    ],
    size: 1,
  };
  const disks = [
    { lun: 1, of: 7 },
    { lun: 2, of: 7 },
  ];
  assert.deepEqual(evaluateTree(tree, inResourceLoop), { disks, none: [], size: 1 });
});

test('leaves a property alone that is only called copy', () => {
  assert.deepEqual(evaluateTree({ copy: { name: '[concat(1)]' } }, scope), { copy: { name: '1' } });
});

test('refuses a loop with a wrong count, or with another loop in it', () => {
  for (const count of [-1, 801, 'a', 1.5, null]) {
    const tree = { copy: [{ name: 'x', count, input: 1 }] };
    assert.throws(() => evaluateTree(tree, scope), isInvalidTemplate, String(count));
  }
  const nested = { copy: [{ name: 'x', count: 1, input: { copy: [] } }] };
  assert.throws(() => evaluateTree(nested, scope), { message: /nested copy arrays/ });
});

test('evaluates no branch that it does not take', () => {
  const lazy = [
    "[if(true(), 'a', fail('no'))]",
    "[coalesce(null(), 'a', fail('no'))]",
    "[if(or(true(), fail('no')), 'a', fail('no'))]",
    "[if(and(false(), fail('no')), fail('no'), 'a')]",
  ];
  for (const text of lazy) assert.equal(evaluateString(text, scope), 'a', text);
  assert.throws(() => evaluateString("[if(false(), 'a', fail('the reason'))]", scope), {
    message: 'the reason',
  });
});

test('names a function that it does not know', () => {
  for (const name of ['xor', 'contoso.f', 'sys.concat']) {
    assert.throws(() => evaluateString(`[${name}(1)]`, scope), {
      code: 'InvalidTemplate',
      message: `The template function '${name}' is not valid. Please see https://aka.ms/arm-functions for usage details.`,
    });
  }
});

test('hands a pending look-up to its caller, and an evaluated call to the scope', () => {
  const calls: unknown[] = [];
  const fetched = goldenScope({
    reference: (args) => {
      calls.push(args);
      return { principalId: 'p1' };
    },
    list: (name, args) => {
      calls.push(name, args);
      return { keys: [{ value: 'k' }] };
    },
  });
  const principal = "[reference(concat('a','b'), '2024-11-30', 'Full').principalId]";
  assert.throws(() => evaluateString(principal, scope), PendingLookup);
  assert.equal(evaluateString(principal, fetched), 'p1');
  assert.equal(evaluateString("[LISTKEYS('x', '2024').keys[0].value]", fetched), 'k');
  assert.deepEqual(calls, [['ab', '2024-11-30', 'Full'], 'LISTKEYS', ['x', '2024']]);
});

test('builds ids at subscription scope without a group', () => {
  const atSubscription = goldenScope({ resourceGroupName: undefined });
  const other = '11111111-1111-1111-1111-111111111111';
  const ids: Record<string, string> = {
    "resourceId('Microsoft.A/b','n')": `/subscriptions/${subscriptionId}/providers/Microsoft.A/b/n`,
    [`resourceId('${other}','Microsoft.A/b','n')`]: `/subscriptions/${other}/providers/Microsoft.A/b/n`,
    [`resourceId('${other}','rg','Microsoft.A/b','n')`]: `/subscriptions/${other}/resourceGroups/rg/providers/Microsoft.A/b/n`,
    "resourceId('Microsoft.Resources/resourceGroups','n')": `/subscriptions/${subscriptionId}/resourceGroups/n`,
  };
  for (const [expression, id] of Object.entries(ids)) {
    assert.equal(evaluateString(`[${expression}]`, atSubscription), id);
  }
  assert.throws(() => evaluateString("[resourceId('rg2','Microsoft.A/b','n')]", atSubscription), {
    message:
      "The provided value 'rg2' is not valid subscription identifier. Please see https://aka.ms/arm-resource-functions/#subscriptionresourceid for usage details.",
  });
});

test('gives a user-defined function its parameters and nothing of the caller’s', () => {
  const functions: Record<string, { parameters: readonly string[]; output: unknown }> = {
    outer: {
      parameters: ['Name'],
      output: { text: "[concat(parameters('name'), contoso.inner(parameters('NAME')))]" },
    },
    inner: { parameters: ['x'], output: "[concat('<', parameters('x'), '>')]" },
    wrong: { parameters: [], output: "[parameters('p')]" },
    endless: { parameters: [], output: '[contoso.endless()]' },
  };
  const withFunctions = goldenScope({ userFunction: (_, name) => functions[name.toLowerCase()] });
  const value = "[contoso.Outer(concat('a', 'b')).text]";
  assert.equal(evaluateString(value, withFunctions), 'ab<ab>');
  assert.equal(
    evaluateOffline("[contoso.inner(reference('q').z)]", withFunctions),
    "[concat('<', reference('q').z, '>')]",
  );
  const refusals: Record<string, RegExp> = {
    'contoso.inner()': /'contoso\.inner' expects exactly '1' parameters/,
    'contoso.wrong()': /The parameter 'p' is not found in template function 'contoso\.wrong'/,
    'contoso.endless()': /calls itself/,
  };
  for (const [call, message] of Object.entries(refusals)) {
    assert.throws(() => evaluateString(`[${call}]`, withFunctions), { message });
  }
});

test('never mistakes a member of JavaScript’s objects for a property', () => {
  assert.throws(
    () => evaluateString("[createObject('a', 1).constructor]", scope),
    isInvalidTemplate,
  );
  const value = evaluateString("[createObject('__proto__', createObject('x', 1))]", scope);
  assert.equal(JSON.stringify(value), '{"__proto__":{"x":1}}');
  assert.equal(Reflect.get({}, 'x'), undefined);
});

test('asks the scope for time and new ids', () => {
  const defaults = goldenScope({ utcNow: (format) => `now ${format}`, newGuid: () => 'g' });
  assert.equal(evaluateString("[utcNow('yyyy')]", defaults), 'now yyyy');
  assert.equal(evaluateString('[newGuid()]', defaults), 'g');
  assert.throws(() => evaluateString('[newGuid()]', scope), isInvalidTemplate);
});
