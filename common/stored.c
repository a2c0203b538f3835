/*
 * stored.c - a SQLite schema from the statements that sqlite_schema stores
 *
 * SQLite's catalog is the text of its CREATE statements: CHECKs, collations and
 * the names of constraints stand nowhere else.  A table is read by table.c and
 * taken apart.  Of indexes, views, triggers and virtual tables the text is
 * kept, and compared without comments, white space and the case of key words.
 *
 * SQLite does not say what a view or a trigger uses: it uses what it mentions.
 */
#include "stored.h"

#include <stdlib.h>
#include <string.h>

/* ---- the stored statements ---- */

bool
stored_is(const Stored *s, const char *type)
{
	return mig_same(s->type, mig_text(type));
}

/* Does the text begin with the words, but for white space and comments? */
bool
stored_begins(MigText sql, const char *first, const char *second)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	Token a = lexer_next_word(&l);
	Token b = lexer_next_word(&l);

	return token_is(&a, first) && token_is(&b, second);
}

bool
stored_is_virtual(const Stored *s)
{
	return stored_is(s, "table") && stored_begins(s->sql, "CREATE", "VIRTUAL");
}

/* By relation, then by row: in one table the order is that of sqlite_schema. */
static int
compare_stored(const void *a, const void *b)
{
	const Stored *x = *(Stored *const *) a;
	const Stored *y = *(Stored *const *) b;
	int order = mig_compare(x->key, y->key);

	return order ? order : (x > y) - (x < y);
}

