/* alter_cases.h - the pairs of alter_test.c */

static const Pair alters[] = {
	{"set not null is an edit",
	 "CREATE TABLE t (a int, b text -- the b\n"
	 ")\n"
	 "--\n"
	 "ALTER TABLE t ALTER b SET NOT NULL",
	 "CREATE TABLE t (a int, b text NOT NULL -- the b\n"
	 ")\n"
	 "edit\n"
	 "23502 column \"b\" of relation \"t\" contains null values: SELECT count(*) AS n, '(' || "
	 "substr(quote(\"a\"), 1, 64) || ', ' || substr(quote(\"b\"), 1, 64) || ')' FROM "
	 "\"main\".\"t\" WHERE \"b\" IS NULL"},
	{"what stands there already changes nothing",
	 "CREATE TABLE t (a int NOT NULL)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a SET NOT NULL",
	 "CREATE TABLE t (a int NOT NULL)\n"
	 "native"},
	{"NULL makes room",
	 "CREATE TABLE t (a int NULL DEFAULT 1, b)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a SET NOT NULL, ALTER b SET NOT NULL",
	 "CREATE TABLE t (a int NOT NULL DEFAULT 1, b NOT NULL)\n"
	 "edit\n"
	 "23502 column \"a\" of relation \"t\" contains null values: SELECT count(*) AS n, '(' || "
	 "substr(quote(\"a\"), 1, 64) || ', ' || substr(quote(\"b\"), 1, 64) || ')' FROM "
	 "\"main\".\"t\" WHERE \"a\" IS NULL\n"
	 "23502 column \"b\" of relation \"t\" contains null values: SELECT count(*) AS n, '(' || "
	 "substr(quote(\"a\"), 1, 64) || ', ' || substr(quote(\"b\"), 1, 64) || ')' FROM "
	 "\"main\".\"t\" WHERE \"b\" IS NULL"},
	{"names in all quotes",
	 "CREATE TABLE \"my \"\"t\" ([a b] int, `c``d` text, 'e' text)\n"
	 "--\n"
	 "alter /* x */ table -- y\n"
	 "\"my \"\"t\" alter column \"A B\" set not null, alter `c``d` set not null, alter [e] "
	 "set default 'x'",
	 "CREATE TABLE \"my \"\"t\" ([a b] int NOT NULL, `c``d` text NOT NULL, 'e' text DEFAULT "
	 "'x')\n"
	 "edit\n"
	 "CREATE TABLE \"my \"\"t\" ([a b] int, `c``d` text, 'e' text DEFAULT x'00')\n"
	 "SELECT 1 FROM \"main\".\"my \"\"t\" NOT INDEXED WHERE \"e\" IS x'00' LIMIT 1\n"
	 "23502 column \"a b\" of relation \"my \"t\" contains null values: SELECT count(*) AS n, "
	 "'(' || substr(quote(\"a b\"), 1, 64) || ', ' || substr(quote(\"c`d\"), 1, 64) || ', ' "
	 "|| substr(quote(\"e\"), 1, 64) || ')' FROM \"main\".\"my \"\"t\" WHERE \"a b\" IS NULL\n"
	 "23502 column \"c`d\" of relation \"my \"t\" contains null values: SELECT count(*) AS n, "
	 "'(' || substr(quote(\"a b\"), 1, 64) || ', ' || substr(quote(\"c`d\"), 1, 64) || ', ' "
	 "|| substr(quote(\"e\"), 1, 64) || ')' FROM \"main\".\"my \"\"t\" WHERE \"c`d\" IS NULL"},
	{"keywords as names",
	 "CREATE TABLE t (key int, 'check' int, \"primary\" int, type, add_ text)\n"
	 "--\n"
	 "ALTER TABLE t ALTER key SET NOT NULL, ALTER \"check\" SET NOT NULL, ALTER \"primary\" "
	 "SET NOT NULL, ALTER type TYPE text",
	 "CREATE TABLE t (key int NOT NULL, 'check' int NOT NULL, \"primary\" int NOT NULL, type "
	 "text, add_ text)\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"key\", \"check\", \"primary\", \"type\", "
	 "\"add_\") SELECT rowid, \"key\", \"check\", \"primary\", CAST(\"type\" AS TEXT), "
	 "\"add_\" FROM \"main\".\"old\"\n"
	 "22P02 column \"type\" of relation \"t\" cannot be converted to type text without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"key\"), 1, 64) || ', ' || "
	 "substr(quote(\"check\"), 1, 64) || ', ' || substr(quote(\"primary\"), 1, 64) || ', ' || "
	 "substr(quote(\"type\"), 1, 64) || ', ' || substr(quote(\"add_\"), 1, 64) || ')' FROM "
	 "\"main\".\"t\" WHERE typeof(\"type\") = 'blob' OR typeof(\"type\") = 'real' AND "
	 "CAST(CAST(\"type\" AS TEXT) AS REAL) <> \"type\"\n"
	 "23502 column \"key\" of relation \"t\" contains null values: SELECT count(*) AS n, '(' "
	 "|| substr(quote(\"key\"), 1, 64) || ', ' || substr(quote(\"check\"), 1, 64) || ', ' || "
	 "substr(quote(\"primary\"), 1, 64) || ', ' || substr(quote(\"type\"), 1, 64) || ', ' || "
	 "substr(quote(\"add_\"), 1, 64) || ')' FROM (SELECT \"key\" AS \"key\", \"check\" AS "
	 "\"check\", \"primary\" AS \"primary\", CAST(\"type\" AS TEXT) AS \"type\", \"add_\" AS "
	 "\"add_\" FROM \"main\".\"t\") AS \"t\" WHERE \"key\" IS NULL\n"
	 "23502 column \"check\" of relation \"t\" contains null values: SELECT count(*) AS n, "
	 "'(' || substr(quote(\"key\"), 1, 64) || ', ' || substr(quote(\"check\"), 1, 64) || ', ' "
	 "|| substr(quote(\"primary\"), 1, 64) || ', ' || substr(quote(\"type\"), 1, 64) || ', ' "
	 "|| substr(quote(\"add_\"), 1, 64) || ')' FROM (SELECT \"key\" AS \"key\", \"check\" AS "
	 "\"check\", \"primary\" AS \"primary\", CAST(\"type\" AS TEXT) AS \"type\", \"add_\" AS "
	 "\"add_\" FROM \"main\".\"t\") AS \"t\" WHERE \"check\" IS NULL\n"
	 "23502 column \"primary\" of relation \"t\" contains null values: SELECT count(*) AS n, "
	 "'(' || substr(quote(\"key\"), 1, 64) || ', ' || substr(quote(\"check\"), 1, 64) || ', ' "
	 "|| substr(quote(\"primary\"), 1, 64) || ', ' || substr(quote(\"type\"), 1, 64) || ', ' "
	 "|| substr(quote(\"add_\"), 1, 64) || ')' FROM (SELECT \"key\" AS \"key\", \"check\" AS "
	 "\"check\", \"primary\" AS \"primary\", CAST(\"type\" AS TEXT) AS \"type\", \"add_\" AS "
	 "\"add_\" FROM \"main\".\"t\") AS \"t\" WHERE \"primary\" IS NULL"},
	{"drop not null with its name and conflict clause",
	 "CREATE TABLE t (a int CONSTRAINT nn NOT NULL ON CONFLICT IGNORE DEFAULT 1)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a DROP NOT NULL",
	 "CREATE TABLE t (a int DEFAULT 1)\n"
	 "edit"},
	{"drop not null of a key",
	 "CREATE TABLE t (a int, PRIMARY KEY (a))\n"
	 "--\n"
	 "ALTER TABLE t ALTER a DROP NOT NULL",
	 "42P16: column \"a\" is in a primary key"},
	{"defaults",
	 "CREATE TABLE t (a int DEFAULT (1 + 1), b text DEFAULT 'x' NOT NULL, c)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a SET DEFAULT -5, ALTER b DROP DEFAULT, ALTER c SET DEFAULT now()",
	 "CREATE TABLE t (a int DEFAULT -5, b text NOT NULL, c DEFAULT CURRENT_TIMESTAMP)\n"
	 "edit\n"
	 "CREATE TABLE t (a int DEFAULT x'00', b text DEFAULT x'00' NOT NULL, c DEFAULT x'00')\n"
	 "SELECT 1 FROM \"main\".\"t\" NOT INDEXED WHERE \"a\" IS x'00' OR \"b\" IS x'00' OR "
	 "\"c\" IS x'00' LIMIT 1"},
	{"the default of old rows is a trap",
	 "CREATE TABLE t (a int DEFAULT 5, b DEFAULT word, c)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a SET DEFAULT 6, ALTER b DROP DEFAULT, ALTER c SET DEFAULT "
	 "lower('X')",
	 "CREATE TABLE t (a int DEFAULT 6, b, c DEFAULT (lower('X')))\n"
	 "edit\n"
	 "CREATE TABLE t (a int DEFAULT x'00', b DEFAULT x'00', c DEFAULT x'00')\n"
	 "SELECT 1 FROM \"main\".\"t\" NOT INDEXED WHERE \"a\" IS x'00' OR \"b\" IS x'00' OR "
	 "\"c\" IS x'00' LIMIT 1"},
	{"casts in defaults",
	 "CREATE TABLE t (a, b, c, d)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a SET DEFAULT 'x'::character varying(10), ALTER b SET DEFAULT "
	 "'{}'::jsonb, ALTER c SET DEFAULT 'true'::boolean, ALTER d SET DEFAULT '5'::integer",
	 "CREATE TABLE t (a DEFAULT 'x', b DEFAULT '{}', c DEFAULT 1, d DEFAULT (CAST('5' AS "
	 "INTEGER)))\n"
	 "edit\n"
	 "CREATE TABLE t (a DEFAULT x'00', b DEFAULT x'00', c DEFAULT x'00', d DEFAULT x'00')\n"
	 "SELECT 1 FROM \"main\".\"t\" NOT INDEXED WHERE \"a\" IS x'00' OR \"b\" IS x'00' OR "
	 "\"c\" IS x'00' OR \"d\" IS x'00' LIMIT 1"},
	{"a new column that SQLite can add",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD COLUMN b varchar(20) NOT NULL DEFAULT 'x', ADD c int",
	 "CREATE TABLE t (a int, b varchar(20) NOT NULL DEFAULT 'x', c int)\n"
	 "native: ALTER TABLE \"main\".\"t\" ADD COLUMN b varchar(20) NOT NULL DEFAULT 'x': ALTER "
	 "TABLE \"main\".\"t\" ADD COLUMN c int"},
	{"a new column that it cannot",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD b uuid UNIQUE DEFAULT gen_random_uuid()",
	 "CREATE TABLE t (a int, b uuid UNIQUE DEFAULT (lower(hex(randomblob(4)) || '-' || "
	 "hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 "
	 "+ (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))))\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\") SELECT rowid, \"a\" FROM "
	 "\"main\".\"old\"\n"
	 "23505 could not create unique index \"t_b_key\": SELECT count(*) AS n, '(' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM (SELECT \"b\" FROM (SELECT \"a\" AS \"a\", "
	 "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || "
	 "substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || "
	 "substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))) AS \"b\" FROM "
	 "\"main\".\"t\") AS \"t\" WHERE \"b\" IS NOT NULL GROUP BY \"b\" HAVING count(*) > 1)"},
	{"a new column without a default",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD b int NOT NULL",
	 "CREATE TABLE t (a int, b int NOT NULL)\n"
	 "edit\n"
	 "23502 column \"b\" of relation \"t\" contains null values: SELECT count(*) AS n, '(' || "
	 "substr(quote(\"a\"), 1, 64) || ', ' || substr(quote(\"b\"), 1, 64) || ')' FROM (SELECT "
	 "\"a\" AS \"a\", NULL AS \"b\" FROM \"main\".\"t\") AS \"t\" WHERE \"b\" IS NULL"},
	{"a new column with a check",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD b int DEFAULT 1 CHECK (b > a)",
	 "CREATE TABLE t (a int, b int DEFAULT 1 CHECK (b > a))\n"
	 "edit\n"
	 "23514 check constraint \"t_check\" of relation \"t\" is violated by some row: SELECT "
	 "count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || substr(quote(\"b\"), 1, "
	 "64) || ')' FROM (SELECT \"a\" AS \"a\", 1 AS \"b\" FROM \"main\".\"t\") AS \"t\" WHERE "
	 "NOT (b > a\n"
	 ")"},
	{"a new column stands before the constraints",
	 "CREATE TABLE t (a int, -- first\n"
	 "  UNIQUE (a))\n"
	 "--\n"
	 "ALTER TABLE t ADD b int UNIQUE",
	 "CREATE TABLE t (a int, -- first\n"
	 "b int UNIQUE,\n"
	 "  UNIQUE (a))\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\") SELECT rowid, \"a\" FROM "
	 "\"main\".\"old\"\n"
	 "23505 could not create unique index \"t_b_key\": SELECT count(*) AS n, '(' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM (SELECT \"b\" FROM (SELECT \"a\" AS \"a\", NULL "
	 "AS \"b\" FROM \"main\".\"t\") AS \"t\" WHERE \"b\" IS NOT NULL GROUP BY \"b\" HAVING "
	 "count(*) > 1)"},
	{"a new key that counts",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD id bigserial PRIMARY KEY",
	 "CREATE TABLE t (a int, id INTEGER PRIMARY KEY AUTOINCREMENT)\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (\"a\") SELECT \"a\" FROM \"main\".\"old\"\n"
	 "23505 could not create unique index \"t_pkey\": SELECT count(*) AS n, '(' || "
	 "substr(quote(\"id\"), 1, 64) || ')' FROM (SELECT \"id\" FROM (SELECT \"a\" AS \"a\", "
	 "NULL AS \"id\" FROM \"main\".\"t\") AS \"t\" WHERE \"id\" IS NOT NULL GROUP BY \"id\" "
	 "HAVING count(*) > 1)"},
	{"serial that is no key",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD n serial",
	 "0A000: column \"n\" of relation \"t\" cannot count by itself\n"
	 "DETAIL: In SQLite only a primary key of one integer column does.\n"
	 "HINT: Make it the primary key, or write a section for each engine."},
	{"identity",
	 "CREATE TABLE t (a text, id int PRIMARY KEY)\n"
	 "--\n"
	 "ALTER TABLE t ALTER id ADD GENERATED BY DEFAULT AS IDENTITY",
	 "CREATE TABLE t (a text, id INTEGER PRIMARY KEY AUTOINCREMENT)\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (\"a\", \"id\") SELECT \"a\", \"id\" FROM "
	 "\"main\".\"old\""},
	{"identity with options",
	 "CREATE TABLE t (id int PRIMARY KEY)\n"
	 "--\n"
	 "ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY (START WITH 5)",
	 "0A000: column \"id\" of relation \"t\" cannot count by itself\n"
	 "DETAIL: In SQLite only a primary key of one integer column does.\n"
	 "HINT: Make it the primary key, or write a section for each engine."},
	{"drop a column, first, middle, last",
	 "CREATE TABLE t (\n"
	 "	a int, -- about a\n"
	 "	b int, -- about b\n"
	 "	-- above c\n"
	 "	c int -- about c\n"
	 ")\n"
	 "--\n"
	 "ALTER TABLE t DROP b\n"
	 "--\n"
	 "ALTER TABLE t DROP c, ADD d int\n"
	 "--\n"
	 "ALTER TABLE t DROP COLUMN a",
	 "CREATE TABLE t (\n"
	 "	d int\n"
	 "	-- above c\n"
	 ")\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid) SELECT rowid FROM \"main\".\"old\""},
	{"drop a column in one line",
	 "CREATE TABLE t (a int, b int, c int)\n"
	 "--\n"
	 "ALTER TABLE t DROP b, DROP c",
	 "CREATE TABLE t (a int)\n"
	 "native: ALTER TABLE \"main\".\"t\" DROP COLUMN \"b\": ALTER TABLE \"main\".\"t\" DROP "
	 "COLUMN \"c\""},
	{"what goes with a column",
	 "index: CREATE INDEX o1 ON t (b)\n"
	 "index: CREATE INDEX o2 ON t (a) WHERE b > 0\n"
	 "index: CREATE INDEX o3 ON t (a, lower(c))\n"
	 "CREATE TABLE t (a int, b int, c text, UNIQUE (a, b) CHECK (a < b), CHECK (a > 0), "
	 "FOREIGN KEY (b) REFERENCES p)\n"
	 "--\n"
	 "ALTER TABLE t DROP b",
	 "CREATE TABLE t (a int, c text, CHECK (a > 0))\n"
	 "rebuild, without o1, without o2\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\", \"c\") SELECT rowid, \"a\", \"c\" "
	 "FROM \"main\".\"old\""},
	{"functions and collations are no columns",
	 "index: CREATE INDEX o1 ON t (lower(a) COLLATE nocase)\n"
	 "CREATE TABLE t (a text, lower int, nocase int, CHECK (lower(a) = 'lower'))\n"
	 "--\n"
	 "ALTER TABLE t DROP lower, DROP nocase",
	 "CREATE TABLE t (a text, CHECK (lower(a) = 'lower'))\n"
	 "native: ALTER TABLE \"main\".\"t\" DROP COLUMN \"lower\": ALTER TABLE \"main\".\"t\" "
	 "DROP COLUMN \"nocase\""},
	{"a generated column needs it",
	 "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED, c AS (b * 2))\n"
	 "--\n"
	 "ALTER TABLE t DROP a",
	 "2BP01: cannot drop column a of table t because other objects depend on it\n"
	 "DETAIL: column b of table t depends on column a of table t\n"
	 "HINT: Drop or change it first, in the same revision."},
	{"cascade takes generated columns",
	 "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED, c AS (b * 2), d)\n"
	 "--\n"
	 "ALTER TABLE t DROP a CASCADE",
	 "CREATE TABLE t (d)\n"
	 "native: ALTER TABLE \"main\".\"t\" DROP COLUMN \"c\": ALTER TABLE \"main\".\"t\" DROP "
	 "COLUMN \"b\": ALTER TABLE \"main\".\"t\" DROP COLUMN \"a\""},
	{"a trigger's UPDATE OF needs it",
	 "trigger: CREATE TRIGGER o1 AFTER UPDATE OF b, a ON t BEGIN SELECT 1; END\n"
	 "CREATE TABLE t (a int, b int)\n"
	 "--\n"
	 "ALTER TABLE t DROP a",
	 "2BP01: cannot drop column a of table t because other objects depend on it\n"
	 "DETAIL: trigger o1 on table t depends on column a of table t\n"
	 "HINT: Drop or change it first, in the same revision."},
	{"the only column",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t DROP a",
	 "0A000: cannot drop column \"a\" of relation \"t\"\n"
	 "DETAIL: A table of SQLite's has at least one column.\n"
	 "HINT: Drop the table."},
	{"types that do not touch rows",
	 "CREATE TABLE t (a varchar(10), b integer, c numeric(5, 2))\n"
	 "--\n"
	 "ALTER TABLE t ALTER a TYPE text, ALTER b TYPE bigint, ALTER c TYPE decimal(9)",
	 "CREATE TABLE t (a text, b bigint, c decimal(9))\n"
	 "edit"},
	{"types that are narrower",
	 "CREATE TABLE t (a text, b bigint)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a SET DATA TYPE varchar(3), ALTER b TYPE smallint",
	 "CREATE TABLE t (a varchar(3), b smallint)\n"
	 "edit\n"
	 "22P02 column \"a\" of relation \"t\" cannot be converted to type varchar(3) without "
	 "loss: SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE typeof(\"a\") = 'blob' OR "
	 "typeof(\"a\") = 'real' AND CAST(CAST(\"a\" AS TEXT) AS REAL) <> \"a\" OR "
	 "length(CAST(\"a\" AS TEXT)) > 3\n"
	 "22P02 column \"b\" of relation \"t\" cannot be converted to type smallint without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE \"b\" <> CAST(\"b\" AS "
	 "INTEGER) OR CAST(\"b\" AS INTEGER) NOT BETWEEN -32768 AND 32767"},
	{"text to integer",
	 "CREATE TABLE t (a text DEFAULT '1', b int)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a TYPE integer",
	 "CREATE TABLE t (a integer DEFAULT '1', b int)\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\", \"b\") SELECT rowid, CAST(\"a\" AS "
	 "INTEGER), \"b\" FROM \"main\".\"old\"\n"
	 "22P02 column \"a\" of relation \"t\" cannot be converted to type integer without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE \"a\" <> CAST(\"a\" AS "
	 "INTEGER) OR CAST(\"a\" AS INTEGER) NOT BETWEEN -2147483648 AND 2147483647"},
	{"using",
	 "CREATE TABLE t (a text, b int)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a TYPE integer USING (b::text || a)::integer",
	 "CREATE TABLE t (a integer, b int)\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\", \"b\") SELECT rowid, "
	 "CAST(((CAST(((CAST(b AS TEXT)) || a) AS INTEGER))\n"
	 ") AS INTEGER), \"b\" FROM \"main\".\"old\"\n"
	 "22P02 column \"a\" of relation \"t\" cannot be converted to type integer without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE typeof(b) = 'blob' OR "
	 "typeof(b) = 'real' AND CAST(CAST(b AS TEXT) AS REAL) <> b\n"
	 "22P02 column \"a\" of relation \"t\" cannot be converted to type integer without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE ((CAST(b AS TEXT)) || a) "
	 "<> CAST(((CAST(b AS TEXT)) || a) AS INTEGER) OR CAST(((CAST(b AS TEXT)) || a) AS "
	 "INTEGER) NOT BETWEEN -2147483648 AND 2147483647\n"
	 "22P02 column \"a\" of relation \"t\" cannot be converted to type integer without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE ((CAST(((CAST(b AS TEXT)) "
	 "|| a) AS INTEGER))\n"
	 ") <> CAST(((CAST(((CAST(b AS TEXT)) || a) AS INTEGER))\n"
	 ") AS INTEGER) OR CAST(((CAST(((CAST(b AS TEXT)) || a) AS INTEGER))\n"
	 ") AS INTEGER) NOT BETWEEN -2147483648 AND 2147483647"},
	{"using that chooses is not doubted",
	 "CREATE TABLE t (a text)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a TYPE integer USING CASE WHEN a = 'x' THEN 0 ELSE a::integer END",
	 "CREATE TABLE t (a integer)\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\") SELECT rowid, CAST((CASE WHEN a = "
	 "'x' THEN 0 ELSE (CAST(a AS INTEGER)) END\n"
	 ") AS INTEGER) FROM \"main\".\"old\"\n"
	 "22P02 column \"a\" of relation \"t\" cannot be converted to type integer without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ')' FROM \"main\".\"t\" "
	 "WHERE (CASE WHEN a = 'x' THEN 0 ELSE (CAST(a AS INTEGER)) END\n"
	 ") <> CAST((CASE WHEN a = 'x' THEN 0 ELSE (CAST(a AS INTEGER)) END\n"
	 ") AS INTEGER) OR CAST((CASE WHEN a = 'x' THEN 0 ELSE (CAST(a AS INTEGER)) END\n"
	 ") AS INTEGER) NOT BETWEEN -2147483648 AND 2147483647"},
	{"the rowid stays the rowid",
	 "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a)\n"
	 "--\n"
	 "ALTER TABLE t ALTER id TYPE bigint",
	 "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a)\n"
	 "edit"},
	{"a collation",
	 "CREATE TABLE t (a text COLLATE binary)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a TYPE text COLLATE nocase",
	 "CREATE TABLE t (a text COLLATE \"nocase\")\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\") SELECT rowid, \"a\" FROM "
	 "\"main\".\"old\""},
	{"a strict table",
	 "CREATE TABLE t (a INT, b TEXT) STRICT\n"
	 "--\n"
	 "ALTER TABLE t ALTER a TYPE varchar(10), ALTER b TYPE bigint",
	 "CREATE TABLE t (a TEXT, b INTEGER) STRICT\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\", \"b\") SELECT rowid, CAST(\"a\" AS "
	 "TEXT), CAST(\"b\" AS INTEGER) FROM \"main\".\"old\"\n"
	 "22P02 column \"a\" of relation \"t\" cannot be converted to type varchar(10) without "
	 "loss: SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE typeof(\"a\") = 'blob' OR "
	 "typeof(\"a\") = 'real' AND CAST(CAST(\"a\" AS TEXT) AS REAL) <> \"a\" OR "
	 "length(CAST(\"a\" AS TEXT)) > 10\n"
	 "22P02 column \"b\" of relation \"t\" cannot be converted to type bigint without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE \"b\" <> CAST(\"b\" AS "
	 "INTEGER)"},
	{"no type, then one",
	 "CREATE TABLE t (a, b PRIMARY KEY)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a TYPE text, ALTER b TYPE double precision",
	 "CREATE TABLE t (a text, b double precision PRIMARY KEY)\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\", \"b\") SELECT rowid, CAST(\"a\" AS "
	 "TEXT), CAST(\"b\" AS REAL) FROM \"main\".\"old\"\n"
	 "22P02 column \"a\" of relation \"t\" cannot be converted to type text without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE typeof(\"a\") = 'blob' OR "
	 "typeof(\"a\") = 'real' AND CAST(CAST(\"a\" AS TEXT) AS REAL) <> \"a\"\n"
	 "22P02 column \"b\" of relation \"t\" cannot be converted to type double precision "
	 "without loss: SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE \"b\" <> CAST(\"b\" AS "
	 "REAL)\n"
	 "23505 could not create unique index \"t_pkey\": SELECT count(*) AS n, '(' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM (SELECT \"b\" FROM (SELECT CAST(\"a\" AS TEXT) "
	 "AS \"a\", CAST(\"b\" AS REAL) AS \"b\" FROM \"main\".\"t\") AS \"t\" WHERE \"b\" IS NOT "
	 "NULL GROUP BY \"b\" HAVING count(*) > 1)"},
	{"arrays",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD b int[]",
	 "0A000: type int[] does not exist in SQLite\n"
	 "DETAIL: SQLite has no arrays.\n"
	 "HINT: Use a JSON text or a table of its own, or write a section for each engine."},
	{"expressions of generated columns",
	 "CREATE TABLE t (a int, b int AS (a) STORED, c int AS (a))\n"
	 "--\n"
	 "ALTER TABLE t ALTER b DROP EXPRESSION, ALTER c SET EXPRESSION AS (a * 2)",
	 "CREATE TABLE t (a int, b int, c int AS (a * 2))\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\", \"b\") SELECT rowid, \"a\", \"b\" "
	 "FROM \"main\".\"old\""},
	{"not a generated column",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a DROP EXPRESSION",
	 "55000: column \"a\" of relation \"t\" is not a generated column"},
	{"add constraints",
	 "CREATE TABLE t (a int, b int -- last\n"
	 ")\n"
	 "--\n"
	 "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0 AND b::text <> ''), ADD UNIQUE (a, b), ADD "
	 "FOREIGN KEY (a) REFERENCES p (x) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED NOT "
	 "VALID",
	 "CREATE TABLE t (a int, b int, -- last\n"
	 "CONSTRAINT c CHECK (a > 0 AND (CAST(b AS TEXT)) <> ''), "
	 "UNIQUE (a, b), FOREIGN KEY (a) REFERENCES p (x) ON DELETE SET NULL DEFERRABLE INITIALLY "
	 "DEFERRED\n"
	 ")\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\", \"b\") SELECT rowid, \"a\", \"b\" "
	 "FROM \"main\".\"old\"\n"
	 "23514 check constraint \"c\" of relation \"t\" is violated by some row: SELECT count(*) "
	 "AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || substr(quote(\"b\"), 1, 64) || ')' "
	 "FROM \"main\".\"t\" WHERE NOT (a > 0 AND (CAST(b AS TEXT)) <> ''\n"
	 ")\n"
	 "23505 could not create unique index \"t_a_b_key\": SELECT count(*) AS n, '(' || "
	 "substr(quote(\"a\"), 1, 64) || ', ' || substr(quote(\"b\"), 1, 64) || ')' FROM (SELECT "
	 "\"a\", \"b\" FROM \"main\".\"t\" WHERE \"a\" IS NOT NULL AND \"b\" IS NOT NULL GROUP BY "
	 "\"a\", \"b\" HAVING count(*) > 1)"},
	{"add a primary key",
	 "CREATE TABLE t (a int, b int NOT NULL)\n"
	 "--\n"
	 "ALTER TABLE t ADD PRIMARY KEY (a, b)",
	 "CREATE TABLE t (a int NOT NULL, b int NOT NULL, PRIMARY KEY (a, b))\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\", \"b\") SELECT rowid, \"a\", \"b\" "
	 "FROM \"main\".\"old\"\n"
	 "23502 column \"a\" of relation \"t\" contains null values: SELECT count(*) AS n, '(' || "
	 "substr(quote(\"a\"), 1, 64) || ', ' || substr(quote(\"b\"), 1, 64) || ')' FROM "
	 "\"main\".\"t\" WHERE \"a\" IS NULL\n"
	 "23505 could not create unique index \"t_pkey\": SELECT count(*) AS n, '(' || "
	 "substr(quote(\"a\"), 1, 64) || ', ' || substr(quote(\"b\"), 1, 64) || ')' FROM (SELECT "
	 "\"a\", \"b\" FROM \"main\".\"t\" WHERE \"a\" IS NOT NULL AND \"b\" IS NOT NULL GROUP BY "
	 "\"a\", \"b\" HAVING count(*) > 1)"},
	{"a second primary key",
	 "CREATE TABLE t (a int PRIMARY KEY, b int)\n"
	 "--\n"
	 "ALTER TABLE t ADD PRIMARY KEY (b)",
	 "42P16: multiple primary keys for table \"t\" are not allowed"},
	{"a key of nothing",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD UNIQUE (x)",
	 "42703: column \"x\" named in key does not exist"},
	{"drop constraints by the names of PostgreSQL",
	 "CREATE TABLE t (id integer PRIMARY KEY, a int UNIQUE CHECK (a > 0), b int REFERENCES p, "
	 "CHECK (a < b), CHECK (b > 0), CHECK (b > 1))\n"
	 "--\n"
	 "ALTER TABLE t DROP CONSTRAINT t_a_key, DROP CONSTRAINT t_a_check, DROP CONSTRAINT "
	 "t_b_fkey, DROP CONSTRAINT t_check, DROP CONSTRAINT t_b_check1",
	 "CREATE TABLE t (id integer PRIMARY KEY, a int, b int, CHECK (b > 0))\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (\"id\", \"a\", \"b\") SELECT \"id\", \"a\", \"b\" "
	 "FROM \"main\".\"old\""},
	{"drop the primary key",
	 "CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, a int)\n"
	 "--\n"
	 "ALTER TABLE t DROP CONSTRAINT t_pkey",
	 "CREATE TABLE t (id integer NOT NULL, a int)\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"id\", \"a\") SELECT rowid, \"id\", \"a\" "
	 "FROM \"main\".\"old\"\n"
	 "23502 column \"id\" of relation \"t\" contains null values: SELECT count(*) AS n, '(' "
	 "|| substr(quote(\"id\"), 1, 64) || ', ' || substr(quote(\"a\"), 1, 64) || ')' FROM "
	 "\"main\".\"t\" WHERE \"id\" IS NULL"},
	{"constraints with no comma between",
	 "CREATE TABLE t (a int, CONSTRAINT x UNIQUE (a) CONSTRAINT y CHECK (a > 0) CONSTRAINT z "
	 "CHECK (a > 1))\n"
	 "--\n"
	 "ALTER TABLE t DROP CONSTRAINT y",
	 "CREATE TABLE t (a int, CONSTRAINT x UNIQUE (a) CONSTRAINT z CHECK (a > 1))\n"
	 "edit"},
	{"rename constraints",
	 "CREATE TABLE t (a int CHECK (a > 0), CONSTRAINT x UNIQUE (a))\n"
	 "--\n"
	 "ALTER TABLE t RENAME CONSTRAINT t_a_check TO y\n"
	 "--\n"
	 "ALTER TABLE t RENAME CONSTRAINT x TO \"z z\"",
	 "CREATE TABLE t (a int CONSTRAINT \"y\" CHECK (a > 0), CONSTRAINT \"z z\" UNIQUE (a))\n"
	 "edit"},
	{"a name that is taken",
	 "CREATE TABLE t (a int CHECK (a > 0), CONSTRAINT x UNIQUE (a))\n"
	 "--\n"
	 "ALTER TABLE t RENAME CONSTRAINT t_a_check TO x",
	 "42710: constraint \"x\" for relation \"t\" already exists"},
	{"no such constraint",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t DROP CONSTRAINT IF EXISTS x, DROP CONSTRAINT y",
	 "42704: constraint \"y\" of relation \"t\" does not exist"},
	{"PostgreSQL's order",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD CHECK (b > 0), ADD b int DEFAULT 1, ALTER b SET NOT NULL, DROP a, ADD "
	 "a text",
	 "0A000: cannot drop column \"a\" of relation \"t\"\n"
	 "DETAIL: A table of SQLite's has at least one column.\n"
	 "HINT: Drop the table."},
	{"a new column keeps its first default",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD b int NOT NULL DEFAULT 5\n"
	 "--\n"
	 "ALTER TABLE t ALTER b DROP DEFAULT",
	 "CREATE TABLE t (a int, b int NOT NULL)\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (rowid, \"a\", \"b\") SELECT rowid, \"a\", 5 FROM "
	 "\"main\".\"old\""},
	{"comments",
	 "CREATE TABLE t (a int, b int)\n"
	 "--\n"
	 "COMMENT ON TABLE t IS 'all of */ it'\n"
	 "--\n"
	 "COMMENT ON COLUMN t.b IS 'the b'\n"
	 "--\n"
	 "ALTER TABLE t ADD CHECK (b > 0)",
	 "CREATE TABLE t /* comment: all of * / it */ (a int, b int /* comment: the b */, CHECK "
	 "(b > 0))\n"
	 "edit\n"
	 "23514 check constraint \"t_b_check\" of relation \"t\" is violated by some row: SELECT "
	 "count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || substr(quote(\"b\"), 1, "
	 "64) || ')' FROM \"main\".\"t\" WHERE NOT (b > 0\n"
	 ")"},
	{"comments go",
	 "CREATE TABLE t /* comment: x */ (a int /* comment: y */, b int)\n"
	 "--\n"
	 "COMMENT ON TABLE t IS NULL\n"
	 "--\n"
	 "COMMENT ON COLUMN t.a IS 'z'",
	 "CREATE TABLE t (a int /* comment: z */, b int)\n"
	 "edit"},
	{"a rename stands alone",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t RENAME a TO b\n"
	 "--\n"
	 "ALTER TABLE t ALTER a SET NOT NULL",
	 "apart: apart: CREATE TABLE t (a int NOT NULL)\n"
	 "edit\n"
	 "23502 column \"a\" of relation \"t\" contains null values: SELECT count(*) AS n, '(' || "
	 "substr(quote(\"a\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE \"a\" IS NULL"},
	{"rowids are copied under a name that no column has",
	 "CREATE TABLE t (rowid text, a text)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a TYPE integer",
	 "CREATE TABLE t (rowid text, a integer)\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (_rowid_, \"rowid\", \"a\") SELECT _rowid_, "
	 "\"rowid\", CAST(\"a\" AS INTEGER) FROM \"main\".\"old\"\n"
	 "22P02 column \"a\" of relation \"t\" cannot be converted to type integer without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"rowid\"), 1, 64) || ', ' || "
	 "substr(quote(\"a\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE \"a\" <> CAST(\"a\" AS "
	 "INTEGER) OR CAST(\"a\" AS INTEGER) NOT BETWEEN -2147483648 AND 2147483647"},
	{"a table without rowids",
	 "CREATE TABLE t (a text PRIMARY KEY, b text) WITHOUT ROWID\n"
	 "--\n"
	 "ALTER TABLE t ALTER b TYPE integer",
	 "CREATE TABLE t (a text PRIMARY KEY, b integer) WITHOUT ROWID\n"
	 "rebuild\n"
	 "INSERT OR ABORT INTO \"main\".\"t\" (\"a\", \"b\") SELECT \"a\", CAST(\"b\" AS INTEGER) "
	 "FROM \"main\".\"old\"\n"
	 "22P02 column \"b\" of relation \"t\" cannot be converted to type integer without loss: "
	 "SELECT count(*) AS n, '(' || substr(quote(\"a\"), 1, 64) || ', ' || "
	 "substr(quote(\"b\"), 1, 64) || ')' FROM \"main\".\"t\" WHERE \"b\" <> CAST(\"b\" AS "
	 "INTEGER) OR CAST(\"b\" AS INTEGER) NOT BETWEEN -2147483648 AND 2147483647"},
	{"not understood",
	 "CREATE VIRTUAL TABLE t USING fts5 (a)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a SET NOT NULL",
	 "0A000: table \"t\" cannot be altered\n"
	 "DETAIL: Its stored definition is not understood.\n"
	 "HINT: Make a new table, copy the rows, and drop this one."},
	{"not ours",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t OWNER TO x",
	 "plain"},
	{"not ours, half of it",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ALTER a SET NOT NULL, OWNER TO x",
	 "plain"},
	{"bad syntax is not ours",
	 "CREATE TABLE t (a int)\n"
	 "--\n"
	 "ALTER TABLE t ADD CHECK a > 0",
	 "plain"},
	{"a foreign key of another table's name",
	 "CREATE TABLE t (a int REFERENCES t (b), b int UNIQUE)\n"
	 "--\n"
	 "ALTER TABLE t DROP b",
	 "2BP01: cannot drop column b of table t because other objects depend on it\n"
	 "DETAIL: constraint t_a_fkey on table t depends on column b of table t\n"
	 "HINT: Drop or change it first, in the same revision."},
};

