import type { JsonObject } from './json-values.ts';
import type { JsonPath } from './template-position.ts';

/** A template as parsed: checked for its form, nothing evaluated. */
export interface Template {
  /** As given, for messages and for deployment(). */
  readonly source: JsonObject;
  /** Resources by symbolic name: language version 2.0 and later. */
  readonly symbolic: boolean;
  /** By lower-case name. */
  readonly parameters: ReadonlyMap<string, ParameterDefinition>;
  readonly definitions: ReadonlyMap<string, TypeDefinition>;
  /** As written, by lower-case name; a loop is a `VariableLoop`. */
  readonly variables: ReadonlyMap<string, VariableDefinition>;
  /** By lower-case `namespace.member`. */
  readonly functions: ReadonlyMap<string, UserFunction>;
  /** Child resources nested in their parents follow these, in order. */
  readonly resources: readonly TemplateResource[];
  readonly outputs: readonly OutputDefinition[];
}

export interface TypeDefinition {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly allowedValues?: readonly unknown[];
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, TypeDefinition>>;
  readonly additionalProperties?: TypeDefinition | boolean;
  readonly items?: TypeDefinition | boolean;
  readonly prefixItems?: readonly TypeDefinition[];
  readonly discriminator?: {
    readonly propertyName: string;
    readonly mapping: Readonly<Record<string, TypeDefinition>>;
  };
}

export interface ParameterDefinition extends TypeDefinition {
  readonly name: string;
  /** An expression, a tree with expressions, or absent. */
  readonly defaultValue?: unknown;
}

export type VariableDefinition =
  | { readonly name: string; readonly value: unknown }
  | { readonly name: string; readonly loop: PropertyLoop };

/** A loop in variables, outputs or properties. */
export interface PropertyLoop {
  readonly count: unknown;
  readonly input: unknown;
}

export interface UserFunction {
  readonly parameters: readonly (TypeDefinition & { readonly name: string })[];
  readonly output: TypeDefinition & { readonly value: unknown };
}

export interface ResourceLoop {
  readonly name: string;
  readonly count: unknown;
  /** Instances that deploy at once; absent in parallel mode. */
  readonly batchSize?: number;
}

export interface TemplateResource {
  readonly symbolicName?: string;
  /** Of the resource in `Template.source`. */
  readonly path: JsonPath;
  /** Whole type, of a nested child too. Never an expression. */
  readonly type: string;
  readonly apiVersion: unknown;
  /** Own name, or last segments of it for a nested child. */
  readonly name: string;
  readonly parent?: TemplateResource;
  readonly loop?: ResourceLoop;
  readonly condition?: unknown;
  readonly existing: boolean;
  readonly onlyIfNotExists: boolean;
  readonly dependsOn: readonly string[];
  readonly scope?: string;
  readonly resourceGroup?: string;
  readonly subscriptionId?: string;
  /** What a PUT carries: location, tags, sku, properties … as written. */
  readonly body: JsonObject;
}

export interface OutputDefinition extends TypeDefinition {
  readonly name: string;
  readonly condition?: unknown;
  readonly value?: unknown;
  readonly loop?: PropertyLoop;
}
