/*
 * stored_table.c - the objects of a table from its CREATE TABLE
 *
 * table.c has read it; here it is taken apart: columns, defaults, comments,
 * constraints, options, each an object of the schema with its normal text.  So
 *
 *   CREATE TABLE y (id integer PRIMARY KEY, n VARCHAR(20) NOT NULL DEFAULT 'a' UNIQUE)
 *
 * is a table y with the parts
 *
 *   column id       type integer, NOT NULL by the key
 *   primary key     PRIMARY KEY (id)
 *   column n        type varchar(20), NOT NULL; with a part, default 'a'
 *   constraint      UNIQUE (n), called y_n_key, a name that is made up
 *
 * which is what the same table has whose constraints stand behind its columns.
 */
#include "stored.h"

#include <string.h>

/* ---- columns ---- */

/* Columns from 1, as PostgreSQL's attributes; 0 is the table. */
static MigAddress
column_address(const Stored *s, size_t column)
{
	return (MigAddress){CLASS_STORED, s->address.id, (int32_t) column + 1};
}

static MigAddress
clause_address(const Stored *s, size_t clause)
{
	return (MigAddress){CLASS_CLAUSE, s->address.id, (int32_t) clause + 1};
}

/* As PostgreSQL prints it, without the blank behind a comma: "numeric(10,2)". */
static void
add_type(MigBuf *buf, MigText type)
{
	for (size_t i = 0; i < type.len; i++)
		if (type.at[i] != ' ' || i == 0 || type.at[i - 1] != ',')
			mig_buf_add(buf, (MigText){&type.at[i], 1});
}

/*
 * In lower case, with the collation: "varchar(20) COLLATE nocase"; null: neither.  BINARY is what
 * SQLite takes anyway.  Both in one value, as SET DATA TYPE changes both.
 */
static MigText
type_text(const Reading *r, const Table *table, size_t column)
{
	const Clause *collate = table_clause(table, column, CLAUSE_COLLATE);
	MigBuf buf = mig_buf(r->m);

	if (!table_has_no_type(r->m, table, column))
		add_type(&buf, stored_folded(
						   r->m, stored_normal(r, &table->tokens, table->columns[column].type)));
	if (collate &&
		!name_same(token_name(r->m, table->tokens.at[collate->word + 1]), mig_text("BINARY")))
		mig_buf_format(
			&buf, "%sCOLLATE %.*s", buf.len > 0 ? " " : "",
			MIG_ARG(stored_identifier(
				r->m, stored_folded(r->m, token_name(r->m, table->tokens.at[collate->word + 1])))));
	return buf.len > 0 ? mig_buf_text(&buf) : (MigText){NULL, 0};
}

/*
 * As in the standard and in PostgreSQL, though SQLite lets keys be null that are neither the rowid
 * nor in a table without one: so NOT NULL is no difference there, said or not.
 */
static bool
is_in_primary_key(const Table *table, size_t column)
{
	const Clause *key = table_primary_key(table);

	return key && name_in(key->columns, table->columns[column].name);
}

static MigText
generated_text(const Reading *r, const Table *table, const Clause *clause)
{
	MigText body = stored_normal(r, &table->tokens, stored_unwrap(&table->tokens, clause->body));

	return mig_text(
		mig_format(r->m, "(%.*s) %s", MIG_ARG(body), clause->stored ? "STORED" : "VIRTUAL"));
}

/* One token, or a number with its sign. */
static bool
is_one_literal(const Tokens *tokens, Span span)
{
	size_t i = span.from;

	if (tokens->at[i + 1].kind == TOKEN_NUMBER)
		i += token_is_char(tokens->at[i], '-') || token_is_char(tokens->at[i], '+');
	return i + 1 == span.to;
}

/*
 * A literal as it is, an expression in parentheses; a bare word is a text, which SQLite takes it
 * for.
 */
static MigText
default_text(const Reading *r, const Table *table, const Clause *clause)
{
	Span span = stored_unwrap(&table->tokens, clause->body);
	MigText text = stored_normal(r, &table->tokens, span);

	if (clause->body.to == clause->body.from + 1 &&
		token_is_bare(table->tokens.at[clause->body.from]))
		return mig_quoted_text(r->m, token_name(r->m, table->tokens.at[clause->body.from]));
	if (is_one_literal(&table->tokens, span))
		return text;
	return mig_text(mig_format(r->m, "(%.*s)", MIG_ARG(text)));
}

