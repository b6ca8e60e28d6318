/**
 * Types whose text form says all that there is to a value. Those that name things of the database (`regclass` and its
 * like) look them up in the system catalogs, and a type of the database's own may run a check of its own.
 */
export const harmlessTypes: ReadonlySet<string> = new Set(
  `bit bool box bpchar bytea char cidr circle date datemultirange daterange float4 float8 inet int2 int4 int4multirange
  int4range int8 int8multirange int8range interval json jsonb jsonpath line lseg macaddr macaddr8 money name numeric
  nummultirange numrange path point polygon text time timestamp timestamptz timetz tsmultirange tsquery tsrange
  tstzmultirange tstzrange tsvector uuid varbit varchar`.split(/\s+/),
);
