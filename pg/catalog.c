/*
 * catalog.c - the live schema as structs, from the catalogs
 *
 * Each kind of object is one query, and its rows are what kinds.c has for that
 * kind.  The server's own functions say what an object is (pg_get_*def,
 * format_type, pg_get_expr), with a search_path of the current schema alone:
 * what is in it is printed without its schema, all else with it.
 *
 * Which schemas: all that are the user's to alter, but for the system's.  What
 * belongs to an extension is not shown; what no query knows is told by name.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "migrate_schema.h"
#include "pg.h"

/* ---- the queries ---- */

/*
 * Columns: kind, address and parent as (class, id, sub), position, name, full,
 * values.  $1: the schemas; $2: the name of that of our tables.
 * An address is three expressions, as pg_depend has it.
 */
#define ADDRESS(class, id, sub) "'pg_catalog." class "'::regclass::oid, " id ", " sub
#define NONE "0::oid, 0::oid, 0"
/*
 * Nothing of an extension's: CREATE EXTENSION makes that, and it is the extension that is
 * compared.
 */
#define NO_MEMBER(class, id) \
	" AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_catalog." class \
	"'::regclass AND e.objid = " id " AND e.deptype = 'e')"
/*
 * Not the tables of ours.  Those that CREATE EXTENSION has made are its members anyway; but they
 * are no members where the desired text, or an offline script, makes them.
 */
#define NOT_OURS(c) \
	" AND NOT (" c ".relname IN (" MIG_TABLES ") AND " c ".relnamespace = " \
	"(SELECT oid FROM pg_namespace WHERE nspname = $2))"
/*
 * An item's values, one for each property of its kind in kinds.c, in that order, and behind them
 * what the templates there ask for by number.
 */
#define VALUES(list) "ARRAY[" list "]::text[]"
/* A kind without properties.  The type must be said: an empty ARRAY has none. */
#define NO_VALUES "ARRAY[]::text[]"

/*
 * Begins a CASE that the user closes: null where all are what CREATE SEQUENCE takes when nothing
 * is said.  The largest value goes by the type (21 smallint, 23 integer): the one thing that is
 * different from type to type.
 */
#define SEQUENCE_OPTIONS(s, type) \
	"CASE WHEN (" s ".seqincrement, " s ".seqmin, " s ".seqstart, " s ".seqcache, " s ".seqcycle, " \
	s ".seqmax) IS DISTINCT FROM (1::bigint, 1::bigint, 1::bigint, 1::bigint, false, " \
	"CASE " type " WHEN 21 THEN 32767 WHEN 23 THEN 2147483647 " \
	"ELSE 9223372036854775807 END) THEN "

/*
 * A NOT NULL that is more than a column's: from PostgreSQL 18 on it is a
 * constraint.  One that has the name it is given when nothing is said is none,
 * nor is that of an identity column, which cannot be without it.
 */
#define OWN_NOT_NULL(k) \
	k ".contype = 'n' AND (" k ".conname !~ '_not_null[0-9]*$' OR NOT " k ".convalidated OR " k \
	".connoinherit OR EXISTS (SELECT FROM pg_description WHERE classoid = " \
	"'pg_catalog.pg_constraint'::regclass AND objoid = " k ".oid)) AND NOT EXISTS (SELECT " \
	"FROM pg_attribute WHERE attrelid = " k ".conrelid AND attnum = " k ".conkey[1] " \
	"AND attidentity <> '')"

/* What is not enforced is not valid either, and says only the first. */
#define NOT_VALID \
	"CASE WHEN NOT convalidated AND pg_get_constraintdef(k.oid) !~ 'NOT ENFORCED$' " \
	"THEN 'NOT VALID' END"

/* A table's, and those of its TOAST table. */
#define OWN_OPTIONS(c) "(SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(" c ".reloptions) o)"
#define OPTIONS(c) \
	"nullif(concat_ws(', ', " OWN_OPTIONS(c) ", (SELECT string_agg(" \
	"'toast.' || o, ', ' ORDER BY o) FROM pg_class toast, unnest(toast.reloptions) o " \
	"WHERE toast.oid = nullif(" c ".reltoastrelid, 0))), '')"

/* A column c that is only inherited, from none p of which that holds. */
#define INHERITED(holds) \
	"FROM (SELECT DISTINCT inhrelid FROM pg_inherits) h JOIN pg_attribute c ON c.attrelid = inhrelid " \
	"WHERE NOT attislocal AND NOT EXISTS (SELECT FROM pg_inherits i JOIN pg_attribute p ON p.attrelid = " \
	"inhparent AND p.attname = c.attname WHERE i.inhrelid = c.attrelid AND p." holds ")"
#define DEFAULT(c) \
	"(SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = " c ".attrelid " \
	"AND adnum = " c ".attnum)"


/* What gives a column its default; pg_dump may make one that is none. */
#define SET_DEFAULT(c) \
	"(SELECT coalesce(min('SET DEFAULT ' || e), 'DROP DEFAULT') FROM " DEFAULT(c) " d (e) " \
	"WHERE e !~ '^NULL::')"
/* Columns c of partitions and p of their parents, of which one at least has a default. */
#define PARTITION_COLUMNS \
	"pg_inherits JOIN pg_class k ON k.oid = inhrelid AND relispartition AND relkind IN ('r', 'p') " \
	"JOIN pg_attribute c ON c.attrelid = inhrelid AND NOT c.attislocal AND c.attgenerated = '' " \
	"JOIN pg_attribute p ON p.attrelid = inhparent AND p.attname = c.attname " \
	"AND (c.atthasdef OR p.atthasdef)"

/* Was an index i made for a partitioned table, and for no partition that was there? */
#define ON_ONLY \
	"(NOT indisvalid AND EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = indrelid) " \
	"AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = indexrelid))"

/* The name of a range type's multirange, where it is not that which is made of its own. */
#if PG_VERSION_NUM >= 140000
#define MULTIRANGE(t) \
	", 'MULTIRANGE_TYPE_NAME = ' || (SELECT format_type(u.oid, NULL) FROM pg_type u WHERE u.oid = " \
	"rngmultitypid AND (u.typnamespace, u.typname) <> (" t ".typnamespace, CASE WHEN " t ".typname " \
	"LIKE '%range%' THEN regexp_replace(" t ".typname, 'range', 'multirange') " \
	"ELSE " t ".typname || '_multirange' END))"
