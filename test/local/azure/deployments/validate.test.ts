import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeployments } from '../../../../local/azure/deployments/run.ts';
import { ServiceError } from '../../../../local/azure/http/service-error.ts';
import {
  groupId,
  groupScope,
  identity,
  MemoryTarget,
  nested,
  request,
  subscriptionId,
  template,
  tenantId,
} from './memory-target.ts';

const apiVersion = '2020-01-01';
const resource = (name: string, more: object = {}) => ({
  type: 'A.B/c',
  apiVersion,
  name,
  ...more,
});

/** The sentences are those of Microsoft's engine: `bicep snapshot` 0.49.2 of the same template. */
const refusals: readonly (readonly [sentence: string, template: Record<string, unknown>])[] = [
  [
    "The value for the template parameter 'p' at line '1' and column '139' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details.",
    template({ parameters: { p: { type: 'string' } } }),
  ],
  [
    "The template resource 'a' at line '1' and column '134' is not valid: The template function 'nosuch' is not valid. Please see https://aka.ms/arm-functions for usage details.. Please see https://aka.ms/arm-functions for usage details.",
    template({ resources: [resource('a', { properties: { x: '[nosuch(1)]' } })] }),
  ],
  [
    "The template expression in parameter 'q' at line '1' and column '182' is not valid: The template function 'nosuch' is not valid. Please see https://aka.ms/arm-functions for usage details.",
    template({ parameters: { q: { type: 'string', defaultValue: '[nosuch()]' } } }),
  ],
  [
    "The template variable 'q' is not valid: The template function 'nosuch' is not valid. Please see https://aka.ms/arm-functions for usage details.. Please see https://aka.ms/arm-functions for usage details.",
    template({ variables: { q: '[nosuch()]' } }),
  ],
  [
    "The template resource 'z' at line '1' and column '134' is not valid: Unable to parse language expression 'concat(1': expected token 'RightParenthesis' and actual 'EndOfData'.. Please see https://aka.ms/arm-functions for usage details.",
    template({ resources: [resource('z', { properties: { a: '[concat(1]' } })] }),
  ],
  [
    "The template variable 'nope' is not found. Please see https://aka.ms/arm-syntax-variables for usage details.",
    template({ resources: [resource('z', { properties: { a: "[variables('nope')]" } })] }),
  ],
  [
    "The template parameter 'nope' is not found. Please see https://aka.ms/arm-syntax-parameters for usage details.",
    template({ resources: [resource('z', { properties: { a: "[parameters('nope')]" } })] }),
  ],
  [
    "The template resource 'z' at line '1' and column '134' is not valid: The language expression property 'b' doesn't exist, available properties are 'a'.. Please see https://aka.ms/arm-functions for usage details.",
    template({ resources: [resource('z', { properties: { a: "[createObject('a', 1).b]" } })] }),
  ],
  [
    "The 'a' symbol's definition cycles back to itself (a -> b -> a).",
    template({
      variables: { a: "[variables('b')]", b: "[variables('a')]" },
      resources: [resource("[variables('a')]")],
    }),
  ],
  [
    "The template resource 'x' at line '1' and column '134' is not valid: The template function 'reference' is not expected at this location. Please see https://aka.ms/arm-functions for usage details.. Please see https://aka.ms/arm-functions for usage details.",
    template({ resources: [resource('x', { location: "[reference('y').a]" }), resource('y')] }),
  ],
  [
    "The template variable 'v' is not valid: The template function 'newGuid' is not expected at this location. The function can only be used with parameter default value expresions. Please see https://aka.ms/arm-functions for usage details.. Please see https://aka.ms/arm-functions for usage details.",
    template({ variables: { v: '[newGuid()]' } }),
  ],
  [
    "The template resource '[copyIndex()]' at line '1' and column '134' is not valid: The template function 'copyIndex' is not expected at this location. The function can only be used in a resource with copy specified. Please see https://aka.ms/arm-resource-loops for usage details.. Please see https://aka.ms/arm-functions for usage details.",
    template({ resources: [resource('[copyIndex()]')] }),
  ],
  [
    "The template resource '' of type 'A.B/c' at line '1' and column '134' is not valid. The name property cannot be null or empty. Please see https://aka.ms/arm-syntax-resources for usage details.",
    template({ resources: [resource('')] }),
  ],
  [
    "The template resource 'x/y' of type 'A.B/c' at line '1' and column '148' has an invalid name. The name 'x/y' contains '2' name segment(s) separated by '/', but '1' segment(s) were expected. Please see https://aka.ms/arm-syntax-resources for usage details.",
    template({ resources: [resource('x/y')] }),
  ],
  [
    "Invalid template resource. The 'name' property must be specified. Please see https://aka.ms/arm-syntax for usage details.",
    template({ resources: [{ type: 'A.B/c', apiVersion }] }),
  ],
  [
    "The template 'copy' definition at line '1' and column '194' has an invalid copy count of: '-1'. The copy count must be a non-negative integer value and cannot exceed '800'. Please see https://aka.ms/arm-resource-loops for usage details.",
    template({ resources: [resource('x', { copy: { name: 'l', count: -1 } })] }),
  ],
  [
    "The template 'copy' definition at line '1' and column '194' has an invalid copy count of: '801'. The copy count must be a non-negative integer value and cannot exceed '800'. Please see https://aka.ms/arm-resource-loops for usage details.",
    template({ resources: [resource('x', { copy: { name: 'l', count: 801 } })] }),
  ],
  [
    "The template 'copy' definition at line '1' and column '216' has an invalid copy count of: 'a'. The copy count must be a non-negative integer value and cannot exceed '800'. Please see https://aka.ms/arm-resource-loops for usage details.",
    template({ resources: [resource('x', { copy: { name: 'l', count: 'a' } })] }),
  ],
];

