/**
 * What may stand in a parse tree, node by node and field by field. The tree has a node's type written before it where
 * several could stand (`{"ColumnRef": {…}}`), and left out where only one can: this table says which that one is.
 * Whatever isn't in it is refused, so that a construct of a later grammar is no hole.
 */

/**
 * `plain`: a number, a word or a truth value, which names nothing. `node`: any one node. `nodes`: a list of them. `names`:
 * a list of words. Anything else is the type of the one node that can stand there.
 */
export type FieldForm = 'plain' | 'node' | 'nodes' | 'names' | NodeName;

const statementParts = {
  SelectStmt: {
    distinctClause: 'nodes',
    targetList: 'nodes',
    fromClause: 'nodes',
    whereClause: 'node',
    groupClause: 'nodes',
    groupDistinct: 'plain',
    havingClause: 'node',
    windowClause: 'nodes',
    valuesLists: 'nodes',
    sortClause: 'nodes',
    limitOffset: 'node',
    limitCount: 'node',
    limitOption: 'plain',
    lockingClause: 'nodes',
    withClause: 'WithClause',
    op: 'plain',
    all: 'plain',
    larg: 'SelectStmt',
    rarg: 'SelectStmt',
  },
  InsertStmt: {
    relation: 'RangeVar',
    cols: 'nodes',
    selectStmt: 'node',
    onConflictClause: 'OnConflictClause',
    returningClause: 'ReturningClause',
    withClause: 'WithClause',
    override: 'plain',
  },
  UpdateStmt: {
    relation: 'RangeVar',
    targetList: 'nodes',
    whereClause: 'node',
    fromClause: 'nodes',
    returningClause: 'ReturningClause',
    withClause: 'WithClause',
  },
  DeleteStmt: {
    relation: 'RangeVar',
    usingClause: 'nodes',
    whereClause: 'node',
    returningClause: 'ReturningClause',
    withClause: 'WithClause',
  },
  MergeStmt: {
    relation: 'RangeVar',
    sourceRelation: 'node',
    joinCondition: 'node',
    mergeWhenClauses: 'nodes',
    returningClause: 'ReturningClause',
    withClause: 'WithClause',
  },
  WithClause: { ctes: 'nodes', recursive: 'plain', location: 'plain' },
  CommonTableExpr: {
    ctename: 'plain',
    aliascolnames: 'names',
    ctematerialized: 'plain',
    ctequery: 'node',
    search_clause: 'CTESearchClause',
    cycle_clause: 'CTECycleClause',
    location: 'plain',
  },
  CTESearchClause: {
    search_col_list: 'names',
    search_breadth_first: 'plain',
    search_seq_column: 'plain',
    location: 'plain',
  },
  CTECycleClause: {
    cycle_col_list: 'names',
    cycle_mark_column: 'plain',
    cycle_mark_value: 'node',
    cycle_mark_default: 'node',
    cycle_path_column: 'plain',
    location: 'plain',
  },
  OnConflictClause: {
    action: 'plain',
    infer: 'InferClause',
    targetList: 'nodes',
    whereClause: 'node',
    location: 'plain',
  },
  InferClause: { indexElems: 'nodes', whereClause: 'node', conname: 'plain', location: 'plain' },
  IndexElem: {
    name: 'plain',
    expr: 'node',
    collation: 'names',
    ordering: 'plain',
    nulls_ordering: 'plain',
  },
  MergeWhenClause: {
    matchKind: 'plain',
    commandType: 'plain',
    override: 'plain',
    condition: 'node',
    targetList: 'nodes',
    values: 'nodes',
  },
  ReturningClause: { options: 'nodes', exprs: 'nodes' },
  ReturningOption: { option: 'plain', value: 'plain', location: 'plain' },
  LockingClause: { lockedRels: 'nodes', strength: 'plain', waitPolicy: 'plain' },
} as const;

const sources = {
  RangeVar: {
    catalogname: 'plain',
    schemaname: 'plain',
    relname: 'plain',
    inh: 'plain',
    relpersistence: 'plain',
    alias: 'Alias',
    location: 'plain',
  },
  RangeSubselect: { lateral: 'plain', subquery: 'node', alias: 'Alias' },
  RangeFunction: {
    lateral: 'plain',
    ordinality: 'plain',
    is_rowsfrom: 'plain',
    functions: 'nodes',
    alias: 'Alias',
    coldeflist: 'nodes',
  },
  RangeTableSample: {
    relation: 'node',
    method: 'names',
    args: 'nodes',
    repeatable: 'node',
    location: 'plain',
  },
  JoinExpr: {
    jointype: 'plain',
    isNatural: 'plain',
    larg: 'node',
    rarg: 'node',
    usingClause: 'names',
    join_using_alias: 'Alias',
    quals: 'node',
    alias: 'Alias',
    rtindex: 'plain',
  },
  Alias: { aliasname: 'plain', colnames: 'names' },
  ColumnDef: {
    colname: 'plain',
    typeName: 'TypeName',
    is_local: 'plain',
    collClause: 'CollateClause',
    location: 'plain',
  },
} as const;