#else
#define MULTIRANGE(t) ""
#endif

#if PG_VERSION_NUM >= 140000
#define COMPRESSION "CASE attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END"
#define STATISTICS_EXPRESSIONS \
	"UNION ALL SELECT '(' || e || ')' FROM unnest(pg_get_statisticsobjdef_expressions(oid)) e"
#else
#define COMPRESSION "NULL"
#define STATISTICS_EXPRESSIONS ""
#endif

/*
 * The options of a column c that are the user's: since 15.20 and its like the server keeps a
 * version of its own among them.
 */
#define COLUMN_OPTIONS \
	"CASE WHEN attoptions::text LIKE '%n\\_distinct%' THEN (SELECT string_agg(o, ', ') " \
	"FROM unnest(attoptions) o WHERE o LIKE 'n\\_distinct%') END"

/* Has a domain one?  No default is NULL, and NULL is what takes away that of the domain that it is of. */
#define HAS_DEFAULT(t) \
	"pg_get_expr(" t ".typdefaultbin, 0) !~ '^NULL::'"

/* Does a default call what may give another value each time?  Serials are too many to be looked at. */
#define VOLATILE \
	"CASE WHEN adbin::text LIKE '%funcid %' AND (pg_get_expr(adbin, adrelid) LIKE 'nextval(%' OR EXISTS (" \
	"SELECT FROM regexp_matches(adbin::text, 'funcid (\\d+)', 'g') f JOIN pg_proc p " \
	"ON p.oid = f[1]::oid WHERE provolatile = 'v')) THEN '' END"

