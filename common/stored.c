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
#include "schema.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* SQLite's key words (lang_keywords), in order. */
static const char *const keywords[] = {
	"ABORT",
	"ACTION",
	"ADD",
	"AFTER",
	"ALL",
	"ALTER",
	"ALWAYS",
	"ANALYZE",
	"AND",
	"AS",
	"ASC",
	"ATTACH",
	"AUTOINCREMENT",
	"BEFORE",
	"BEGIN",
	"BETWEEN",
	"BY",
	"CASCADE",
	"CASE",
	"CAST",
	"CHECK",
	"COLLATE",
	"COLUMN",
	"COMMIT",
	"CONFLICT",
	"CONSTRAINT",
	"CREATE",
	"CROSS",
	"CURRENT",
	"CURRENT_DATE",
	"CURRENT_TIME",
	"CURRENT_TIMESTAMP",
	"DATABASE",
	"DEFAULT",
	"DEFERRABLE",
	"DEFERRED",
	"DELETE",
	"DESC",
	"DETACH",
	"DISTINCT",
	"DO",
	"DROP",
	"EACH",
	"ELSE",
	"END",
	"ESCAPE",
	"EXCEPT",
	"EXCLUDE",
	"EXCLUSIVE",
	"EXISTS",
	"EXPLAIN",
	"FAIL",
	"FILTER",
	"FIRST",
	"FOLLOWING",
	"FOR",
	"FOREIGN",
	"FROM",
	"FULL",
	"GENERATED",
	"GLOB",
	"GROUP",
	"GROUPS",
	"HAVING",
	"IF",
	"IGNORE",
	"IMMEDIATE",
	"IN",
	"INDEX",
	"INDEXED",
	"INITIALLY",
	"INNER",
	"INSERT",
	"INSTEAD",
	"INTERSECT",
	"INTO",
	"IS",
	"ISNULL",
	"JOIN",
	"KEY",
	"LAST",
	"LEFT",
	"LIKE",
	"LIMIT",
	"MATCH",
	"MATERIALIZED",
	"NATURAL",
	"NO",
	"NOT",
	"NOTHING",
	"NOTNULL",
	"NULL",
	"NULLS",
	"OF",
	"OFFSET",
	"ON",
	"OR",
	"ORDER",
	"OTHERS",
	"OUTER",
	"OVER",
	"PARTITION",
	"PLAN",
	"PRAGMA",
	"PRECEDING",
	"PRIMARY",
	"QUERY",
	"RAISE",
	"RANGE",
	"RECURSIVE",
	"REFERENCES",
	"REGEXP",
	"REINDEX",
	"RELEASE",
	"RENAME",
	"REPLACE",
	"RESTRICT",
	"RETURNING",
	"RIGHT",
	"ROLLBACK",
	"ROW",
	"ROWS",
	"SAVEPOINT",
	"SELECT",
	"SET",
	"TABLE",
	"TEMP",
	"TEMPORARY",
	"THEN",
	"TIES",
	"TO",
	"TRANSACTION",
	"TRIGGER",
	"UNBOUNDED",
	"UNION",
	"UNIQUE",
	"UPDATE",
	"USING",
	"VACUUM",
	"VALUES",
	"VIEW",
	"VIRTUAL",
	"WHEN",
	"WHERE",
	"WINDOW",
	"WITH",
	"WITHOUT",
};

/* ---- names ---- */

static MigText
folded(Mig *m, MigText text)
{
	char *at = mig_alloc(m, text.len + 1, 1);

	for (size_t i = 0; i < text.len; i++)
		at[i] = to_lower(text.at[i]);
	return (MigText){at, text.len};
}