static bool
is_null_word(const Tokens *tokens, Span span)
{
	return span.to == span.from + 1 && token_is(&tokens->at[span.from], "NULL");
}

/* DEFAULT NULL is none. */
static void
put_default(const Reading *r, const Stored *s, size_t column)
{
	const Clause *clause = table_clause(s->table, column, CLAUSE_DEFAULT);
	MigItem item = {
		.kind = "default", .full = stored_identifier(r->m, s->name), .name = mig_text("")};

	if (clause == NULL ||
		is_null_word(&s->table->tokens, stored_unwrap(&s->table->tokens, clause->body)))
		return;
	item.address = (MigAddress){CLASS_DEFAULT, s->address.id, (int32_t) column + 1};
	item.parent = column_address(s, column);
	item.folds = true;
	item.values = stored_values(r);
	item.values[0] = default_text(r, s->table, clause);
	stored_put(r, item);
}

/* By what the text mentions: as said in stored.c, too many rather than too few. */
void
stored_depend_on_columns(const Reading *r, MigAddress object, const Stored *s, const Tokens *tokens,
						 Span span)
{
	for (size_t i = 0; i < s->table->ncolumns; i++)
		if (tokens_mention(r->m, tokens, span, s->table->columns[i].name))
			mig_schema_depend(r->schema, object, column_address(s, i));
}

/* The text of a comment that COMMENT ON has made, behind a token. */
static void
put_comment(const Reading *r, const Stored *s, MigAddress of, size_t token)
{
	MigText text = table_comment(s->table, token);
	size_t begin = strlen(TABLE_COMMENT);

	if (text.len == 0)
		return;
	text = (MigText){text.at + begin, text.len - begin - strlen(" */")};
	mig_schema_comment(r->schema, of, (MigText){NULL, 0}, mig_quoted_text(r->m, text));
}

/*
 * What a clause does on a conflict, at its end: "ABORT" where it does not say.  The last two
 * tokens are CONFLICT and that word.
 */
static MigText
conflict_of(const Reading *r, const Table *table, const Clause *clause)
{
	const Token *at = table->tokens.at + clause->span.to;

	if (clause->span.to < clause->word + 4 || !token_is(&at[-2], "CONFLICT"))
		return mig_text("ABORT");
	return stored_normal(r, &table->tokens, (Span){clause->span.to - 1, clause->span.to});
}

/* " ON CONFLICT IGNORE"; nothing where it is what SQLite takes when nothing is said. */
static MigText
conflict_clause(const Reading *r, MigText conflict)
{
	if (mig_same(conflict, mig_text("ABORT")))
		return mig_text("");
	return mig_text(mig_format(r->m, " ON CONFLICT %.*s", MIG_ARG(conflict)));
}

/*
 * Value 2 is the NOT NULL as it is printed, 9 its ON CONFLICT, and 10 says that the column is in
 * the primary key, and whether a NOT NULL is said besides: see diff_loses_not_null().
 */
static void
put_column(const Reading *r, const Stored *s, size_t i)
{
	const Table *table = s->table;
	const Clause *made = table_clause(table, i, CLAUSE_GENERATED);
	const Clause *not_null = table_clause(table, i, CLAUSE_NOT_NULL);
	MigItem item = {.kind = "column",
					.address = column_address(s, i),
					.parent = s->address,
					.position = (int) i + 1,
					.name = stored_identifier(r->m, table->columns[i].name),
					.full = stored_identifier(r->m, s->name),
					.folds = true,
					.values = stored_values(r)};

	item.values[0] = type_text(r, table, i);
	if (made)
		item.values[1] = generated_text(r, table, made);
	item.values[9] = not_null ? conflict_of(r, table, not_null) : mig_text("ABORT");
	if (not_null || is_in_primary_key(table, i))
		item.values[2] = conflict_clause(r, item.values[9]);
	if (is_in_primary_key(table, i))
		item.values[10] = mig_text(not_null ? "said" : "by the key");
	item.same = stored_folded(r->m, table->columns[i].name);
	stored_put(r, item);
	if (made)
		stored_depend_on_columns(r, item.address, s, &table->tokens, made->body);
	put_default(r, s, i);
	put_comment(r, s, item.address, table->columns[i].span.to - 1);
}