static const char *const object_queries[] = {
	/*
	 * Schemas.  public is everywhere, and so is the current one, if there is one: whoever runs
	 * the printed text has a current schema, perhaps of another name.
	 */
	"SELECT 'schema', " ADDRESS("pg_namespace", "n.oid", "0") ", " NONE ", 0, quote_ident(nspname), "
	"quote_ident(nspname), " NO_VALUES " FROM pg_namespace n WHERE n.oid = ANY ($1) "
	"AND nspname <> 'public' AND nspname IS DISTINCT FROM current_schema()"
	NO_MEMBER("pg_namespace", "n.oid"),

	/*
	 * But for its comment, where that is not the server's own: comment_query passes over what has
	 * a low oid, and public has one.
	 */
	"SELECT 'schema comment', " ADDRESS("pg_namespace", "n.oid", "0") ", " NONE ", 0, "
	"quote_ident(nspname), quote_ident(nspname), " VALUES("quote_literal(description)")
	" FROM pg_namespace n JOIN pg_description ON objoid = n.oid AND classoid = "
	"'pg_catalog.pg_namespace'::regclass WHERE n.oid = ANY ($1) AND nspname = 'public' "
	"AND description <> 'standard public schema'",

	/*
	 * In the current schema it is where it comes to without a word, so its schema is a value only
	 * where that is another.  Value 9 is the name of the schema in any case, for the way back.
	 * migrate itself is not told: whoever reads the text by migrate_diff() has it; plpgsql is in
	 * every database.
	 */
	"SELECT 'extension', " ADDRESS("pg_extension", "x.oid", "0") ", " NONE ", 0, "
	"quote_ident(extname), quote_ident(extname), "
	VALUES("CASE WHEN nspname IS DISTINCT FROM current_schema() AND n.oid = ANY ($1) "
		   "THEN quote_ident(nspname) END, NULL, NULL, NULL, NULL, NULL, NULL, "
		   "NULL, NULL, quote_ident(nspname)")
	" FROM pg_extension x JOIN pg_namespace n ON n.oid = extnamespace "
	"WHERE extname NOT IN ('migrate', 'plpgsql')",

	/*
	 * Types.  One query for three kinds, since they are told from each other by typtype alone;
	 * only the CASE of a kind is computed for its rows.  A collation is said where it is not that
	 * of the type below; a range's operator class where it is not the default one of its subtype.
	 */
	"SELECT CASE typtype WHEN 'e' THEN 'enum' WHEN 'r' THEN 'range' ELSE 'domain' END, "
	ADDRESS("pg_type", "t.oid", "0") ", " NONE ", 0, quote_ident(typname), "
	"format_type(t.oid, NULL), "
	"CASE typtype WHEN 'e' THEN "
	VALUES("(SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) "
		   "FROM pg_enum WHERE enumtypid = t.oid)")
	" WHEN 'd' THEN "
	VALUES("format_type(typbasetype, typtypmod) || CASE WHEN typcollation <> (SELECT b.typcollation "
		   "FROM pg_type b WHERE b.oid = t.typbasetype) THEN ' COLLATE ' || "
		   "typcollation::regcollation ELSE '' END, "
		   "CASE WHEN " HAS_DEFAULT("t") " THEN pg_get_expr(typdefaultbin, 0) "
		   "WHEN EXISTS (SELECT FROM pg_type b WHERE b.oid = t.typbasetype AND " HAS_DEFAULT("b") ") "
		   "THEN 'NULL' END, "
		   "CASE WHEN typnotnull AND NOT EXISTS (SELECT FROM "
		   "pg_constraint k WHERE contypid = t.oid AND " OWN_NOT_NULL("k") ") THEN '' END")
	" ELSE (SELECT " VALUES("concat_ws(', ', 'SUBTYPE = ' || format_type(rngsubtype, NULL), "
		   "'SUBTYPE_OPCLASS = ' || CASE WHEN NOT opcdefault THEN quote_ident(o.opcname) END, "
		   "'COLLATION = ' || nullif(rngcollation, 0)::regcollation, "
		   "'CANONICAL = ' || nullif(rngcanonical::oid, 0)::regproc, "
		   "'SUBTYPE_DIFF = ' || nullif(rngsubdiff::oid, 0)::regproc" MULTIRANGE("t") ")")
	" FROM pg_range r JOIN pg_opclass o ON o.oid = rngsubopc WHERE rngtypid = t.oid) END "
	"FROM pg_type t WHERE typnamespace = ANY ($1) AND typtype IN ('e', 'd', 'r')"
	NO_MEMBER("pg_type", "t.oid"),

	/*
	 * CHECKs, and from PostgreSQL 18 on NOT NULL with a name of its own.  NOT VALID is taken out
	 * of the definition: it is a property by itself, since VALIDATE CONSTRAINT takes it away.
	 */
	"SELECT 'domain constraint', " ADDRESS("pg_constraint", "k.oid", "0") ", "
	ADDRESS("pg_type", "contypid", "0") ", 0, quote_ident(conname), '', "
	VALUES("regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''), " NOT_VALID)
	" FROM pg_constraint k WHERE connamespace = ANY ($1) AND contypid <> 0 "
	"AND (contype = 'c' OR " OWN_NOT_NULL("k") ")",

	/*
	 * Relations that are no tables.  The columns of a view are a value that is only compared:
	 * CREATE OR REPLACE VIEW refuses to change a column's name, type or collation, so a view for
	 * which that list is another one must be replaced.
	 */
	"SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'type' END, "
	ADDRESS("pg_class", "c.oid", "0") ", " NONE ", 0, quote_ident(relname), "
	"CASE relkind WHEN 'c' THEN format_type(reltype, NULL) ELSE c.oid::regclass::text END, "
	"CASE relkind WHEN 'v' THEN "
	VALUES("(SELECT string_agg(concat_ws(' ', quote_ident(attname), format_type(atttypid, atttypmod), "
		   "nullif(attcollation, 0)::regcollation), ', ' "
		   "ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0), "
		   OWN_OPTIONS("c") ", rtrim(pg_get_viewdef(c.oid), ';')")
	" WHEN 'm' THEN "
	VALUES(OPTIONS("c") ", rtrim(pg_get_viewdef(c.oid), ';')")
	" ELSE " NO_VALUES " END "
	"FROM pg_class c WHERE relnamespace = ANY ($1) AND relkind IN ('v', 'm', 'c')"
	NO_MEMBER("pg_class", "c.oid") NO_MEMBER("pg_type", "c.reltype"),

	/* The columns of a composite type. */
	"SELECT 'attribute', " ADDRESS("pg_class", "attrelid", "attnum") ", "
	ADDRESS("pg_class", "attrelid", "0") ", attnum, quote_ident(attname), "
	"format_type(reltype, NULL), "
	VALUES("format_type(atttypid, atttypmod) || CASE WHEN attcollation <> t.typcollation "
		   "THEN ' COLLATE ' || attcollation::regcollation ELSE '' END")
	" FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid JOIN pg_type t ON t.oid = atttypid "
	"WHERE relnamespace = ANY ($1) AND relkind = 'c' AND attnum > 0 AND NOT attisdropped",

	/*
	 * Those that CREATE SEQUENCE, or a serial column, has made.  The sequence of an identity
	 * column depends on it internally ('i') and is a part of it: see 'identity sequence'.
	 */
	"SELECT 'sequence', " ADDRESS("pg_class", "c.oid", "0") ", " NONE ", 0, quote_ident(relname), "
	"c.oid::regclass::text, "
	VALUES("nullif(format_type(seqtypid, NULL), 'bigint'), "
		   SEQUENCE_OPTIONS("s", "seqtypid") "format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s "
		   "CACHE %s %s', seqincrement, seqmin, seqmax, seqstart, seqcache, "
		   "CASE WHEN seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END) END, "
		   "CASE WHEN relpersistence = 'u' THEN 'UNLOGGED' END")
	" FROM pg_class c JOIN pg_sequence s ON seqrelid = c.oid WHERE relnamespace = ANY ($1) "
	"AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_catalog.pg_class'::regclass "
	"AND i.objid = c.oid AND i.deptype = 'i')" NO_MEMBER("pg_class", "c.oid"),

	/*
	 * OWNED BY is an object of its own, with -1 in place of a column's number: the sequence must
	 * be there before the column whose default calls it, and the owner can be told only behind
	 * that.
	 */
	"SELECT 'sequence owner', " ADDRESS("pg_class", "d.objid", "-1") ", "
	ADDRESS("pg_class", "d.objid", "0") ", 0, '', '', "
	VALUES("d.refobjid::regclass || '.' || quote_ident(attname)")
	" FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass "
	"AND d.objid = c.oid AND d.deptype = 'a' AND d.refobjsubid > 0 "
	"JOIN pg_attribute a ON attrelid = d.refobjid AND attnum = d.refobjsubid "
	"WHERE relnamespace = ANY ($1) AND relkind = 'S'",

	/*
	 * Parents stand twice among the values, as those of a partition or of inheritance, and as
	 * value 9 for the templates that detach and attach.  inhseqno is the order of INHERITS.  A
	 * partitioned table is never unlogged: the server takes the word and does nothing.
	 */
	"SELECT 'table', " ADDRESS("pg_class", "c.oid", "0") ", " NONE ", 0, quote_ident(relname), "
	"c.oid::regclass::text, "
	VALUES("CASE WHEN relpersistence = 'u' AND relkind = 'r' THEN 'UNLOGGED' END, "
		   "CASE WHEN relispartition THEN p.parents END, "
		   "pg_get_expr(relpartbound, c.oid), "
		   "CASE WHEN NOT relispartition THEN p.parents END, "
		   "CASE WHEN relkind = 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(c.oid) END, "
		   "(SELECT quote_ident(amname) FROM pg_am WHERE pg_am.oid = relam "
		   "AND amname NOT IN ('heap', '" CATALOG_DESIRED_AM "')), "
		   OPTIONS("c") ", "
		   "CASE WHEN relrowsecurity THEN '' END, CASE WHEN relforcerowsecurity THEN '' END, p.parents, "
		   "CASE WHEN relkind = 'p' THEN (SELECT string_agg(concat_ws(' ', format_type(atttypid, atttypmod), "
		   "nullif(attcollation, 0)::regcollation), ', ' ORDER BY attname) FROM pg_partitioned_table "
		   "JOIN pg_attribute ON attrelid = partrelid WHERE partrelid = c.oid AND (attnum = ANY ("
		   "partattrs::smallint[]) OR partexprs::text LIKE '%:varattno ' || attnum || ' %')) END")
	" FROM pg_class c LEFT JOIN (SELECT inhrelid, "
	"string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) AS parents FROM pg_inherits "
	"GROUP BY inhrelid) p ON p.inhrelid = c.oid "
	"WHERE relnamespace = ANY ($1) AND relkind IN ('r', 'p') AND relpersistence <> 't'"
	NO_MEMBER("pg_class", "c.oid") NOT_OURS("c"),

	/*
	 * Columns, but for those that are only inherited: they are the parent's, see alias_queries.
	 * The names of tables are made once for each table and not for each column, and the NOT NULL
	 * constraints are one list, not a look-up for each column: that took half of the time of all
	 * queries.  Values behind the properties: the storage that the type has by itself, for SET
	 * STORAGE back to it, and the type without its modifier, that below a domain, by which the
	 * core looks for a cast.
	 */
	"WITH c AS MATERIALIZED (SELECT oid, oid::regclass::text AS full FROM pg_class "
	"WHERE relnamespace = ANY ($1) AND relkind IN ('r', 'p') AND relpersistence <> 't') "
	"SELECT 'column', " ADDRESS("pg_class", "attrelid", "attnum") ", "
	ADDRESS("pg_class", "attrelid", "0") ", attnum, quote_ident(attname), c.full, "
	VALUES("format_type(atttypid, atttypmod) || CASE WHEN attcollation <> t.typcollation "
		   "THEN ' COLLATE ' || attcollation::regcollation ELSE '' END, "
		   "CASE attgenerated WHEN 's' THEN format('(%s) STORED', " DEFAULT("a") ") "
		   "WHEN 'v' THEN format('(%s) VIRTUAL', " DEFAULT("a") ") END, "
		   "CASE WHEN attnotnull AND (attrelid, attnum) NOT IN (SELECT conrelid, conkey[1] "
		   "FROM pg_constraint n WHERE conrelid <> 0 AND conislocal AND " OWN_NOT_NULL("n") ") THEN '' END, "
		   "CASE attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END, "
		   "CASE WHEN attidentity <> '' THEN (SELECT " SEQUENCE_OPTIONS("s", "atttypid")
		   "format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s "
		   "CACHE %s %s', seqincrement, seqmin, seqmax, seqstart, seqcache, "
		   "CASE WHEN seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END) END "
		   "FROM pg_depend d JOIN pg_sequence s ON seqrelid = d.objid "
		   "WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = attrelid "
		   "AND d.refobjsubid = attnum AND d.deptype = 'i') END, "
		   "CASE WHEN attstorage <> typstorage THEN CASE attstorage WHEN 'p' THEN 'PLAIN' "
		   "WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END, "
		   COMPRESSION ", "
		   "nullif(attstattarget, -1)::text, "
		   COLUMN_OPTIONS ", "
		   "CASE typstorage WHEN 'p' THEN 'PLAIN' "
		   "WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END, "
		   "format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL)")
	" FROM c JOIN pg_attribute a ON attrelid = c.oid JOIN pg_type t ON t.oid = atttypid "
	"WHERE attnum > 0 AND NOT attisdropped AND (attislocal OR attinhcount = 0)",

	/*
	 * Not those of generated columns, which are a property of the column.  Value 1 is VOLATILE's,
	 * for the online forms: a column with such a default cannot be added without a rewrite of the
	 * table.
	 */
	"SELECT 'default', " ADDRESS("pg_attrdef", "d.oid", "0") ", "
	ADDRESS("pg_class", "adrelid", "adnum") ", 0, '', c.full, "
	VALUES("pg_get_expr(adbin, adrelid), " VOLATILE)
	" FROM (SELECT oid, oid::regclass::text AS full FROM pg_class WHERE relnamespace = ANY ($1) "
	"AND relkind IN ('r', 'p') AND relpersistence <> 't') c "
	"JOIN pg_attrdef d ON adrelid = c.oid JOIN pg_attribute ON attrelid = adrelid "
	"AND attnum = adnum AND attgenerated = '' AND attislocal",

	/*
	 * A partition's column is inherited and so not told, but its default may be another than its
	 * parent's.  Both are values: the server hands a parent's SET DEFAULT down to its partitions.
	 */
	"SELECT 'partition default', " ADDRESS("pg_attribute", "c.attrelid", "c.attnum::integer") ", "
	ADDRESS("pg_class", "c.attrelid", "0") ", 0, quote_ident(c.attname), k.oid::regclass::text, "
	VALUES("own, parents") " FROM " PARTITION_COLUMNS
	", LATERAL (SELECT " SET_DEFAULT("c") " AS own, " SET_DEFAULT("p") " AS parents) d "
	"WHERE relnamespace = ANY ($1) AND own <> parents",

	/*
	 * The sequence of an identity column, for its name and its comment alone: all else is the
	 * column's.  The server does not rename it with its table, and a new table may want the name.
	 */
	"SELECT 'identity sequence', " ADDRESS("pg_class", "c.oid", "0") ", "
	ADDRESS("pg_class", "refobjid", "refobjsubid") ", 0, quote_ident(relname), c.oid::regclass::text, "
	NO_VALUES " FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass "
	"AND d.objid = c.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 "
	"AND d.deptype = 'i' WHERE relnamespace = ANY ($1) AND relkind = 'S'",

	/* ALTER VIEW ... ALTER COLUMN ... SET DEFAULT */
	"SELECT 'view default', " ADDRESS("pg_attrdef", "d.oid", "0") ", "
	ADDRESS("pg_class", "adrelid", "0") ", attnum, quote_ident(attname), '', "
	VALUES("pg_get_expr(adbin, adrelid)")
	" FROM pg_class c JOIN pg_attrdef d ON adrelid = c.oid JOIN pg_attribute ON attrelid = adrelid "
	"AND attnum = adnum WHERE relnamespace = ANY ($1) AND relkind = 'v'",

	/*
	 * Not what a partition has of its parent (conparentid), nor what is inherited (conislocal).
	 * A foreign key is a kind of its own: it comes when both tables are there.  The options of a
	 * key's index are set by the name of the index, which is value 3.
	 */
	"SELECT CASE contype WHEN 'f' THEN 'foreign key' ELSE 'constraint' END, "
	ADDRESS("pg_constraint", "k.oid", "0") ", " ADDRESS("pg_class", "conrelid", "0")
	", 0, quote_ident(conname), conrelid::regclass::text, "
	VALUES("regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''), " NOT_VALID ", "
		   "CASE i.relkind WHEN 'i' THEN " OWN_OPTIONS("i") " END, "
		   "i.oid::regclass::text")
	" FROM pg_constraint k LEFT JOIN pg_class i ON i.oid = conindid AND contype IN ('p', 'u', 'x') "
	"WHERE connamespace = ANY ($1) AND conrelid <> 0 AND conislocal "
	"AND conparentid = 0 AND (contype IN ('p', 'u', 'c', 'x', 'f') OR " OWN_NOT_NULL("k") ")",

	/*
	 * Not a constraint's (conrelid is for the server, which has no index on conindid: a loop over
	 * all constraints made this query quadratic), nor a partition's part of a partitioned index.
	 * The pretty form of pg_get_indexdef() alone leaves out a schema that is on the path.  USING
	 * btree is what there is when nothing is said; ON ONLY the server prints for each partitioned
	 * index, and it is kept where the index was made so.
	 */
	"SELECT 'index', " ADDRESS("pg_class", "i.indexrelid", "0") ", "
	ADDRESS("pg_class", "i.indrelid", "0") ", 0, quote_ident(relname), c.oid::regclass::text, "
	VALUES("regexp_replace(CASE WHEN relkind = 'I' AND NOT " ON_ONLY " THEN replace("
		   "pg_get_indexdef(c.oid, 0, true), ' ON ONLY ', ' ON ') ELSE pg_get_indexdef(c.oid, 0, true) "
		   "END, ' USING btree ', ' '), CASE WHEN NOT indisvalid AND NOT " ON_ONLY " THEN 'INVALID' END")
	" FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE relnamespace = ANY ($1) "
	"AND NOT relispartition AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = i.indrelid "
	"AND conindid = c.oid AND contype IN ('p', 'u', 'x'))",

	/*
	 * Written here and not by pg_get_statisticsobjdef(), which has neither the target nor a name
	 * that goes by the path.  Its columns are a set, which the catalog has in the table's order:
	 * so by name.
	 */
	"SELECT 'statistics', " ADDRESS("pg_statistic_ext", "oid", "0") ", "
	ADDRESS("pg_class", "stxrelid", "0") ", 0, quote_ident(stxname), label, "
	VALUES("format('CREATE STATISTICS %s%s ON %s FROM %s', label, CASE WHEN NOT stxkind @> "
		   "'{d,f,m}'::\"char\"[] AND stxkind <> '{e}'::\"char\"[] THEN ' (' || concat_ws(', ', "
		   "CASE WHEN 'd' = ANY (stxkind) THEN 'ndistinct' END, "
		   "CASE WHEN 'f' = ANY (stxkind) THEN 'dependencies' END, "
		   "CASE WHEN 'm' = ANY (stxkind) THEN 'mcv' END) || ')' END, "
		   "(SELECT string_agg(part, ', ' ORDER BY part) FROM (SELECT quote_ident(attname) "
		   "FROM pg_attribute WHERE attrelid = stxrelid AND attnum = ANY (stxkeys::smallint[]) "
		   STATISTICS_EXPRESSIONS ") p (part)), stxrelid::regclass) || CASE WHEN stxstattarget >= 0 THEN "
		   "format(E';\nALTER STATISTICS %s SET STATISTICS %s', label, stxstattarget) ELSE '' END")
	" FROM (SELECT *, CASE WHEN pg_statistics_obj_is_visible(oid) THEN '' "
	"ELSE stxnamespace::regnamespace || '.' END || quote_ident(stxname) AS label "
	"FROM pg_statistic_ext s WHERE stxnamespace = ANY ($1)"
	NO_MEMBER("pg_statistic_ext", "s.oid") ") s",

	/*
	 * Programs.  A definition always has its own name with the schema: that is taken out where
	 * the path finds it, so that a text made in one schema can be run in another.  Value 0 is
	 * what CREATE OR REPLACE may refuse to change, and is only compared: where it is another, it
	 * is dropped first.
	 */
	"SELECT CASE prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, "
	ADDRESS("pg_proc", "p.oid", "0") ", " NONE ", 0, quote_ident(proname), "
	"p.oid::regprocedure::text, "
	VALUES("concat_ws(' ', prokind, pg_get_function_arguments(p.oid), '->', "
		   "pg_get_function_result(p.oid)), "
		   "rtrim(CASE WHEN pg_function_is_visible(p.oid) THEN regexp_replace("
		   "pg_get_functiondef(p.oid), '^(CREATE OR REPLACE [A-Z]+ )(\"([^\"]|\"\")+\"|[^.\"(]+)\\.', "
		   "'\\1') ELSE pg_get_functiondef(p.oid) END, E'\\n')")
	" FROM pg_proc p WHERE pronamespace = ANY ($1) AND prokind <> 'a' "
	"AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_catalog.pg_proc'::regclass "
	"AND e.objid = p.oid AND e.deptype IN ('e', 'i'))",

	/*
	 * Not those of constraints, nor what a partition has of its parent.  The pretty form leaves
	 * the table's schema out where the path finds it.
	 */
	"SELECT 'trigger', " ADDRESS("pg_trigger", "g.oid", "0") ", " ADDRESS("pg_class", "tgrelid", "0")
	", 0, quote_ident(tgname), c.oid::regclass::text, "
	VALUES("pg_get_triggerdef(g.oid, true), CASE tgenabled WHEN 'D' THEN 'DISABLE' "
		   "WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END")
	" FROM pg_trigger g JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = ANY ($1) "
	"AND NOT tgisinternal AND tgparentid = 0",

	/* Not that of a view, which is its query. */
	"SELECT 'rule', " ADDRESS("pg_rewrite", "r.oid", "0") ", " ADDRESS("pg_class", "ev_class", "0")
	", 0, quote_ident(rulename), c.oid::regclass::text, "
	VALUES("rtrim(pg_get_ruledef(r.oid, true), ';'), CASE ev_enabled WHEN 'D' THEN 'DISABLE' "
		   "WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END")
	" FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class WHERE relnamespace = ANY ($1) "
	"AND rulename <> '_RETURN'",

	/*
	 * Roles are the server's and not the schema's; a policy names them all the same.  PUBLIC, of
	 * oid 0, is what CREATE POLICY takes when nothing is said.
	 */
	"SELECT 'policy', " ADDRESS("pg_policy", "p.oid", "0") ", " ADDRESS("pg_class", "polrelid", "0")
	", 0, quote_ident(polname), c.oid::regclass::text, "
	VALUES("concat(CASE WHEN NOT polpermissive THEN ' AS RESTRICTIVE' END, "
		   "CASE polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' "
		   "WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' END, "
		   "' TO ' || nullif((SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' "
		   "ELSE role::regrole::text END, ', ' ORDER BY role::regrole::text) "
		   "FROM unnest(polroles) role), 'PUBLIC'), "
		   "' USING (' || pg_get_expr(polqual, polrelid) || ')', "
		   "' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')')")
	" FROM pg_policy p JOIN pg_class c ON c.oid = polrelid WHERE relnamespace = ANY ($1)",

	/*
	 * What is known by name alone, so that a user is told of it rather than left to believe that
	 * the text says everything: aggregates, base types, operators and the like, foreign tables,
	 * and what belongs to the whole database.  16384 is the first oid that is not the system's
	 * own (FirstNormalObjectId).
	 */
	"SELECT 'other', classid, objid, 0, " NONE ", 0, '', pg_describe_object(classid, objid, 0), "
	NO_VALUES " FROM ("
	"SELECT 'pg_class'::regclass::oid, oid FROM pg_class "
	"WHERE relnamespace = ANY ($1) AND relkind = 'f' "
	"UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc "
	"WHERE pronamespace = ANY ($1) AND prokind = 'a' "
	"UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace = ANY ($1) "
	"AND typtype = 'b' AND typelem = 0 "
	"UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator WHERE oprnamespace = ANY ($1) "
	"UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass WHERE opcnamespace = ANY ($1) "
	"UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily WHERE opfnamespace = ANY ($1) "
	"UNION ALL SELECT 'pg_collation'::regclass, oid FROM pg_collation WHERE collnamespace = ANY ($1) "
	"UNION ALL SELECT 'pg_conversion'::regclass, oid FROM pg_conversion WHERE connamespace = ANY ($1) "
	"UNION ALL SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config WHERE cfgnamespace = ANY ($1) "
	"UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict WHERE dictnamespace = ANY ($1) "
	"UNION ALL SELECT 'pg_ts_parser'::regclass, oid FROM pg_ts_parser WHERE prsnamespace = ANY ($1) "
	"UNION ALL SELECT 'pg_ts_template'::regclass, oid FROM pg_ts_template "
	"WHERE tmplnamespace = ANY ($1) "
	"UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast WHERE oid >= 16384 "
	"UNION ALL SELECT 'pg_event_trigger'::regclass, oid FROM pg_event_trigger "
	"UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server "
	"UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper "
	"UNION ALL SELECT 'pg_publication'::regclass, oid FROM pg_publication "
	"UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language WHERE oid >= 16384 "
	"UNION ALL SELECT 'pg_am'::regclass, oid FROM pg_am WHERE oid >= 16384 "
	"UNION ALL SELECT 'pg_transform'::regclass, oid FROM pg_transform WHERE oid >= 16384"
	") o (classid, objid) WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = o.classid "
	"AND e.objid = o.objid AND e.deptype IN ('e', 'i'))",

	/*
	 * And so what parts of objects have, which no property holds; found once, not for each
	 * table.  Not what is said of the indexes of partitions: PostgreSQL 15 gives them the
	 * comment of the partitioned table's when a column gets another type.
	 */
	"WITH a AS MATERIALIZED (SELECT a.*, relkind FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid "
	"WHERE relnamespace = ANY ($1) AND relkind NOT IN ('r', 'p') AND attnum > 0 "
	"AND (attoptions IS NOT NULL OR attstattarget >= 0)), o (id, sub, label) AS MATERIALIZED ("
	"SELECT attrelid, attnum, format('options of column %s.%I (%s)', attrelid::regclass, attname, "
	"string_agg(o, ', ')) FROM a, unnest(attoptions) o WHERE o NOT LIKE 'pg\\_%' " /* the server's */
	"AND relkind NOT IN ('i', 'I') " /* an operator class's, in the definition */
	"GROUP BY attrelid, attnum, attname "
	"UNION ALL SELECT attrelid, attnum, format('statistics of column %s of index %s (%s)', attnum, "
	"attrelid::regclass, attstattarget) FROM a WHERE relkind IN ('i', 'I') AND attstattarget >= 0 "
	"UNION ALL SELECT attrelid, attnum, format('NOT NULL of column %s.%I', attrelid::regclass, attname) "
	INHERITED("attnotnull") " AND attnotnull AND NOT EXISTS (SELECT "
	"FROM pg_constraint k WHERE conrelid = attrelid AND attnum = ANY (conkey) AND (contype = 'p' OR "
	OWN_NOT_NULL("k") ")) "
	"UNION ALL SELECT attrelid, attnum, format('default of column %s.%I (%s)', attrelid::regclass, "
	"attname, " DEFAULT("c") ") " INHERITED("atthasdef AND " DEFAULT("p") " = " DEFAULT("c"))
	" AND atthasdef AND attgenerated = '' AND " DEFAULT("c") " !~ '^NULL::' " /* pg_dump's for none */
	"AND (SELECT NOT relispartition FROM pg_class WHERE oid = c.attrelid) "
	"UNION ALL SELECT oid, 0, format('type %s of table %s', reloftype::regtype, oid::regclass) "
	"FROM pg_class WHERE reloftype <> 0 "
	"UNION ALL SELECT relation, 0, format('comment of %s (%s)', pg_describe_object(classid, id, 0), "
	"description) FROM (SELECT 'pg_constraint'::regclass, oid, conrelid FROM pg_constraint "
	"WHERE NOT conislocal OR conparentid <> 0 "
	"UNION ALL SELECT 'pg_trigger'::regclass, oid, tgrelid FROM pg_trigger WHERE tgparentid <> 0"
	") p (classid, id, relation) JOIN pg_description ON classoid = classid AND objoid = id"
	") SELECT 'other', 'pg_catalog.pg_attribute'::regclass::oid, id, sub, " NONE ", 0, '', label, "
	NO_VALUES " FROM o JOIN pg_class c ON c.oid = id WHERE relnamespace = ANY ($1)"
	NO_MEMBER("pg_class", "id"),
};

