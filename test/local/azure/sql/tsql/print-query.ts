// Prints a tree of expressions and queries as T-SQL, so that parsing it again can be compared.
import type {
  Condition,
  Expression,
  OrderItem,
  Window,
} from '../../../../../local/azure/sql/tsql/ast/expression.ts';
import type { ObjectName } from '../../../../../local/azure/sql/tsql/ast/position.ts';
import type {
  Query,
  QueryBody,
  Select,
  SelectItem,
  TableSource,
} from '../../../../../local/azure/sql/tsql/ast/query.ts';

export function printQuery(query: Query): string {
  const ctes = query.with.map(
    ({ name, columns, query: inner }) =>
      `${quote(name)}${columns ? ` (${columns.map(quote).join(', ')})` : ''} AS (${printQuery(inner)})`,
  );
  return [
    ctes.length > 0 ? `WITH ${ctes.join(', ')}` : '',
    printBody(query.body),
    query.orderBy.length > 0 ? `ORDER BY ${printOrder(query.orderBy)}` : '',
    query.offset ? `OFFSET ${printExpression(query.offset)} ROWS` : '',
    query.fetch ? `FETCH NEXT ${printExpression(query.fetch)} ROWS ONLY` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function printBody(body: QueryBody): string {
  if (body.kind === 'select') return printSelect(body);
  const operator = {
    union: 'UNION',
    unionAll: 'UNION ALL',
    except: 'EXCEPT',
    intersect: 'INTERSECT',
  };
  return `(${printBody(body.left)}) ${operator[body.kind]} (${printBody(body.right)})`;
}

function printSelect(select: Select): string {
  const { top } = select;
  return [
    'SELECT',
    select.distinct ? 'DISTINCT' : '',
    top ? `TOP (${printExpression(top.count)})` : '',
    top?.percent ? 'PERCENT' : '',
    top?.withTies ? 'WITH TIES' : '',
    select.items.map(printItem).join(', '),
    select.from.length > 0 ? `FROM ${select.from.map(printSource).join(', ')}` : '',
    select.where ? `WHERE ${printCondition(select.where)}` : '',
    select.groupBy.length > 0 ? `GROUP BY ${select.groupBy.map(printExpression).join(', ')}` : '',
    select.having ? `HAVING ${printCondition(select.having)}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function printItem(item: SelectItem): string {
  switch (item.kind) {
    case 'all':
      return item.table === undefined ? '*' : `${quote(item.table)}.*`;
    case 'item':
      return `${printExpression(item.expression)}${item.alias === undefined ? '' : ` AS ${quote(item.alias)}`}`;
    case 'assign':
      return `${item.variable} ${item.operator ?? ''}= ${printExpression(item.expression)}`;
  }
}

function printSource(source: TableSource): string {
  switch (source.kind) {
    case 'table': {
      const alias = source.alias === undefined ? '' : ` AS ${quote(source.alias)}`;
      const hints = source.hints.length > 0 ? ` WITH (${source.hints.join(', ')})` : '';
      return `${printName(source.name)}${alias}${hints}`;
    }
    case 'derived': {
      const columns = source.columns ? ` (${source.columns.map(quote).join(', ')})` : '';
      return `(${printQuery(source.query)}) AS ${quote(source.alias)}${columns}`;
    }
    case 'values': {
      const rows = source.rows.map((row) => `(${row.map(printExpression).join(', ')})`);
      return `(VALUES ${rows.join(', ')}) AS ${quote(source.alias)} (${source.columns.map(quote).join(', ')})`;
    }
    case 'join': {
      const on = source.on ? ` ON ${printCondition(source.on)}` : '';
      const right = printSource(source.right);
      return `${printSource(source.left)} ${source.type.toUpperCase()} JOIN ${source.right.kind === 'join' ? `(${right})` : right}${on}`;
    }
  }
}

function printName(name: ObjectName): string {
  return [name.database, name.schema, name.name]
    .filter((part) => part !== undefined)
    .map(quote)
    .join('.');
}

export function printExpression(node: Expression): string {
  switch (node.kind) {
    case 'null':
      return 'NULL';
    case 'number':
      return node.digits;
    case 'string':
      return `${node.isNational ? 'N' : ''}'${node.value.replaceAll("'", "''")}'`;
    case 'binary':
      return `0x${Buffer.from(node.value).toString('hex')}`;
    case 'variable':
      return node.name;
    case 'column':
      return [node.schema, node.table, node.name]
        .filter((part) => part !== undefined)
        .map(quote)
        .join('.');
    case 'unary':
      return `(${node.operator} ${printExpression(node.operand)})`;
    case 'binaryOperation':
      return `(${printExpression(node.left)} ${node.operator} ${printExpression(node.right)})`;
    case 'call':
      return printCall(node);
    case 'datePart':
      return node.part;
    case 'cast':
      return printCast(node);
    case 'case':
      return printCase(node);
    case 'subquery':
      return `(${printQuery(node.query)})`;
    case 'collate':
      return `(${printExpression(node.operand)} COLLATE ${node.collation})`;
    case 'atTimeZone':
      return `(${printExpression(node.operand)} AT TIME ZONE ${printExpression(node.zone)})`;
  }
}

type OfKind<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

function printCall(call: OfKind<'call'>): string {
  const values = call.arguments === '*' ? '*' : call.arguments.map(printExpression).join(', ');
  const group = call.withinGroup ? ` WITHIN GROUP (ORDER BY ${printOrder(call.withinGroup)})` : '';
  const over = call.over ? ` OVER (${printWindow(call.over)})` : '';
  return `${call.name}(${call.distinct ? 'DISTINCT ' : ''}${values})${group}${over}`;
}

function printWindow({ partitionBy, orderBy, frame }: Window): string {
  return [
    partitionBy.length > 0 ? `PARTITION BY ${partitionBy.map(printExpression).join(', ')}` : '',
    orderBy.length > 0 ? `ORDER BY ${printOrder(orderBy)}` : '',
    frame ?? '',
  ].join(' ');
}

function printOrder(items: readonly OrderItem[]): string {
  return items
    .map(
      ({ expression, descending }) => `${printExpression(expression)}${descending ? ' DESC' : ''}`,
    )
    .join(', ');
}

function printCast({ operand, type, isTry, style }: OfKind<'cast'>): string {
  const size =
    'length' in type
      ? `(${type.length})`
      : 'precision' in type
        ? `(${type.precision}, ${type.scale})`
        : 'scale' in type
          ? `(${type.scale})`
          : '';
  const prefix = isTry ? 'TRY_' : '';
  if (style === undefined)
    return `${prefix}CAST(${printExpression(operand)} AS ${type.name}${size})`;
  return `${prefix}CONVERT(${type.name}${size}, ${printExpression(operand)}, ${printExpression(style)})`;
}

function printCase({ input, branches, otherwise }: OfKind<'case'>): string {
  const whens = branches.map(({ when, then }) => {
    const tested = input ? printExpression(when as Expression) : printCondition(when as Condition);
    return `WHEN ${tested} THEN ${printExpression(then)}`;
  });
  const rest = otherwise ? ` ELSE ${printExpression(otherwise)}` : '';
  return `CASE ${input ? `${printExpression(input)} ` : ''}${whens.join(' ')}${rest} END`;
}

export function printCondition(node: Condition): string {
  const not = 'negated' in node && node.negated ? 'NOT ' : '';
  switch (node.kind) {
    case 'comparison':
      return `${printExpression(node.left)} ${node.operator} ${printExpression(node.right)}`;
    case 'quantified':
      return `${printExpression(node.left)} ${node.operator} ${node.quantifier.toUpperCase()} (${printQuery(node.query)})`;
    case 'and':
    case 'or':
      return `(${printCondition(node.left)}) ${node.kind.toUpperCase()} (${printCondition(node.right)})`;
    case 'not':
      return `NOT (${printCondition(node.operand)})`;
    case 'isNull':
      return `${printExpression(node.operand)} IS ${not}NULL`;
    case 'isDistinctFrom':
      return `${printExpression(node.left)} IS ${not}DISTINCT FROM ${printExpression(node.right)}`;
    case 'between':
      return `${printExpression(node.operand)} ${not}BETWEEN ${printExpression(node.low)} AND ${printExpression(node.high)}`;
    case 'in': {
      const list =
        'body' in node.list ? printQuery(node.list) : node.list.map(printExpression).join(', ');
      return `${printExpression(node.operand)} ${not}IN (${list})`;
    }
    case 'like': {
      const ending = node.escape ? ` ESCAPE ${printExpression(node.escape)}` : '';
      return `${printExpression(node.operand)} ${not}LIKE ${printExpression(node.pattern)}${ending}`;
    }
    case 'exists':
      return `EXISTS (${printQuery(node.query)})`;
  }
}

function quote(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}