/* Where a relation with that key is, or would be, with what is on it behind it. */
size_t
stored_find_key(const Reading *r, MigText key)
{
	size_t low = 0;
	size_t high = r->n;

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;

		if (mig_compare(r->by_key[middle]->key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
stored_has_key(const Reading *r, size_t i, MigText key)
{
	return i < r->n && mig_same(r->by_key[i]->key, key);
}

/* By its folded name; what is on it has the same key, so it is looked past. */
const Stored *
stored_find_relation(const Reading *r, MigText name)
{
	MigText key = stored_folded(r->m, name);

	for (size_t i = stored_find_key(r, key); stored_has_key(r, i, key); i++)
		if (stored_is(r->by_key[i], "table") || stored_is(r->by_key[i], "view"))
			return r->by_key[i];
	return NULL;
}

/* More than any kind has properties: the others say what is known besides, see kinds.c. */
MigText *
stored_values(const Reading *r)
{
	return mig_alloc(r->m, MAX_PROPERTIES + 1, sizeof(MigText));
}

void
stored_put(const Reading *r, MigItem item)
{
	item.nvalues = MAX_PROPERTIES + 1;
	mig_schema_add(r->schema, &item);
}

/* ---- what is kept as text ---- */

/*
 * Means it all columns of a table?  A "*" that is no operator stands behind these words, a comma or
 * a dot, not behind an operand or in "count(*)"; INSERT names the columns in parentheses.
 */
static bool
means_all_columns(const Tokens *tokens)
{
	for (size_t i = 1; i < tokens->n; i++)
	{
		const Token *before = &tokens->at[i - 1];

		if (token_is_char(tokens->at[i], '*') &&
			(token_is_char(*before, ',') || token_is_char(*before, '.') ||
			 token_is(before, "SELECT") || token_is(before, "DISTINCT") || token_is(before, "ALL")))
			return true;
		if (token_is(before, "INTO") && !token_is_char(tokens->at[i + 1], '('))
			return true;
	}
	return false;
}

/* As PostgreSQL has it: a view of "*" is one of the columns that there are. */
static void
depend_on_all_columns(const Reading *r, const Stored *s, const Stored *other)
{
	for (size_t i = 0; i < other->table->ncolumns; i++)
		mig_schema_depend(r->schema, s->address,
						  (MigAddress){CLASS_STORED, other->address.id, (int32_t) i + 1});
}

/*
 * The relations that are mentioned, and the columns of them that are.  Too many rather than too
 * few: a view that is made anew without need loses nothing.  Each relation once, where it is met
 * first.
 */
static void
depend_on_mentioned(const Reading *r, const Stored *s, const Tokens *tokens)
{
	Span all = {0, tokens->n};
	bool all_columns = means_all_columns(tokens);

	for (size_t i = 0; i < tokens->n; i++)
	{
		const Stored *other = token_is_name(tokens->at[i])
								  ? stored_find_relation(r, token_name(r->m, tokens->at[i]))
								  : NULL;

		if (other == NULL || other == s || !tokens_mention(r->m, tokens, all, other->name) ||
			tokens_mention(r->m, tokens, (Span){0, i}, other->name))
			continue;
		mig_schema_depend(r->schema, s->address, other->address);
		if (other->table && all_columns)
			depend_on_all_columns(r, s, other);
		else if (other->table)
			stored_depend_on_columns(r, s->address, other, tokens, all);
	}
}

/* Value 0 is what is compared, value 9 what is run.  A view's aliases are what clients see. */
static void
put_text(const Reading *r, const Stored *s, const char *kind)
{
	Tokens tokens = tokens_read(r->m, s->sql);
	const Stored *on = mig_same(s->on, s->name) ? NULL : stored_find_relation(r, s->on);
	MigItem item = {.kind = kind,
					.address = s->address,
					.name = stored_identifier(r->m, s->name),
					.full = stored_identifier(r->m, s->name),
					.values = stored_values(r)};

	if (on)
		item.parent = on->address;
	item.values[0] = stored_normal(r, &tokens, (Span){0, tokens.n});
	item.values[9] = stored_unquoted(r, s->sql);
	item.same = stored_folded(r->m, s->name);
	item.folds = stored_is(s, "index") || stored_is(s, "trigger");
	stored_put(r, item);
	if (stored_is(s, "index") && on && on->table)
		stored_depend_on_columns(r, s->address, on, &tokens, (Span){0, tokens.n});
	else if (!stored_is(s, "table"))
		depend_on_mentioned(r, s, &tokens); /* what a virtual table mentions are words of its own */
}

/* A table that table.c does not understand, or a row of a kind that SQLite may have one day. */
static void
put_other(const Reading *r, const Stored *s)
{
	MigItem item = {.kind = "other",
					.address = s->address,
					.name = s->name,
					.full = mig_text(mig_format(r->m, "%.*s %.*s", MIG_ARG(s->type),
												MIG_ARG(stored_identifier(r->m, s->name)))),
					.values = stored_values(r)};

	stored_put(r, item);
}

/* What SQLite's own modules, whose names begin so, put behind the names of their tables. */
typedef struct Shadows
{
	const char *module;
	const char *suffixes[6];
} Shadows;

static const Shadows shadows[] = {
	{"fts5", {"_data", "_idx", "_content", "_docsize", "_config"}},
	{"fts", {"_content", "_segments", "_segdir", "_docsize", "_stat"}},
	{"rtree", {"_node", "_parent", "_rowid"}},
	{"geopoly", {"_node", "_parent", "_rowid"}},
};

/* The module of a virtual table, behind USING. */
static MigText
module_of(Mig *m, MigText sql)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	Token token = lexer_next_word(&l);

	while (token.kind != TOKEN_END && !token_is(&token, "USING"))
		token = lexer_next_word(&l);
	return token_name(m, lexer_next_word(&l));
}

static bool
has_prefix(MigText text, MigText with)
{
	return text.len >= with.len && name_same((MigText){text.at, with.len}, with);
}

static bool
has_suffix(const Shadows *of, MigText end)
{
	for (size_t i = 0; of->suffixes[i]; i++)
		if (name_same(end, mig_text(of->suffixes[i])))
			return true;
	return false;
}

/*
 * Does a virtual table keep its data in it?  SQLite does not tell before 3.37 (table_list), so by
 * name.  A module that is not known may name its tables as any of those that are.
 */
static bool
keeps_data_in(Mig *m, const Stored *virtual, MigText table)
{
	size_t n = sizeof(shadows) / sizeof(shadows[0]);
	MigText module;
	MigText end;

	if (!has_prefix(table, virtual->name))
		return false;
	end = (MigText){table.at + virtual->name.len, table.len - virtual->name.len};
	module = module_of(m, virtual->sql);
	for (size_t i = 0; i < n; i++)
		if (has_prefix(module, mig_text(shadows[i].module)))
			return has_suffix(&shadows[i], end);
	for (size_t i = 0; i < n; i++)
		if (has_suffix(&shadows[i], end))
			return true;
	return false;
}

static bool
is_of_virtual(const Reading *r, const Stored *s)
{
	for (size_t i = 0; i < r->nvirtual; i++)
		if (keeps_data_in(r->m, &r->stored[r->virtual[i]], s->on))
			return true;
	return false;
}

/* What cannot be read as a table is told by name, and left alone (KIND_OTHER). */
static void
put_stored(const Reading *r, const Stored *s)
{
	if (is_of_virtual(r, s))
		return;
	if (stored_is_virtual(s))
		put_text(r, s, "virtual table");
	else if (stored_is(s, "table") && s->table)
		stored_put_table(r, s);
	else if (stored_is(s, "index"))
		put_text(r, s, "stored index");
	else if (stored_is(s, "view"))
		put_text(r, s, "stored view");
	else if (stored_is(s, "trigger"))
		put_text(r, s, "stored trigger");
	else
		put_other(r, s);
}

/* Row by row; virtual tables are known by what they say, all other tables by what they have. */
static void
read_rows(Reading *r, const MigText *rows)
{
	for (size_t i = 0; i < r->n; i++)
	{
		Stored *s = &r->stored[i];

		*s = (Stored){.type = rows[i * 4],
					  .name = rows[i * 4 + 1],
					  .on = rows[i * 4 + 2],
					  .key = stored_folded(r->m, rows[i * 4 + 2]),
					  .sql = rows[i * 4 + 3],
					  .address = {CLASS_STORED, (uint32_t) i + 1, 0}};
		r->by_key[i] = s;
		if (stored_is_virtual(s))
			r->virtual[r->nvirtual++] = i;
		else if (stored_is(s, "table"))
			s->table = table_read(r->m, s->sql);
	}
	if (r->n > 1)
		qsort(r->by_key, r->n, sizeof(Stored *), compare_stored);
}

/* Names come before the texts are made normal, as they decide what is a key word. */
MigSchema *
mig_schema_stored(Mig *m, const MigText *rows, size_t n)
{
	Reading r = {.m = m,
				 .schema = mig_schema(m, MIG_SQLITE),
				 .stored = mig_alloc(m, n, sizeof(Stored)),
				 .n = n,
				 .by_key = mig_alloc(m, n, sizeof(Stored *)),
				 .virtual = mig_alloc(m, n, sizeof(size_t))};

	read_rows(&r, rows);
	stored_find_names(&r);
	for (size_t i = 0; i < n; i++)
		put_stored(&r, &r.stored[i]);
	return r.schema;
}

/* ---- the rows as a script ---- */

/*
 * Behind a comment that would swallow it, the semicolon stands on a line of its own; a block
 * comment that was left open, which SQLite takes at the end, is closed.
 */
static const char *
semicolon_behind(MigText sql)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	Token last = {.kind = TOKEN_END};

	for (Token token = lexer_next(&l); token.kind != TOKEN_END; token = lexer_next(&l))
		last = token;
	if (last.kind != TOKEN_COMMENT)
		return ";\n";
	return last.open ? "*/;\n" : "\n;\n";
}

/* In the order of the rows; a sum of it is the fingerprint of a snapshot. */
MigText
mig_stored_text(Mig *m, const MigText *rows, size_t n)
{
	MigBuf buf = mig_buf(m);

	for (size_t i = 0; i < n; i++)
	{
		MigText sql = rows[i * 4 + 3];

		mig_buf_add(&buf, sql);
		mig_buf_str(&buf, semicolon_behind(sql));
	}
	return mig_buf_text(&buf);
}

/*
 * SQLite stores CREATE, UNIQUE or VIRTUAL where it was said, what is created, its name without a
 * schema, and the rest as it was; of an index and a trigger, what stands behind ON is the table.
 * So the four columns of a row are found again in the text.
 */
static void
add_stored(Mig *m, MigLines *cells, MigText sql)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	Token token = lexer_next_word(&l);
	MigText type;
	MigText name;

	for (token = lexer_next_word(&l); token_is(&token, "UNIQUE") || token_is(&token, "VIRTUAL");)
		token = lexer_next_word(&l);
	type = stored_folded(m, token.text);
	name = token_name(m, lexer_next_word(&l));
	mig_lines_add(cells, type);
	mig_lines_add(cells, name);
	if (mig_same(type, mig_text("index")) || mig_same(type, mig_text("trigger")))
	{
		while (token.kind != TOKEN_END && !token_is(&token, "ON"))
			token = lexer_next_word(&l);
		name = token_name(m, lexer_next_word(&l));
	}
	mig_lines_add(cells, name);
	mig_lines_add(cells, mig_copy(m, sql));
}

/* What mig_stored_text() has made: a snapshot is kept as one text. */
MigList
mig_stored_rows(Mig *m, MigText text)
{
	MigList statements = mig_statements(m, text);
	MigLines cells = mig_lines(m);

	for (size_t i = 0; i < statements.n; i++)
		add_stored(m, &cells, statements.at[i]);
	return cells.list;
}