/*
 * Columns: the alias's address, that of what it stands for.
 * An alias is a row of a catalog that pg_depend speaks of and that is no object of its own here.
 * Without the first one a view would need nothing: what its query uses is told of its rule.
 */
static const char *const alias_queries[] = {
	/* a view's rule; a generated column's expression */
	"SELECT " ADDRESS("pg_rewrite", "r.oid", "0") ", " ADDRESS("pg_class", "ev_class", "0")
	" FROM pg_rewrite r WHERE rulename = '_RETURN' AND r.oid >= 16384",
	"SELECT " ADDRESS("pg_attrdef", "d.oid", "0") ", " ADDRESS("pg_class", "adrelid", "adnum")
	" FROM pg_attrdef d JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum "
	"JOIN pg_class c ON c.oid = adrelid WHERE attgenerated <> '' AND (attislocal OR relispartition)",
	/* a column that is only inherited: what its expression uses is told of the parent's */
	"SELECT DISTINCT ON (c.attrelid, c.attnum) " ADDRESS("pg_class", "c.attrelid", "c.attnum") ", "
	ADDRESS("pg_class", "p.attrelid", "p.attnum")
	" FROM pg_inherits JOIN pg_attribute c ON c.attrelid = inhrelid AND NOT c.attislocal "
	"JOIN pg_attribute p ON p.attrelid = inhparent AND p.attname = c.attname "
	"ORDER BY c.attrelid, c.attnum, inhseqno",
	/* the type of a table's rows, arrays, multiranges */
	"SELECT " ADDRESS("pg_type", "t.oid", "0") ", " ADDRESS("pg_class", "typrelid", "0")
	" FROM pg_type t WHERE typrelid <> 0 AND t.oid >= 16384",
	"SELECT " ADDRESS("pg_type", "t.typarray", "0") ", " ADDRESS("pg_type", "t.oid", "0")
	" FROM pg_type t WHERE typarray <> 0 AND t.oid >= 16384",
#if PG_VERSION_NUM >= 140000
	"SELECT " ADDRESS("pg_type", "rngmultitypid", "0") ", " ADDRESS("pg_type", "rngtypid", "0")
	" FROM pg_range WHERE rngtypid >= 16384",
#endif
	/* a constraint's index; the members of an extension */
	"SELECT " ADDRESS("pg_class", "conindid", "0") ", " ADDRESS("pg_constraint", "oid", "0")
	" FROM pg_constraint WHERE contype IN ('p', 'u', 'x') AND conindid <> 0",
	"SELECT classid, objid, 0, refclassid, refobjid, 0 FROM pg_depend WHERE deptype = 'e'",
};