/* NULL, or the key word as it is printed. */
static const char *
keyword(MigText word)
{
	size_t low = 0;
	size_t high = sizeof(keywords) / sizeof(keywords[0]);

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;
		const char *k = keywords[middle];
		size_t i = 0;

		while (i < word.len && k[i] && to_lower(k[i]) == to_lower(word.at[i]))
			i++;
		if (i == word.len && k[i] == '\0')
			return k;
		if (i < word.len && (k[i] == '\0' || to_lower(k[i]) < to_lower(word.at[i])))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool
is_plain(MigText name)
{
	for (size_t i = 0; i < name.len; i++)
	{
		char c = name.at[i];

		if (!(is_letter(c) || c == '_' || (i > 0 && is_digit(c))))
			return false;
	}
	return name.len > 0 && keyword(name) == NULL;
}

/* Quoted where it must be. */
static MigText
identifier(Mig *m, MigText name)
{
	return is_plain(name) ? name : mig_quoted_name(m, name);
}

/* ---- the stored statements ---- */

/* A row of sqlite_schema. */
typedef struct Stored
{
	MigText type;
	MigText name;
	MigText on;  /* the table of an index or trigger; else its own name */
	MigText key; /* on, folded */
	MigText sql;
	Table *table; /* of a table that could be read */
	MigAddress address;
} Stored;

typedef struct Reading
{
	Mig *m;
	MigSchema *schema;
	Stored *stored;
	size_t n;
	Stored **by_key; /* each relation with what is on it */
	size_t *virtual; /* indexes of virtual tables */
	size_t nvirtual;
	MigList names; /* of tables, views and columns, folded and sorted */
} Reading;

#define CLASS_STORED 1
#define CLASS_CLAUSE 2
#define CLASS_DEFAULT 3
#define CLASS_OPTION 4

static bool
is_type(const Stored *s, const char *type)
{
	return mig_same(s->type, mig_text(type));
}

/* Does the text begin with the words, but for white space and comments? */
static bool
begins(MigText sql, const char *first, const char *second)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	Token a = lexer_next_word(&l);
	Token b = lexer_next_word(&l);

	return token_is(&a, first) && token_is(&b, second);
}

static bool
is_virtual(const Stored *s)
{
	return is_type(s, "table") && begins(s->sql, "CREATE", "VIRTUAL");
}

static int
compare_text(const void *a, const void *b)
{
	return mig_compare(*(const MigText *) a, *(const MigText *) b);
}

static bool
is_name_of_ours(const Reading *r, MigText name)
{
	MigText key = folded(r->m, name);

	return r->names.n > 0 &&
		   bsearch(&key, r->names.at, r->names.n, sizeof(MigText), compare_text) != NULL;
}

/* The first name of each item between the first parentheses. */
static void
add_list_names(const Reading *r, MigLines *names, const Tokens *tokens, size_t open)
{
	size_t close = tokens_close(tokens, open);

	for (size_t i = open + 1; i < close; i = tokens_item_end(tokens, i) + 1)
		if (token_is_name(tokens->at[i]))
			mig_lines_add(names, folded(r->m, token_name(r->m, tokens->at[i])));
}

/* Columns of a view: the list behind its name, and what stands behind AS. */
static void
add_view_names(const Reading *r, MigLines *names, MigText sql)
{
	Tokens tokens = tokens_read(r->m, sql);

	if (tokens.n > 3 && token_is_char(tokens.at[3], '('))
		add_list_names(r, names, &tokens, 3);
	for (size_t i = 1; i < tokens.n; i++)
		if (token_is(&tokens.at[i - 1], "AS") && token_is_name(tokens.at[i]))
			mig_lines_add(names, folded(r->m, token_name(r->m, tokens.at[i])));
}

/* Its arguments: those that are columns, and more. */
static void
add_virtual_names(const Reading *r, MigLines *names, MigText sql)
{
	Tokens tokens = tokens_read(r->m, sql);
	size_t open = 0;

	while (open < tokens.n && !token_is_char(tokens.at[open], '('))
		open++;
	add_list_names(r, names, &tokens, open);
}

static void
find_names(Reading *r)
{
	MigLines names = mig_lines(r->m);

	for (size_t i = 0; i < r->n; i++)
	{
		const Table *table = r->stored[i].table;

		mig_lines_add(&names, folded(r->m, r->stored[i].name));
		if (is_type(&r->stored[i], "view"))
			add_view_names(r, &names, r->stored[i].sql);
		if (is_virtual(&r->stored[i]))
			add_virtual_names(r, &names, r->stored[i].sql);
		for (size_t k = 0; table && k < table->ncolumns; k++)
			mig_lines_add(&names, folded(r->m, table->columns[k].name));
	}
	r->names = names.list;
	if (r->names.n > 1)
		qsort(r->names.at, r->names.n, sizeof(MigText), compare_text);
}

/* ---- normal text: tokens with the same blanks between them ---- */