for (const [sentence, content] of refusals) {
  test(`refuses in Microsoft's words: ${sentence.slice(0, 100)}`, () => {
    assertRefused(content, `Deployment template validation failed: '${sentence}'.`);
  });
}

test('a circle is refused, and named', () => {
  const content = template({
    resources: [
      identity('free'),
      identity('behind', { dependsOn: ['a'] }),
      identity('a', { dependsOn: ['b'] }),
      identity('b', { dependsOn: ['c'] }),
      identity('c', { tags: { x: "[reference('a').clientId]" } }),
    ],
  });
  const type = `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;
  assertRefused(content, new RegExp(`Circular dependency detected on resource: '${type}/[abc]'`));
});

test('a dependency on what is not in the template is refused', () => {
  assertRefused(
    template({ resources: [identity('a', { dependsOn: ["[resourceId('A.B/c', 'x')]"] })] }),
    "Deployment template validation failed: 'The resource 'A.B/c/x' is not defined in the template. Please see https://aka.ms/arm-syntax for usage details.'.",
  );
});

test('a resource that is there twice is refused, unless only one of them is deployed', async () => {
  const twice = (condition: boolean) =>
    template({ resources: [identity('a'), identity('A', { condition })] });
  assertRefused(
    twice(true),
    /The resource '.*userAssignedIdentities\/A' at line '1' .* is defined multiple times/,
  );
  assert.equal(
    createDeployments(new MemoryTarget()).validate(request(twice(false))).validatedResources.length,
    1,
  );
});

test('a reference to what is not in the template is refused, if it is no id', () => {
  assertRefused(
    template({ resources: [identity('a', { tags: { x: "[reference('zz').a]" } })] }),
    /The template reference 'zz' is not valid: could not find template resource or resource copy with this name/,
  );
});

test('an unknown member is refused by name, in a template, a resource and a parameter', () => {
  const unknown = (member: string, kind: string) =>
    new RegExp(`Could not find member '${member}' on object of type '${kind}'`);
  assertRefused(template({ foo: 1 }), unknown('foo', 'Template'), 'InvalidRequestContent');
  assertRefused(
    template({ resources: [identity('a', { description: 'x' })] }),
    unknown('description', 'TemplateResource'),
    'InvalidRequestContent',
  );
  assertRefused(
    template({ parameters: { p: { type: 'string', default: 'x' } } }),
    unknown('default', 'TemplateInputParameter'),
    'InvalidRequestContent',
  );
});

test('what the engine does not deploy is refused by name, never skipped', () => {
  const linked = nested('linked', undefined, { templateLink: { uri: 'https://example.com' } });
  assertRefused(template({ imports: { x: {} } }), /'imports' is not supported/);
  assertRefused(template({ resources: [linked] }), /'templateLink' is not supported/);
  assertRefused(
    template({ resources: [nested('c', template({}), { mode: 'Complete' })] }),
    /mode 'Complete' of a nested deployment is not supported/,
  );
  assertRefused(
    template({
      $schema:
        'https://schema.management.azure.com/schemas/2019-08-01/tenantDeploymentTemplate.json#',
    }),
    /tenantDeploymentTemplate.json#' is not supported/,
  );
});

test('a type that the target does not take is refused before anything is deployed', () => {
  const target = new MemoryTarget();
  target.refusedType = 'Contoso.Cloud/things';
  const thing = { type: 'Contoso.Cloud/things', apiVersion, name: 'x' };
  const content = template({
    resources: [identity('a'), nested('n', template({ resources: [thing] }))],
  });
  assertRefused(
    content,
    "The resource type 'things' could not be found in the namespace 'Contoso.Cloud' for api version '2020-01-01'.",
    'InvalidResourceType',
    target,
  );
  assert.deepEqual(target.puts, []);
});

test('an error deep in a nested template is found before anything is deployed', () => {
  const inner = template({
    parameters: { p: { type: 'string' } },
    resources: [identity("[parameters('p')]")],
  });
  const middle = template({ resources: [nested('inner', inner)] });
  const target = new MemoryTarget();
  assertRefused(
    template({ resources: [identity('a'), nested('middle', middle)] }),
    /The value for the template parameter 'p' at line '1' and column '\d+' is not provided/,
    'InvalidTemplate',
    target,
  );
  assert.deepEqual(target.records, []);
});

test('a subscription deployment needs a location', () => {
  const scope = { tenantId, subscriptionId };
  assert.throws(
    () => createDeployments(new MemoryTarget()).validate(request(template({}), {}, scope)),
    { code: 'InvalidDeployment', message: /The 'location' property must be specified for 'main'/ },
  );
});

test('validate says what would be deployed, and deploys nothing', () => {
  const target = new MemoryTarget();
  const content = template({
    parameters: { name: { type: 'string' }, secret: { type: 'secureString', defaultValue: 's3' } },
    resources: [
      identity("[parameters('name')]"),
      identity('off', { condition: false }),
      nested('n', template({ resources: [identity('inside')] })),
    ],
  });
  const { record, validatedResources } = createDeployments(target).validate(
    request(content, { name: { value: 'x' } }, groupScope),
  );
  assert.deepEqual(record.parameters, {
    name: { type: 'String', value: 'x' },
    secret: { type: 'SecureString' },
  });
  assert.deepEqual(
    validatedResources.map(({ id }) => id.slice(groupId.length + '/providers/'.length)),
    [
      'Microsoft.ManagedIdentity/userAssignedIdentities/x',
      'Microsoft.Resources/deployments/n',
      'Microsoft.ManagedIdentity/userAssignedIdentities/inside',
    ],
  );
  assert.deepEqual([target.puts, target.records], [[], []]);
});

function assertRefused(
  content: unknown,
  message: string | RegExp,
  code = 'InvalidTemplate',
  target = new MemoryTarget(),
): void {
  assert.throws(
    () => createDeployments(target).start(request(content)),
    (error) => {
      assert.ok(error instanceof ServiceError, String(error));
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      assert.deepEqual([error.status, error.code], [400, code]);
      return true;
    },
  );
}