/*
 * Columns: the address of what depends, that of what it depends on.
 * Of pg_depend without what the system owns.  The row by which a sequence is owned is one of
 * 'sequence owner', -1.  A column of a partition's own key depends on its table; but if it is
 * inherited, it is another's.
 */
static const char *const depend_query =
	"SELECT classid, objid, CASE WHEN deptype = 'a' AND refobjsubid > 0 "
	"AND classid = 'pg_catalog.pg_class'::regclass AND EXISTS (SELECT FROM pg_class "
	"WHERE oid = objid AND relkind = 'S') THEN -1 ELSE objsubid END, "
	"refclassid, refobjid, refobjsubid FROM pg_depend "
	"WHERE objid >= 16384 AND refobjid >= 16384 AND deptype IN ('n', 'a', 'i') "
	"AND NOT (classid = refclassid AND objid = refobjid AND (refobjsubid = 0 "
	/* before PostgreSQL 15 it is the column that needs what its expression uses */
	"OR objsubid > 0 AND EXISTS (SELECT FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
	"WHERE attrelid = objid AND attnum = objsubid AND NOT attislocal AND NOT relispartition))) "
	/* an index that none of the partitions has behind them: they would get it */
	"UNION ALL SELECT 'pg_catalog.pg_class'::regclass, indexrelid, 0, "
	"'pg_catalog.pg_class'::regclass, inhrelid, 0 FROM pg_index JOIN pg_inherits ON inhparent = indrelid WHERE " ON_ONLY " "
	/* a partition's default behind its parent's column and, where that has one too, default */
	"UNION ALL SELECT 'pg_catalog.pg_attribute'::regclass, c.attrelid, c.attnum, class, id, sub "
	"FROM " PARTITION_COLUMNS " LEFT JOIN pg_attrdef d ON adrelid = p.attrelid AND adnum = p.attnum, "
	"LATERAL (VALUES ('pg_catalog.pg_class'::regclass, p.attrelid, p.attnum), "
	"('pg_catalog.pg_attribute', p.attrelid, p.attnum), ('pg_catalog.pg_attrdef', d.oid, 0)) "
	"o (class, id, sub) WHERE id IS NOT NULL";