/* Operators of two and three characters. */
static size_t
operator_length(const Tokens *tokens, size_t i, size_t to)
{
	static const char *const operators[] = {
		"->>", "||", "<>", "<=", ">=", "==", "!=", "<<", ">>", "->"};

	for (size_t k = 0; k < sizeof(operators) / sizeof(operators[0]); k++)
	{
		size_t len = strlen(operators[k]);
		const char *at = tokens->at[i].text.at;

		if (i + len <= to && tokens->at[i + len - 1].text.at == at + len - 1 &&
			tokens->at[i + len - 1].kind == TOKEN_OTHER && memcmp(at, operators[k], len) == 0)
			return len;
	}
	return 1;
}

/*
 * Key words that SQLite takes for a name, too, and the words before it where it is none: what else
 * stands there is a column, as KEY in CHECK (KEY > 0).
 */
static const char *const names_too[][4] = {
	{"KEY", "PRIMARY", "FOREIGN"},
	{"ACTION", "NO"},
	{"QUERY", "EXPLAIN"},
	{"PLAN", "QUERY"},
	{"DATABASE", "ATTACH", "DETACH"},
	{"FIRST", "NULLS"},
	{"LAST", "NULLS"},
	{"ROW", "EACH", "CURRENT"},
};

static bool
is_name_too(const Token *token, const Token *before)
{
	for (size_t i = 0; i < sizeof(names_too) / sizeof(names_too[0]); i++)
		if (token_is(token, names_too[i][0]))
		{
			for (size_t k = 1; names_too[i][k]; k++)
				if (token_is(before, names_too[i][k]))
					return false;
			return true;
		}
	return false;
}

/* A quoted name that need not be: SQLite quotes the names that it changes. */
static MigText
normal_name(const Reading *r, Token token)
{
	MigText name = token_name(r->m, token);

	return is_name_of_ours(r, name) ? identifier(r->m, name) : token.text;
}

/* Behind AS, and on either side of a dot, a string cannot stand. */
static bool
is_surely_name(const Tokens *tokens, Span span, size_t i)
{
	return (i > span.from &&
			(token_is(&tokens->at[i - 1], "AS") || token_is_char(tokens->at[i - 1], '.'))) ||
		   (i + 1 < span.to && token_is_char(tokens->at[i + 1], '.'));
}

/* What is in "" may be a string; [10] is none, and no array when it is "10". */
static MigText
normal_token(const Reading *r, const Tokens *tokens, Span span, size_t i)
{
	Token token = tokens->at[i];
	const char *word = token.kind == TOKEN_WORD ? keyword(token.text) : NULL;

	if (word && is_name_too(&token, &tokens->at[i > span.from ? i - 1 : tokens->n]))
		return normal_name(r, token);
	if (word)
		return mig_text(word);
	if (token.kind != TOKEN_QUOTED)
		return token.text;
	if (token.text.at[0] != '"' || is_surely_name(tokens, span, i))
		return identifier(r->m, token_name(r->m, token));
	return normal_name(r, token);
}

/* May what follows the token be the second operand of - and +, or an argument list? */
static bool
ends_operand(const Tokens *tokens, Span span, size_t i)
{
	Token token = tokens->at[i];

	return token.kind == TOKEN_NUMBER || token.kind == TOKEN_STRING || token.kind == TOKEN_QUOTED ||
		   token_is_char(token, ')') ||
		   (token.kind == TOKEN_WORD &&
			(!keyword(token.text) ||
			 is_name_too(&token, &tokens->at[i > span.from ? i - 1 : tokens->n])));
}

typedef struct Normal
{
	MigBuf buf;
	bool tight; /* nothing before the next token */
} Normal;

static bool
needs_blank(const Normal *n, const Tokens *tokens, Span span, size_t i)
{
	Token token = tokens->at[i];

	if (i == span.from || n->tight)
		return false;
	if (token_is_char(token, ',') || token_is_char(token, ')') || token_is_char(token, '.') ||
		token_is_char(token, ';'))
		return false;
	return !(token_is_char(token, '(') && ends_operand(tokens, span, i - 1) &&
			 !token_is_char(tokens->at[i - 1], ')'));
}

/* The ASC of an index's or a key's column, which says nothing; no column of that name. */
static bool
is_idle_asc(const Tokens *tokens, Span span, size_t i)
{
	return token_is(&tokens->at[i], "ASC") && i > span.from && i + 1 < span.to &&
		   !token_is_char(tokens->at[i - 1], '(') && !token_is_char(tokens->at[i - 1], ',') &&
		   (token_is_char(tokens->at[i + 1], ',') || token_is_char(tokens->at[i + 1], ')'));
}