/* What is said of a foreign key behind what it refers to; a span is empty where nothing is. */
typedef struct Rules
{
	Span match;
	Span update;
	Span delete;
	bool deferrable;
	bool deferred;
} Rules;

/*
 * One rule at a token; where it ends.  The last one counts, as in SQLite.  NO ACTION, MATCH SIMPLE
 * and NOT DEFERRABLE are what is taken when nothing is said, so their spans stay empty.
 */
static size_t
read_rule(const Tokens *tokens, size_t i, Rules *rules)
{
	size_t no = token_is(&tokens->at[i], "NOT");

	if (token_is(&tokens->at[i + no], "DEFERRABLE"))
	{
		bool initially = token_is(&tokens->at[i + no + 1], "INITIALLY");

		rules->deferrable = !no;
		rules->deferred = !no && initially && token_is(&tokens->at[i + 2], "DEFERRED");
		return i + no + (initially ? 3 : 1);
	}
	if (token_is(&tokens->at[i], "MATCH"))
	{
		rules->match = (Span){i, token_is(&tokens->at[i + 1], "SIMPLE") ? i : i + 2};
		return i + 2;
	}
	if (token_is(&tokens->at[i], "ON") && i + 3 <= tokens->n)
	{
		Span *event = token_is(&tokens->at[i + 1], "UPDATE") ? &rules->update : &rules->delete;
		bool none = token_is(&tokens->at[i + 2], "NO");
		bool two = none || token_is(&tokens->at[i + 2], "SET");

		*event = (Span){i, none ? i : i + 3 + two};
		return i + 3 + two;
	}
	return i + 1;
}

/*
 * Is the clause behind the key, of the same column or of the table, and so may say when the key is
 * checked?  Up to the next foreign key.
 */
static bool
is_said_of(const Clause *clause, const Clause *key)
{
	return clause->column == key->column && clause->kind != CLAUSE_FOREIGN_KEY;
}

static void
add_rule(const Reading *r, MigBuf *buf, const Tokens *tokens, Span span)
{
	if (span.to > span.from)
		mig_buf_format(buf, " %.*s", MIG_ARG(stored_normal(r, tokens, span)));
}

/*
 * REFERENCES and what follows, in PostgreSQL's order; what SQLite takes when nothing is said is
 * not said.
 */
static MigText
foreign_key_rest(const Reading *r, const Table *table, const Clause *clause)
{
	const Tokens *tokens = &table->tokens;
	const Clause *end = table->clauses + table->nclauses;
	Rules rules = {{0, 0}, {0, 0}, {0, 0}, false, false};
	MigBuf buf = mig_buf(r->m);
	size_t i = clause->word;

	while (!token_is(&tokens->at[i], "REFERENCES"))
		i++;
	i += 2;
	if (token_is_char(tokens->at[i], '('))
		i = tokens_close(tokens, i) + 1;
	mig_buf_add(&buf, stored_normal(r, tokens, (Span){clause->word, i}));
	while (i < clause->span.to)
		i = read_rule(tokens, i, &rules);
	for (const Clause *c = clause + 1; c < end && is_said_of(c, clause); c++)
		if (c->kind == CLAUSE_DEFERRABLE)
			read_rule(tokens, c->span.from, &rules);
	add_rule(r, &buf, tokens, rules.match);
	add_rule(r, &buf, tokens, rules.update);
	add_rule(r, &buf, tokens, rules.delete);
	mig_buf_str(&buf, rules.deferred     ? " DEFERRABLE INITIALLY DEFERRED"
					  : rules.deferrable ? " DEFERRABLE"
										 : "");
	return mig_buf_text(&buf);
}

/*
 * Of the table; the rowid has no order and no collation, whatever is said of it there, so that is
 * left out.
 */