/*
 * Columns: two types, whether assigning a value converts it.
 * A column whose type changes needs no USING where that is so; with one it is a cast that is
 * asked for, which cuts off what is too long without a word.
 */
static const char *const cast_query =
	"SELECT format_type(castsource, NULL), format_type(casttarget, NULL), castcontext <> 'e' "
	"FROM pg_cast WHERE castsource <> casttarget";

/*
 * Columns: an address, a column's name, a literal.
 * All comments of the database: which of them are on objects of ours mig_schema_comment() finds.
 */
static const char *const comment_query =
	"SELECT classoid, objoid, objsubid, quote_ident(attname), quote_literal(description) "
	"FROM pg_description LEFT JOIN pg_attribute ON classoid = 'pg_catalog.pg_class'::regclass "
	"AND objsubid > 0 AND attrelid = objoid AND attnum = objsubid WHERE objoid >= 16384";

/* ---- rows ---- */

/*
 * The rows of a query, in SPI's memory, until SPI_freetuptable().  All queries get both
 * parameters, also those that have no use for them.
 */
static uint64
query(Call *call, const char *sql, Datum schemas)
{
	Oid types[] = {OIDARRAYOID, TEXTOID};
	Datum values[] = {schemas, CStringGetTextDatum(call->home)};
	int result = SPI_execute_with_args(sql, 2, types, values, NULL, false, 0);

	if (result < 0)
		call_raise(call, MIG_INTERNAL,
				   mig_format(&call->mig, "could not read the catalogs: %s",
							  SPI_result_code_string(result)),
				   NULL, NULL);
	return SPI_processed;
}