static MigText
normal(const Reading *r, const Tokens *tokens, Span span)
{
	Normal n = {mig_buf(r->m), false};

	for (size_t i = span.from; i < span.to; i++)
	{
		Token token = tokens->at[i];
		bool operand = i > span.from && ends_operand(tokens, span, i - 1);
		size_t len = token.kind == TOKEN_OTHER ? operator_length(tokens, i, span.to) : 1;

		if (is_idle_asc(tokens, span, i))
			continue;
		if (needs_blank(&n, tokens, span, i))
			mig_buf_str(&n.buf, " ");
		if (len > 1)
			mig_buf_add(&n.buf, (MigText){token.text.at, len});
		else
			mig_buf_add(&n.buf, normal_token(r, tokens, span, i));
		n.tight =
			token_is_char(token, '(') || token_is_char(token, '.') ||
			(len == 1 && !operand && (token_is_char(token, '-') || token_is_char(token, '+')));
		i += len - 1;
	}
	return mig_buf_text(&n.buf);
}

static bool
is_wrapped(const Tokens *tokens, Span span)
{
	return span.to > span.from + 1 && token_is_char(tokens->at[span.from], '(') &&
		   tokens_close(tokens, span.from) == span.to - 1;
}

/* Without the parentheses around all of it. */
static Span
unwrap(const Tokens *tokens, Span span)
{
	while (is_wrapped(tokens, span))
		span = (Span){span.from + 1, span.to - 1};
	return span;
}

/* ---- tables ---- */

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

static MigText *
new_values(const Reading *r)
{
	return mig_alloc(r->m, MAX_PROPERTIES + 1, sizeof(MigText));
}

static void
put_item(const Reading *r, MigItem item)
{
	item.nvalues = MAX_PROPERTIES + 1;
	mig_schema_add(r->schema, &item);
}

/* As PostgreSQL prints it: "numeric(10,2)". */
static void
add_type(MigBuf *buf, MigText type)
{
	for (size_t i = 0; i < type.len; i++)
		if (type.at[i] != ' ' || i == 0 || type.at[i - 1] != ',')
			mig_buf_add(buf, (MigText){&type.at[i], 1});
}

/* In lower case, with the collation: "varchar(20) COLLATE nocase". */
static MigText
type_text(const Reading *r, const Table *table, size_t column)
{
	const Clause *collate = table_clause(table, column, CLAUSE_COLLATE);
	MigBuf buf = mig_buf(r->m);

	if (!table_has_no_type(r->m, table, column))
		add_type(&buf, folded(r->m, normal(r, &table->tokens, table->columns[column].type)));
	if (collate &&
		!name_same(token_name(r->m, table->tokens.at[collate->word + 1]), mig_text("BINARY")))
		mig_buf_format(
			&buf, "%sCOLLATE %.*s", buf.len > 0 ? " " : "",
			MIG_ARG(identifier(
				r->m, folded(r->m, token_name(r->m, table->tokens.at[collate->word + 1])))));
	return buf.len > 0 ? mig_buf_text(&buf) : (MigText){NULL, 0};
}