static MigText
primary_key_text(const Reading *r, const Table *table, const Clause *key)
{
	Span rest = {key->body.to + 1, key->span.to};

	if (table_rowid_column(r->m, table) == NO_COLUMN)
		return stored_normal(r, &table->tokens, (Span){key->word, key->span.to});
	return mig_text(mig_format(
		r->m, "PRIMARY KEY (%.*s%s)%s%.*s", MIG_ARG(stored_identifier(r->m, key->columns.at[0])),
		key->autoincrement ? " AUTOINCREMENT" : "", rest.to > rest.from ? " " : "",
		MIG_ARG(stored_normal(r, &table->tokens, rest))));
}

/* As a constraint of the table, wherever it stands: "a int UNIQUE" is "UNIQUE (a)". */
static MigText
constraint_text(const Reading *r, const Table *table, const Clause *clause)
{
	const Tokens *tokens = &table->tokens;
	bool own = clause->column == NO_COLUMN;
	MigText column =
		own ? mig_text("") : stored_identifier(r->m, table->columns[clause->column].name);
	size_t rest = clause->word;
	bool descending;

	if (clause->kind == CLAUSE_CHECK)
		return mig_text(mig_format(
			r->m, "CHECK (%.*s)%.*s",
			MIG_ARG(stored_normal(r, tokens, stored_unwrap(tokens, clause->body))),
			MIG_ARG(stored_normal(r, tokens, (Span){clause->body.to + 1, clause->span.to}))));
	if (clause->kind == CLAUSE_FOREIGN_KEY)
		return mig_text(mig_format(r->m, "%s%.*s%s%.*s", own ? "" : "FOREIGN KEY (",
								   MIG_ARG(column), own ? "" : ") ",
								   MIG_ARG(foreign_key_rest(r, table, clause))));
	if (own && clause->kind == CLAUSE_PRIMARY_KEY)
		return primary_key_text(r, table, clause);
	if (own)
		return stored_normal(r, tokens, (Span){rest, clause->span.to});
	rest += clause->kind == CLAUSE_PRIMARY_KEY ? 2 : 1;
	descending = token_is(&tokens->at[rest], "DESC");
	rest += descending || token_is(&tokens->at[rest], "ASC");
	return mig_text(mig_format(
		r->m, "%s (%.*s%s%s)%s%.*s", clause->kind == CLAUSE_UNIQUE ? "UNIQUE" : "PRIMARY KEY",
		MIG_ARG(column), descending ? " DESC" : "", clause->autoincrement ? " AUTOINCREMENT" : "",
		clause->span.to - clause->autoincrement > rest ? " " : "",
		MIG_ARG(stored_normal(r, tokens, (Span){rest, clause->span.to - clause->autoincrement}))));
}

static bool
is_constraint(const Clause *clause)
{
	return clause->kind == CLAUSE_PRIMARY_KEY || clause->kind == CLAUSE_UNIQUE ||
		   clause->kind == CLAUSE_CHECK || clause->kind == CLAUSE_FOREIGN_KEY;
}

static MigText
named_text(const Reading *r, const Clause *clause, MigText text)
{
	if (clause->name.at == NULL)
		return text;
	return mig_text(mig_format(r->m, "CONSTRAINT %.*s %.*s",
							   MIG_ARG(stored_identifier(r->m, clause->name)), MIG_ARG(text)));
}

/* ---- what a foreign key refers to ---- */

/* As sets: a foreign key may name the columns of a key in another order. */
static bool
same_names(MigList a, MigList b)
{
	bool same = a.n == b.n;

	for (size_t i = 0; same && i < a.n; i++)
		same = name_in(b, a.at[i]);
	return same;
}

/*
 * A key with another collation than its column's is none that a foreign key can refer to.  Of a
 * table that was not understood nobody knows.
 */
static bool
has_own_collations(const Reading *r, const Table *table, const Tokens *tokens, Span span)
{
	for (size_t i = span.from + 1; table && i + 1 < span.to; i++)
	{
		size_t column;
		const Clause *own = NULL;

		if (!token_is(&tokens->at[i], "COLLATE"))
			continue;
		column = table_column(table, token_name(r->m, tokens->at[i - 1]));
		if (column != NO_COLUMN)
			own = table_clause(table, column, CLAUSE_COLLATE);
		if (!name_same(token_name(r->m, tokens->at[i + 1]),
					   own ? token_name(r->m, table->tokens.at[own->word + 1])
						   : mig_text("BINARY")))
			return false;
	}
	return true;
}