static const Pair lessons[] = {
	{"create table of SQLite's", "CREATE TABLE t (id INTEGER PRIMARY KEY, a text DEFAULT 'x', CHECK (CAST(a AS int) > 0))",
	 "plain"},
	{"serial", "CREATE TABLE t (id serial PRIMARY KEY, a text);",
	 "47 CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a text);"},
	{"serial, key of the table", "CREATE TABLE IF NOT EXISTS t (id bigserial, a text, PRIMARY KEY (id))",
	 "69 CREATE TABLE IF NOT EXISTS t (id INTEGER, a text, PRIMARY KEY (id AUTOINCREMENT))"},
	{"identity", "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b int)",
	 "75 CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, b int)"},
	{"defaults", "CREATE TABLE t (a timestamp(3) with time zone NOT NULL DEFAULT now(), b uuid DEFAULT "
	 "gen_random_uuid() PRIMARY KEY, c varchar(5) DEFAULT 'a'::varchar NOT NULL, d text "
	 "DEFAULT lower('X') CHECK (d <> ''))",
	 "202 CREATE TABLE t (a timestamp with time zone(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, b "
	 "uuid DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || "
	 "substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) || "
	 "substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))) PRIMARY KEY, c varchar(5) "
	 "DEFAULT 'a' NOT NULL, d text DEFAULT (lower('X')) CHECK (d <> ''))"},
	{"checks", "CREATE TABLE t (a text CHECK (a::integer > 0), b boolean DEFAULT CAST('yes' AS "
	 "boolean), c date CHECK (c > CAST('2020-01-01' AS date)))",
	 "135 CREATE TABLE t (a text CHECK ((CAST(a AS INTEGER)) > 0), b boolean DEFAULT 1, c "
	 "date CHECK (c > '2020-01-01'))"},
	{"serial that is no key", "CREATE TABLE t (id serial, a text)",
	 "0A000: column \"id\" of relation \"t\" cannot count by itself\n"
	 "DETAIL: In SQLite only a primary key of one integer column does.\n"
	 "HINT: Make it the primary key, or write a section for each engine."},
	{"index", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY t USING btree (a DESC)",
	 "79 CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a DESC)"},
	{"index of SQLite's", "CREATE INDEX i ON t (a)",
	 "plain"},
	{"index without a name", "CREATE INDEX CONCURRENTLY ON t USING BTREE (a, lower(b));",
	 "57 CREATE INDEX  \"t_a_lower_idx\" ON t (a, lower(b));"},
	{"another access method", "CREATE INDEX i ON t USING gin (a)",
	 "0A000: access method \"gin\" does not exist in SQLite\n"
	 "HINT: Write a section for each engine."},
	{"drop index", "DROP INDEX CONCURRENTLY i",
	 "25 DROP INDEX i"},
	{"truncate", "TRUNCATE TABLE ONLY a, b RESTART IDENTITY; SELECT 1",
	 "42 truncate a, b restart"},
	{"truncate with cascade", "TRUNCATE a CASCADE",
	 "plain"},
	{"comment on a column", "COMMENT ON COLUMN main.t.c IS 'x';",
	 "34 alter t, 1 actions"},
	{"comment on an index", "COMMENT ON INDEX i IS 'x'",
	 "plain"},
	{"a trigger", "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
	 "plain"},
	{"a select", "SELECT 1",
	 "plain"},
};