/*
 * As in the standard and in PostgreSQL, though SQLite lets keys be null that
 * are neither the rowid nor in a table without one.
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
	MigText body = normal(r, &table->tokens, unwrap(&table->tokens, clause->body));

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

/* A literal as it is, an expression in parentheses; a bare word is a text. */
static MigText
default_text(const Reading *r, const Table *table, const Clause *clause)
{
	Span span = unwrap(&table->tokens, clause->body);
	MigText text = normal(r, &table->tokens, span);

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

static void
put_default(const Reading *r, const Stored *s, size_t column)
{
	const Clause *clause = table_clause(s->table, column, CLAUSE_DEFAULT);
	MigItem item = {.kind = "default", .full = identifier(r->m, s->name), .name = mig_text("")};

	if (clause == NULL || is_null_word(&s->table->tokens, unwrap(&s->table->tokens, clause->body)))
		return;
	item.address = (MigAddress){CLASS_DEFAULT, s->address.id, (int32_t) column + 1};
	item.parent = column_address(s, column);
	item.values = new_values(r);
	item.values[0] = default_text(r, s->table, clause);
	put_item(r, item);
}

static void
depend_on_columns(const Reading *r, MigAddress object, const Stored *s, const Tokens *tokens,
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
	const Token *before = &s->table->tokens.at[token];
	size_t at = (size_t) (before->text.at + before->text.len - s->table->tokens.text.at);
	size_t end = table_comment_end(s->table, at);
	MigText text = {s->table->tokens.text.at + at, end - at};
	const char *begin = end > at ? strstr(text.at, TABLE_COMMENT) : NULL;

	if (begin == NULL)
		return;
	begin += strlen(TABLE_COMMENT);
	text = (MigText){begin, (size_t) (text.at + text.len - begin) - strlen(" */")};
	mig_schema_comment(r->schema, of, (MigText){NULL, 0}, mig_quoted_text(r->m, text));
}

/* What a clause does on a conflict, at its end: "ABORT" where it does not say. */
static MigText
conflict_of(const Reading *r, const Table *table, const Clause *clause)
{
	const Token *at = table->tokens.at + clause->span.to;

	if (clause->span.to < clause->word + 4 || !token_is(&at[-2], "CONFLICT"))
		return mig_text("ABORT");
	return normal(r, &table->tokens, (Span){clause->span.to - 1, clause->span.to});
}

/* " ON CONFLICT IGNORE"; nothing where it is what SQLite takes when nothing is said. */
static MigText
conflict_clause(const Reading *r, MigText conflict)
{
	if (mig_same(conflict, mig_text("ABORT")))
		return mig_text("");
	return mig_text(mig_format(r->m, " ON CONFLICT %.*s", MIG_ARG(conflict)));
}

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
					.name = identifier(r->m, table->columns[i].name),
					.full = identifier(r->m, s->name),
					.values = new_values(r)};

	item.values[0] = type_text(r, table, i);
	if (made)
		item.values[1] = generated_text(r, table, made);
	item.values[9] = not_null ? conflict_of(r, table, not_null) : mig_text("ABORT");
	if (not_null || is_in_primary_key(table, i))
		item.values[2] = conflict_clause(r, item.values[9]);
	if (is_in_primary_key(table, i))
		item.values[10] = mig_text(not_null ? "said" : "by the key");
	item.same = folded(r->m, table->columns[i].name);
	put_item(r, item);
	if (made)
		depend_on_columns(r, item.address, s, &table->tokens, made->body);
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

/* One rule at a token; where it ends.  The last one counts. */
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

/* Is the clause of the table's behind the key, and says when it is checked? */
static bool
is_said_of(const Clause *clause, const Clause *key)
{
	return clause->column == key->column && clause->kind != CLAUSE_FOREIGN_KEY;
}

static void
add_rule(const Reading *r, MigBuf *buf, const Tokens *tokens, Span span)
{
	if (span.to > span.from)
		mig_buf_format(buf, " %.*s", MIG_ARG(normal(r, tokens, span)));
}

/* In PostgreSQL's order; what SQLite takes when nothing is said is not said. */
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
	mig_buf_add(&buf, normal(r, tokens, (Span){clause->word, i}));
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

/* Of the table; the rowid has no order and no collation, whatever is said of it there. */
static MigText
primary_key_text(const Reading *r, const Table *table, const Clause *key)
{
	Span rest = {key->body.to + 1, key->span.to};

	if (table_rowid_column(r->m, table) == NO_COLUMN)
		return normal(r, &table->tokens, (Span){key->word, key->span.to});
	return mig_text(mig_format(
		r->m, "PRIMARY KEY (%.*s%s)%s%.*s", MIG_ARG(identifier(r->m, key->columns.at[0])),
		key->autoincrement ? " AUTOINCREMENT" : "", rest.to > rest.from ? " " : "",
		MIG_ARG(normal(r, &table->tokens, rest))));
}