const expressions = {
  ResTarget: { name: 'plain', indirection: 'nodes', val: 'node', location: 'plain' },
  ColumnRef: { fields: 'nodes', location: 'plain' },
  A_Star: {},
  A_Const: {
    ival: 'Integer',
    fval: 'Float',
    boolval: 'Boolean',
    sval: 'String',
    bsval: 'BitString',
    isnull: 'plain',
    location: 'plain',
  },
  Integer: { ival: 'plain' },
  Float: { fval: 'plain' },
  Boolean: { boolval: 'plain' },
  String: { sval: 'plain' },
  BitString: { bsval: 'plain' },
  ParamRef: { number: 'plain', location: 'plain' },
  A_Expr: {
    kind: 'plain',
    name: 'names',
    lexpr: 'node',
    rexpr: 'node',
    rexpr_list_start: 'plain',
    rexpr_list_end: 'plain',
    location: 'plain',
  },
  BoolExpr: { boolop: 'plain', args: 'nodes', location: 'plain' },
  NullTest: { arg: 'node', nulltesttype: 'plain', argisrow: 'plain', location: 'plain' },
  BooleanTest: { arg: 'node', booltesttype: 'plain', location: 'plain' },
  CaseExpr: { arg: 'node', args: 'nodes', defresult: 'node', location: 'plain' },
  CaseWhen: { expr: 'node', result: 'node', location: 'plain' },
  CoalesceExpr: { args: 'nodes', location: 'plain' },
  MinMaxExpr: { op: 'plain', args: 'nodes', location: 'plain' },
  SubLink: {
    subLinkType: 'plain',
    testexpr: 'node',
    operName: 'names',
    subselect: 'node',
    location: 'plain',
  },
  FuncCall: {
    funcname: 'names',
    args: 'nodes',
    agg_order: 'nodes',
    agg_filter: 'node',
    over: 'WindowDef',
    agg_within_group: 'plain',
    agg_star: 'plain',
    agg_distinct: 'plain',
    func_variadic: 'plain',
    funcformat: 'plain',
    location: 'plain',
  },
  NamedArgExpr: { arg: 'node', name: 'plain', argnumber: 'plain', location: 'plain' },
  TypeCast: { arg: 'node', typeName: 'TypeName', location: 'plain' },
  TypeName: {
    names: 'names',
    typmods: 'nodes',
    typemod: 'plain',
    arrayBounds: 'nodes',
    location: 'plain',
  },
  CollateClause: { arg: 'node', collname: 'names', location: 'plain' },
  A_Indirection: { arg: 'node', indirection: 'nodes' },
  A_Indices: { is_slice: 'plain', lidx: 'node', uidx: 'node' },
  A_ArrayExpr: {
    elements: 'nodes',
    list_start: 'plain',
    list_end: 'plain',
    location: 'plain',
  },
  RowExpr: { args: 'nodes', row_format: 'plain', location: 'plain' },
  SortBy: {
    node: 'node',
    sortby_dir: 'plain',
    sortby_nulls: 'plain',
    useOp: 'names',
    location: 'plain',
  },
  WindowDef: {
    name: 'plain',
    refname: 'plain',
    partitionClause: 'nodes',
    orderClause: 'nodes',
    frameOptions: 'plain',
    startOffset: 'node',
    endOffset: 'node',
    location: 'plain',
  },
  GroupingSet: { kind: 'plain', content: 'nodes', location: 'plain' },
  GroupingFunc: { args: 'nodes', location: 'plain' },
  SQLValueFunction: { op: 'plain', typmod: 'plain', location: 'plain' },
  SetToDefault: { location: 'plain' },
  MultiAssignRef: { source: 'node', colno: 'plain', ncolumns: 'plain' },
  List: { items: 'nodes' },
} as const;

export type NodeName =
  | keyof typeof statementParts
  | keyof typeof sources
  | keyof typeof expressions;

const forms: Readonly<Record<NodeName, Readonly<Record<string, FieldForm>>>> = {
  ...statementParts,
  ...sources,
  ...expressions,
};

export function isNodeName(name: string): name is NodeName {
  return Object.hasOwn(forms, name);
}

/** Undefined: such a node has no such field. */
export function formOf(node: NodeName, field: string): FieldForm | undefined {
  const fields = forms[node];
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}