#define MAX_COLUMNS 11

/* A row taken apart at once: SPI_getbinval() would walk from its first column for each. */
typedef struct Row
{
	Datum values[MAX_COLUMNS];
	bool nulls[MAX_COLUMNS];
} Row;

static Row
get_row(SPITupleTable *rows, uint64 i)
{
	Row row;

	heap_deform_tuple(rows->vals[i], rows->tupdesc, row.values, row.nulls);
	return row;
}

/* Three columns from the i-th on. */
static MigAddress
row_address(const Row *row, int i)
{
	return (MigAddress){DatumGetObjectId(row->values[i]), DatumGetObjectId(row->values[i + 1]),
						DatumGetInt32(row->values[i + 2])};
}

/* A copy: SPI's rows are given back query by query. */
static MigText
row_text(Mig *m, const Row *row, int i)
{
	text *value;

	if (row->nulls[i])
		return (MigText){NULL, 0};
	value = DatumGetTextPP(row->values[i]);
	return mig_copy(m, (MigText){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)});
}

/* Of the array in column i. */
static void
row_values(Mig *m, const Row *row, int i, MigItem *object)
{
	Datum *elements;
	bool *nulls;
	int n;

	deconstruct_array(DatumGetArrayTypeP(row->values[i]), TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &n);
	object->values = mig_alloc(m, (size_t) n, sizeof(MigText));
	object->nvalues = (size_t) n;
	for (int k = 0; k < n; k++)
		if (!nulls[k])
			object->values[k] = mig_copy(
				m, (MigText){VARDATA_ANY(DatumGetPointer(elements[k])),
							 VARSIZE_ANY_EXHDR(DatumGetPointer(elements[k]))});
}