/* As a constraint of the table, wherever it stands. */
static MigText
constraint_text(const Reading *r, const Table *table, const Clause *clause)
{
	const Tokens *tokens = &table->tokens;
	bool own = clause->column == NO_COLUMN;
	MigText column = own ? mig_text("") : identifier(r->m, table->columns[clause->column].name);
	size_t rest = clause->word;
	bool descending;

	if (clause->kind == CLAUSE_CHECK)
		return mig_text(mig_format(
			r->m, "CHECK (%.*s)%.*s", MIG_ARG(normal(r, tokens, unwrap(tokens, clause->body))),
			MIG_ARG(normal(r, tokens, (Span){clause->body.to + 1, clause->span.to}))));
	if (clause->kind == CLAUSE_FOREIGN_KEY)
		return mig_text(mig_format(r->m, "%s%.*s%s%.*s", own ? "" : "FOREIGN KEY (",
								   MIG_ARG(column), own ? "" : ") ",
								   MIG_ARG(foreign_key_rest(r, table, clause))));
	if (own && clause->kind == CLAUSE_PRIMARY_KEY)
		return primary_key_text(r, table, clause);
	if (own)
		return normal(r, tokens, (Span){rest, clause->span.to});
	rest += clause->kind == CLAUSE_PRIMARY_KEY ? 2 : 1;
	descending = token_is(&tokens->at[rest], "DESC");
	rest += descending || token_is(&tokens->at[rest], "ASC");
	return mig_text(mig_format(
		r->m, "%s (%.*s%s%s)%s%.*s", clause->kind == CLAUSE_UNIQUE ? "UNIQUE" : "PRIMARY KEY",
		MIG_ARG(column), descending ? " DESC" : "", clause->autoincrement ? " AUTOINCREMENT" : "",
		clause->span.to - clause->autoincrement > rest ? " " : "",
		MIG_ARG(normal(r, tokens, (Span){rest, clause->span.to - clause->autoincrement}))));
}

static bool
is_constraint(const Clause *clause)
{
	return clause->kind == CLAUSE_PRIMARY_KEY || clause->kind == CLAUSE_UNIQUE ||
		   clause->kind == CLAUSE_CHECK || clause->kind == CLAUSE_FOREIGN_KEY;
}

static int
compare_stored(const void *a, const void *b)
{
	const Stored *x = *(Stored *const *) a;
	const Stored *y = *(Stored *const *) b;
	int order = mig_compare(x->key, y->key);

	return order ? order : (x > y) - (x < y);
}

/* Where a relation with that key is, or would be, with what is on it behind it. */
static size_t
find_key(const Reading *r, MigText key)
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

static bool
has_key(const Reading *r, size_t i, MigText key)
{
	return i < r->n && mig_same(r->by_key[i]->key, key);
}

static const Stored *
find_relation(const Reading *r, MigText name)
{
	MigText key = folded(r->m, name);

	for (size_t i = find_key(r, key); has_key(r, i, key); i++)
		if (is_type(r->by_key[i], "table") || is_type(r->by_key[i], "view"))
			return r->by_key[i];
	return NULL;
}

static MigText
named_text(const Reading *r, const Clause *clause, MigText text)
{
	if (clause->name.at == NULL)
		return text;
	return mig_text(mig_format(r->m, "CONSTRAINT %.*s %.*s",
							   MIG_ARG(identifier(r->m, clause->name)), MIG_ARG(text)));
}

/* ---- what a foreign key refers to ---- */

static bool
same_names(MigList a, MigList b)
{
	bool same = a.n == b.n;

	for (size_t i = 0; same && i < a.n; i++)
		same = name_in(b, a.at[i]);
	return same;
}

/* The columns of a unique index; none where it is none, or has an expression or a condition. */
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
	if (!begins(index->sql, "CREATE", "UNIQUE") || close + 1 < tokens.n)
		return names.list;
	for (size_t i = open + 1; i < close; i = tokens_item_end(&tokens, i) + 1)
	{
		if (!token_is_name(tokens.at[i]) || token_is_char(tokens.at[i + 1], '('))
			return (MigList){NULL, 0};
		mig_lines_add(&names, token_name(r->m, tokens.at[i]));
	}
	return names.list;
}

/* Columns, and what makes them unique: which of several keys is meant, SQLite does not say. */
static void
depend_on_parent(const Reading *r, MigAddress key, const Stored *parent, MigList columns)
{
	const Table *table = parent->table;
	const Clause *primary = table ? table_primary_key(table) : NULL;

	mig_schema_depend(r->schema, key, parent->address);
	if (columns.n == 0 && primary)
		columns = primary->columns;
	for (size_t i = 0; table && i < columns.n; i++)
		if (table_column(table, columns.at[i]) != NO_COLUMN)
			mig_schema_depend(r->schema, key,
							  column_address(parent, table_column(table, columns.at[i])));
	for (size_t i = 0; table && i < table->nclauses; i++)
		if ((table->clauses[i].kind == CLAUSE_PRIMARY_KEY ||
			 table->clauses[i].kind == CLAUSE_UNIQUE) &&
			same_names(table->clauses[i].columns, columns))
			mig_schema_depend(r->schema, key, clause_address(parent, i));
	for (size_t i = find_key(r, parent->key); has_key(r, i, parent->key); i++)
		if (is_type(r->by_key[i], "index") &&
			same_names(unique_columns(r, r->by_key[i]), columns))
			mig_schema_depend(r->schema, key, r->by_key[i]->address);
}