/*
 * The columns of a unique index; none where it is none, or has an expression or a condition, as a
 * foreign key cannot refer to such.
 */
static MigList
unique_columns(const Reading *r, const Stored *index)
{
	Tokens tokens = tokens_read(r->m, index->sql);
	MigLines names = mig_lines(r->m);
	size_t open = 0;
	size_t close;

	while (open < tokens.n && !token_is_char(tokens.at[open], '('))
		open++;
	close = tokens_close(&tokens, open);
	if (!stored_begins(index->sql, "CREATE", "UNIQUE") || close + 1 < tokens.n)
		return names.list;
	for (size_t i = open + 1; i < close; i = tokens_item_end(&tokens, i) + 1)
	{
		if (!token_is_name(tokens.at[i]) || token_is_char(tokens.at[i + 1], '('))
			return (MigList){NULL, 0};
		mig_lines_add(&names, token_name(r->m, tokens.at[i]));
	}
	return names.list;
}

/* The columns that a foreign key refers to: where it does not say, the primary key's. */
static MigList
referred_columns(const Clause *key, const Stored *parent)
{
	const Clause *primary = parent->table ? table_primary_key(parent->table) : NULL;

	return key->parent_columns.n == 0 && primary ? primary->columns : key->parent_columns;
}

static bool
index_has_own_collations(const Reading *r, const Table *table, const Stored *index)
{
	Tokens tokens = tokens_read(r->m, index->sql);

	return has_own_collations(r, table, &tokens, (Span){0, tokens.n});
}

/* What makes these columns unique; any: in whatever collation. */
static size_t
unique_keys(const Reading *r, const Stored *parent, MigList columns, bool any, MigAddress **keys)
{
	const Table *table = parent->table;
	size_t n = 0;

	*keys = NULL;
	for (size_t i = 0; table && i < table->nclauses; i++)
		if ((table->clauses[i].kind == CLAUSE_PRIMARY_KEY ||
			 table->clauses[i].kind == CLAUSE_UNIQUE) &&
			same_names(table->clauses[i].columns, columns) &&
			(any || has_own_collations(r, table, &table->tokens, table->clauses[i].span)))
		{
			*keys = mig_grow(r->m, *keys, n, sizeof(MigAddress));
			(*keys)[n++] = clause_address(parent, i);
		}
	for (size_t i = stored_find_key(r, parent->key); stored_has_key(r, i, parent->key); i++)
		if (stored_is(r->by_key[i], "index") &&
			same_names(unique_columns(r, r->by_key[i]), columns) &&
			(any || index_has_own_collations(r, table, r->by_key[i])))
		{
			*keys = mig_grow(r->m, *keys, n, sizeof(MigAddress));
			(*keys)[n++] = r->by_key[i]->address;
		}
	return n;
}

/*
 * Can SQLite look whether rows have what the foreign keys of the table refer to?  Where the other
 * side of one of them is missing or not unique, it looks at none.
 */
static bool
are_checkable(const Reading *r, const Table *table)
{
	for (size_t i = 0; i < table->nclauses; i++)
	{
		const Clause *key = &table->clauses[i];
		const Stored *parent = key->parent.at ? stored_find_relation(r, key->parent) : NULL;
		MigAddress *keys;

		if (key->parent.at == NULL)
			continue;
		if (parent == NULL || key->columns.n != referred_columns(key, parent).n ||
			unique_keys(r, parent, referred_columns(key, parent), false, &keys) == 0)
			return false;
	}
	return true;
}

/*
 * Columns, and what makes them unique: which of several keys is meant, SQLite does not say, so all
 * of them.
 */
static void
depend_on_parent(const Reading *r, MigAddress key, const Stored *parent, MigList columns)
{
	const Table *table = parent->table;
	MigAddress *keys;
	size_t n = unique_keys(r, parent, columns, true, &keys);

	mig_schema_depend(r->schema, key, parent->address);
	for (size_t i = 0; table && i < columns.n; i++)
		if (table_column(table, columns.at[i]) != NO_COLUMN)
			mig_schema_depend(r->schema, key,
							  column_address(parent, table_column(table, columns.at[i])));
	for (size_t i = 0; i < n; i++)
		mig_schema_depend(r->schema, key, keys[i]);
}