/* A row of object_queries. */
static void
read_object(Mig *m, const Row *row, MigSchema *schema)
{
	MigItem object = {.kind = row_text(m, row, 0).at,
						.address = row_address(row, 1),
						.parent = row_address(row, 4),
						.position = DatumGetInt32(row->values[7]),
						.name = row_text(m, row, 8),
						.full = row_text(m, row, 9)};

	row_values(m, row, 10, &object);
	mig_schema_add(schema, &object);
}

/* Hands a row to the core's schema. */
typedef void (*Reader)(Mig *m, const Row *row, MigSchema *schema);

static void
read_alias(Mig *m, const Row *row, MigSchema *schema)
{
	(void) m;
	mig_schema_alias(schema, row_address(row, 0), row_address(row, 3));
}

static void
read_depend(Mig *m, const Row *row, MigSchema *schema)
{
	(void) m;
	mig_schema_depend(schema, row_address(row, 0), row_address(row, 3));
}

static void
read_comment(Mig *m, const Row *row, MigSchema *schema)
{
	mig_schema_comment(schema, row_address(row, 0), row_text(m, row, 3), row_text(m, row, 4));
}

static void
read_cast(Mig *m, const Row *row, MigSchema *schema)
{
	mig_schema_cast(schema, row_text(m, row, 0), row_text(m, row, 1), DatumGetBool(row->values[2]));
}

/* Query by query, its rows freed at once: a schema of 10,000 tables has hundreds of thousands. */
static void
read_rows(Call *call, const char *sql, Datum schemas, MigSchema *schema, Reader reader)
{
	uint64 n = query(call, sql, schemas);
	SPITupleTable *rows = SPI_tuptable;

	for (uint64 i = 0; i < n; i++)
	{
		Row row = get_row(rows, i);

		reader(&call->mig, &row, schema);
	}
	SPI_freetuptable(rows);
}

/* ---- settings ---- */

/* Until the end of the GUC nest level, as ALTER FUNCTION ... SET does it. */
static void
set(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
							 false);
}

/*
 * What changes the text of a definition, or costs a query more than it saves there; until the end
 * of the GUC nest level.  pg_temp is named last, or it would come first by itself: a temporary
 * table of the session would hide one of its name.  The planner takes the longer queries to be
 * expensive in a database without statistics, and compiled them for seconds.
 */
static void
set_for_reading(const char *path)
{
	static const char *const settings[][2] = {
		{"DateStyle", "ISO, YMD"},   {"IntervalStyle", "postgres"}, {"TimeZone", "UTC"},
		{"extra_float_digits", "1"}, {"bytea_output", "hex"},       {"quote_all_identifiers", "off"},
		{"jit", "off"},              {"max_parallel_workers_per_gather", "0"}};

	set("search_path", path && path[0] ? psprintf("%s, pg_temp", path) : "");
	for (int i = 0; i < (int) lengthof(settings); i++)
		set(settings[i][0], settings[i][1]);
}

/* ---- reading ---- */

/* One value, text or an array of oids; null if there is no row.  In SPI's memory. */
static Datum
query_value(const char *sql, bool *isnull)
{
	*isnull = true;
	if (SPI_execute(sql, false, 1) < 0 || SPI_processed == 0)
		return (Datum) 0;
	return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, isnull);
}

/* current_schema() and not the setting: that may name schemas that are not there. */
const char *
catalog_path(Call *call)
{
	bool isnull;
	Datum value = query_value("SELECT pg_catalog.quote_ident(pg_catalog.current_schema())", &isnull);

	return isnull ? "" : mig_copy(&call->mig, mig_text(TextDatumGetCString(value))).at;
}

/*
 * Neither the system's nor those that desired.c has put out of the way, which are still there
 * when the desired schema is read.
 */
#define OUR_SCHEMAS                                                                                \
	"SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname NOT LIKE 'pg\\_%' "              \
	"AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE '" CATALOG_AWAY "%'"

/* A drift is everybody's business, a comparison is about what the caller may alter. */
Datum
catalog_schemas(bool everybody)
{
	bool isnull;

	return query_value(everybody ? "SELECT ARRAY(" OUR_SCHEMAS ")"
								 : "SELECT ARRAY(" OUR_SCHEMAS
								   " AND pg_catalog.pg_has_role(n.nspowner, 'USAGE'))",
					   &isnull);
}

/*
 * Each query has a snapshot of its own in READ COMMITTED: whoever must know that nothing has
 * changed between two of them asks state_now() before and behind.
 */
MigSchema *
catalog_load(Call *call, const char *path)
{
	MigSchema *schema = mig_schema(&call->mig, MIG_POSTGRESQL);
	int nest = NewGUCNestLevel();
	Datum schemas;

	set_for_reading(path);
	schemas = catalog_schemas(path == NULL);
	for (int i = 0; i < (int) lengthof(object_queries); i++)
		read_rows(call, object_queries[i], schemas, schema, read_object);
	for (int i = 0; i < (int) lengthof(alias_queries); i++)
		read_rows(call, alias_queries[i], schemas, schema, read_alias);
	read_rows(call, depend_query, schemas, schema, read_depend);
	read_rows(call, cast_query, schemas, schema, read_cast);
	read_rows(call, comment_query, schemas, schema, read_comment);
	AtEOXact_GUC(false, nest);
	return schema;
}