/* One without a name is the same as one that says the same. */
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
					.full = identifier(r->m, s->name),
					.values = new_values(r)};

	item.name = identifier(r->m, table_constraint_name(r->m, table, clause));
	item.values[0] = constraint_text(r, table, clause);
	if (clause->name.at == NULL)
	{
		item.values[7] = folded(r->m, table_constraint_base(r->m, table, clause));
		item.values[9] = mig_text("unnamed");
	}
	item.same = clause->name.at ? folded(r->m, clause->name) : item.values[0];
	if (clause->kind == CLAUSE_PRIMARY_KEY && table_has_descending_key(r->m, table))
	{
		item.kind = "descending key";
		item.parent = column_address(s, clause->column);
		item.same = mig_text("");
		item.values[0] = conflict_clause(r, conflict_of(r, table, clause));
	}
	else if (clause->kind == CLAUSE_PRIMARY_KEY)
	{
		item.kind = "primary key";
		item.same = mig_text("");
		item.values[0] = named_text(r, clause, item.values[0]);
		if (table_rowid_column(r->m, table) != NO_COLUMN)
			item.values[8] = mig_text("rowid");
	}
	put_item(r, item);
	depend_on_columns(r, item.address, s, &table->tokens, clause->body);
	if (clause->column != NO_COLUMN)
		mig_schema_depend(r->schema, item.address, column_address(s, clause->column));
	parent = clause->parent.at ? find_relation(r, clause->parent) : NULL;
	if (parent)
		depend_on_parent(r, item.address, parent, clause->parent_columns);
}

static void
put_option(const Reading *r, const Stored *s, int32_t number, const char *name)
{
	MigItem item = {.kind = "table option",
					.address = {CLASS_OPTION, s->address.id, number},
					.parent = s->address,
					.position = number,
					.name = mig_text(name),
					.full = identifier(r->m, s->name),
					.same = mig_text(name),
					.values = new_values(r)};

	put_item(r, item);
	for (size_t i = 0; i < s->table->ncolumns; i++)
		mig_schema_depend(r->schema, item.address, column_address(s, i));
	for (size_t i = 0; i < s->table->nclauses; i++)
		if (is_constraint(&s->table->clauses[i]))
			mig_schema_depend(r->schema, item.address, clause_address(s, i));
}

static void
put_table(const Reading *r, const Stored *s)
{
	MigItem item = {.kind = "table",
					.address = s->address,
					.name = identifier(r->m, s->name),
					.full = identifier(r->m, s->name),
					.values = new_values(r)};

	item.same = folded(r->m, s->name);
	put_item(r, item);
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

/* ---- what is kept as text ---- */

/* The relations that are mentioned, and the columns of them that are. */
static void
depend_on_mentioned(const Reading *r, const Stored *s, const Tokens *tokens)
{
	Span all = {0, tokens->n};

	for (size_t i = 0; i < tokens->n; i++)
	{
		const Stored *other = token_is_name(tokens->at[i])
								  ? find_relation(r, token_name(r->m, tokens->at[i]))
								  : NULL;

		if (other == NULL || other == s || !tokens_mention(r->m, tokens, all, other->name) ||
			tokens_mention(r->m, tokens, (Span){0, i}, other->name))
			continue;
		mig_schema_depend(r->schema, s->address, other->address);
		if (other->table)
			depend_on_columns(r, s->address, other, tokens, all);
	}
}

/* A directive in a desired text: in a script it would be one of the script's. */
static bool
is_directive(Token token)
{
	return token.kind == TOKEN_COMMENT && strncmp(token.text.at, "-- migrate:", 11) == 0;
}

/* As it is, but for quotes around names, those that they need alone: a rename leaves others. */
static MigText
unquoted(const Reading *r, MigText sql)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	MigBuf buf = mig_buf(r->m);
	Token before = {.kind = TOKEN_END};
	Token last = before;

	for (Token token = lexer_next(&l); token.kind != TOKEN_END; token = lexer_next(&l))
	{
		bool is_name = token.kind == TOKEN_QUOTED || is_name_too(&token, &before);

		if (!is_directive(token))
			mig_buf_add(&buf, is_name ? normal_name(r, token) : token.text);
		if (token.kind != TOKEN_SPACE && token.kind != TOKEN_COMMENT)
			before = token;
		last = token;
	}
	if (last.kind == TOKEN_COMMENT)
		mig_buf_str(&buf, "\n"); /* the semicolon that follows must not be in it */
	return mig_buf_text(&buf);
}