/*
 * One without a name is the same as one that says the same; it has one made up all the same, as
 * PostgreSQL would, to be dropped by (values 7 and 9: that name without its number, and that it is
 * made up).  Keys are kinds of their own.  A primary key is known by being the one there is, and
 * has its name in its text; a descending one is its column's, and known by its name if it has one.
 */
static void
put_constraint(const Reading *r, const Stored *s, size_t i)
{
	const Table *table = s->table;
	const Clause *clause = &table->clauses[i];
	const Stored *parent;
	MigItem item = {.kind = "constraint",
					.address = clause_address(s, i),
					.parent = s->address,
					.position =
						(int) i + 1, /* numbers in names follow it: the last is dropped first */
					.full = stored_identifier(r->m, s->name),
					.folds = true,
					.values = stored_values(r)};

	item.name = stored_identifier(r->m, table_constraint_name(r->m, table, clause));
	item.values[0] = constraint_text(r, table, clause);
	if (clause->name.at == NULL)
	{
		item.values[7] = stored_folded(r->m, table_constraint_base(r->m, table, clause));
		item.values[9] = mig_text("unnamed");
	}
	item.same = clause->name.at ? stored_folded(r->m, clause->name) : item.values[0];
	if (clause->kind == CLAUSE_PRIMARY_KEY && table_has_descending_key(r->m, table))
	{
		item.kind = "descending key";
		item.parent = column_address(s, clause->column);
		if (clause->name.at == NULL)
			item.same = mig_text("");
		item.values[0] = conflict_clause(r, conflict_of(r, table, clause));
	}
	else if (clause->kind == CLAUSE_PRIMARY_KEY)
	{
		item.kind = "primary key";
		item.same = mig_text("");
		item.values[0] = named_text(r, clause, item.values[0]);
		if (table_integer_key(r->m, table) != NO_COLUMN)
			item.values[8] = mig_text("integer");
	}
	parent = clause->parent.at ? stored_find_relation(r, clause->parent) : NULL;
	if (clause->parent.at && !are_checkable(r, table))
		item.values[6] = mig_text(" NOT VALID"); /* else it could not be added again */
	stored_put(r, item);
	stored_depend_on_columns(r, item.address, s, &table->tokens, clause->body);
	if (clause->column != NO_COLUMN)
		mig_schema_depend(r->schema, item.address, column_address(s, clause->column));
	if (parent)
		depend_on_parent(r, item.address, parent, referred_columns(clause, parent));
}

/* Needs all columns and constraints: so it goes before any of them does, and comes behind them. */
static void
put_option(const Reading *r, const Stored *s, int32_t number, const char *name)
{
	MigItem item = {.kind = "table option",
					.address = {CLASS_OPTION, s->address.id, number},
					.parent = s->address,
					.position = number,
					.name = mig_text(name),
					.full = stored_identifier(r->m, s->name),
					.same = mig_text(name),
					.values = stored_values(r)};

	stored_put(r, item);
	for (size_t i = 0; i < s->table->ncolumns; i++)
		mig_schema_depend(r->schema, item.address, column_address(s, i));
	for (size_t i = 0; i < s->table->nclauses; i++)
		if (is_constraint(&s->table->clauses[i]))
			mig_schema_depend(r->schema, item.address, clause_address(s, i));
}

/* The order does not matter: the schema puts its objects in order itself. */
void
stored_put_table(const Reading *r, const Stored *s)
{
	MigItem item = {.kind = "table",
					.address = s->address,
					.name = stored_identifier(r->m, s->name),
					.full = stored_identifier(r->m, s->name),
					.values = stored_values(r)};

	item.same = stored_folded(r->m, s->name);
	stored_put(r, item);
	put_comment(r, s, s->address, s->table->name_at);
	for (size_t i = 0; i < s->table->ncolumns; i++)
		put_column(r, s, i);
	for (size_t i = 0; i < s->table->nclauses; i++)
		if (is_constraint(&s->table->clauses[i]))
			put_constraint(r, s, i);
	if (s->table->strict)
		put_option(r, s, 1, "STRICT");
	if (s->table->without_rowid)
		put_option(r, s, 2, "WITHOUT ROWID");
}
