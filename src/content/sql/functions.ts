/**
 * Functions of PostgreSQL that compute something from what they are given, and do nothing else: they read no file, no
 * setting and no table that the statement doesn't name, and change nothing. Anything else is refused by its absence.
 */

function names(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** Rows go in, one value comes out that doesn't hold them. */
export const aggregates: ReadonlySet<string> = new Set(
  names(`
    any_value avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist dense_rank every max
    min mode percent_rank percentile_cont percentile_disc range_intersect_agg rank regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp sum var_pop var_samp
    variance
  `),
);

/** Rows go in, and one value comes out that holds them all: a bound on rows says nothing then. */
export const collecting: ReadonlySet<string> = new Set(
  names(`
    array_agg json_agg json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique
    json_object_agg_unique_strict jsonb_agg jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict
    jsonb_object_agg_unique jsonb_object_agg_unique_strict range_agg string_agg
  `),
);

/** Aggregates of one fraction, or of a list of them. */
export const fractional: ReadonlySet<string> = new Set(names('percentile_cont percentile_disc'));

/** One call, many rows. */
export const setReturning: ReadonlySet<string> = new Set(
  names(`
    generate_series generate_subscripts json_array_elements json_array_elements_text json_each json_each_text
    json_object_keys json_populate_recordset json_to_recordset jsonb_array_elements jsonb_array_elements_text jsonb_each
    jsonb_each_text jsonb_object_keys jsonb_path_query jsonb_path_query_tz jsonb_populate_recordset jsonb_to_recordset
    regexp_matches regexp_split_to_table string_to_table unnest
  `),
);

const windowed = names('first_value lag last_value lead nth_value ntile row_number');

const numbers = names(`
  abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos cosd cosh cot cotd degrees div
  exp factorial floor gcd lcm ln log log10 min_scale mod pi pow power radians round scale sign sin sind sinh sqrt tan tand
  tanh trim_scale trunc width_bucket
`);

const texts = names(`
  ascii bit_length btrim char_length character_length chr concat concat_ws convert_from convert_to decode encode format
  initcap is_normalized left length like_escape lower lpad ltrim md5 normalize octet_length overlay parse_ident position
  quote_ident quote_literal quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_replace
  regexp_split_to_array regexp_substr repeat replace reverse right rpad rtrim sha224 sha256 sha384 sha512
  similar_to_escape split_part starts_with string_to_array strpos substr substring to_ascii to_hex translate unistr upper
`);

const times = names(`
  age clock_timestamp date_bin date_part date_trunc extract isfinite justify_days justify_hours justify_interval make_date
  make_interval make_time make_timestamp make_timestamptz now overlaps statement_timestamp timeofday timezone to_char
  to_date to_number to_timestamp transaction_timestamp
`);

const collections = names(`
  array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position array_positions
  array_prepend array_remove array_replace array_to_json array_to_string array_upper cardinality isempty lower_inc
  lower_inf range_merge trim_array upper_inc upper_inf
`);

const documents = names(`
  json_array_length json_build_array json_build_object json_extract_path json_extract_path_text json_object
  json_populate_record json_strip_nulls json_to_record json_typeof jsonb_array_length jsonb_build_array
  jsonb_build_object jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_path_exists
  jsonb_path_match jsonb_path_query_array jsonb_path_query_first jsonb_populate_record jsonb_pretty jsonb_set
  jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_typeof row_to_json to_json to_jsonb
`);

const searches = names(`
  phraseto_tsquery plainto_tsquery setweight to_tsquery to_tsvector ts_headline ts_rank ts_rank_cd websearch_to_tsquery
`);

const others = names(`
  abbrev area bit_count box broadcast center circle family get_bit get_byte height host hostmask masklen netmask network
  num_nonnulls num_nulls pg_collation_for pg_size_pretty pg_typeof point set_bit set_byte set_masklen width
`);

/** A type's name as a function converts to it. */
const conversions = names(`
  bool bpchar date daterange float4 float8 int2 int4 int4range int8 int8range interval numeric numrange text time
  timestamp timestamptz timetz tsrange tstzrange varchar
`);

/** Who asks, and where: what the login knows of itself. */
const identities = names('current_database current_schema');

/** Another value each time, and nothing else changes: without them `ORDER BY random()` would be no read. */
const chances = names('gen_random_uuid random');

export const harmlessFunctions: ReadonlySet<string> = new Set([
  ...aggregates,
  ...collecting,
  ...setReturning,
  ...windowed,
  ...numbers,
  ...texts,
  ...times,
  ...collections,
  ...documents,
  ...searches,
  ...others,
  ...conversions,
  ...identities,
  ...chances,
]);

/** Of a table's sample. */
export const sampleMethods: ReadonlySet<string> = new Set(['bernoulli', 'system']);