static void
put_text(const Reading *r, const Stored *s, const char *kind)
{
	Tokens tokens = tokens_read(r->m, s->sql);
	const Stored *on = mig_same(s->on, s->name) ? NULL : find_relation(r, s->on);
	MigItem item = {.kind = kind,
					.address = s->address,
					.name = identifier(r->m, s->name),
					.full = identifier(r->m, s->name),
					.values = new_values(r)};

	if (on)
		item.parent = on->address;
	item.values[0] = normal(r, &tokens, (Span){0, tokens.n});
	item.values[9] = unquoted(r, s->sql);
	item.same = folded(r->m, s->name);
	put_item(r, item);
	if (is_type(s, "index") && on && on->table)
		depend_on_columns(r, s->address, on, &tokens, (Span){0, tokens.n});
	else if (!is_type(s, "table"))
		depend_on_mentioned(r, s, &tokens); /* what a virtual table mentions are words of its own */
}

static void
put_other(const Reading *r, const Stored *s)
{
	MigItem item = {.kind = "other",
					.address = s->address,
					.name = s->name,
					.full = mig_text(mig_format(r->m, "%.*s %.*s", MIG_ARG(s->type),
												MIG_ARG(identifier(r->m, s->name)))),
					.values = new_values(r)};

	put_item(r, item);
}

/* Does a virtual table keep its data in it?  fts3, fts4, fts5 and rtree name theirs so. */
static bool
is_of_virtual(const Reading *r, const Stored *s)
{
	static const char *const suffixes[] = {"_content", "_segments", "_segdir", "_docsize",
										   "_stat",    "_data",     "_idx",    "_config",
										   "_node",    "_parent",   "_rowid"};

	for (size_t i = 0; i < r->nvirtual; i++)
		for (size_t k = 0; k < sizeof(suffixes) / sizeof(suffixes[0]); k++)
		{
			MigText name = r->stored[r->virtual[i]].name;
			MigText on = s->on;
			size_t len = strlen(suffixes[k]);

			if (on.len == name.len + len && name_same((MigText){on.at, name.len}, name) &&
				name_same((MigText){on.at + name.len, len}, mig_text(suffixes[k])))
				return true;
		}
	return false;
}

static void
put_stored(const Reading *r, const Stored *s)
{
	if (is_of_virtual(r, s))
		return;
	if (is_virtual(s))
		put_text(r, s, "virtual table");
	else if (is_type(s, "table") && s->table)
		put_table(r, s);
	else if (is_type(s, "index"))
		put_text(r, s, "stored index");
	else if (is_type(s, "view"))
		put_text(r, s, "stored view");
	else if (is_type(s, "trigger"))
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
					  .key = folded(r->m, rows[i * 4 + 2]),
					  .sql = rows[i * 4 + 3],
					  .address = {CLASS_STORED, (uint32_t) i + 1, 0}};
		r->by_key[i] = s;
		if (is_virtual(s))
			r->virtual[r->nvirtual++] = i;
		else if (is_type(s, "table"))
			s->table = table_read(r->m, s->sql);
	}
	if (r->n > 1)
		qsort(r->by_key, r->n, sizeof(Stored *), compare_stored);
}

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
	find_names(&r);
	for (size_t i = 0; i < n; i++)
		put_stored(&r, &r.stored[i]);
	return r.schema;
}

/* ---- the rows as a script ---- */

/* Behind a comment that would swallow it, the semicolon stands on a line of its own. */
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
 * SQLite stores CREATE, UNIQUE or VIRTUAL where it was said, what is created, its
 * name without a schema, and the rest as it was; of an index and a trigger, what
 * stands behind ON is the table.
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
	type = folded(m, token.text);
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

MigList
mig_stored_rows(Mig *m, MigText text)
{
	MigList statements = mig_statements(m, text);
	MigLines cells = mig_lines(m);

	for (size_t i = 0; i < statements.n; i++)
		add_stored(m, &cells, statements.at[i]);
	return cells.list;
}
