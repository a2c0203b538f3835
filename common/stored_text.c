/*
 * stored_text.c - the normal text of SQLite's statements
 *
 * Two texts that say the same are made the same: key words in capitals, names in
 * quotes where they need them, one blank between tokens, no comments.  Which words
 * are names must be known for that: SQLite takes many of its key words for names.
 *
 *   create view [v] as -- all
 *     select "a"+1 from t        is        CREATE VIEW v AS SELECT a + 1 FROM t
 */
#include "stored.h"

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

/* ASCII alone, as SQLite compares names. */
MigText
stored_folded(Mig *m, MigText text)
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

/* Nor may it be a key word, not even one that SQLite takes for a name. */
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
MigText
stored_identifier(Mig *m, MigText name)
{
	return is_plain(name) ? name : mig_quoted_name(m, name);
}

/* ---- the names of the schema ---- */

/* In double quotes that is what tells a name from a string, which SQLite takes there, too. */
static bool
is_name_of_ours(const Reading *r, MigText name)
{
	MigText key = stored_folded(r->m, name);

	return r->names.n > 0 &&
		   bsearch(&key, r->names.at, r->names.n, sizeof(MigText), text_compare) != NULL;
}

/* The first name of each item between the first parentheses. */
static void
add_list_names(const Reading *r, MigLines *names, const Tokens *tokens, size_t open)
{
	size_t close = tokens_close(tokens, open);

	for (size_t i = open + 1; i < close; i = tokens_item_end(tokens, i) + 1)
		if (token_is_name(tokens->at[i]))
			mig_lines_add(names, stored_folded(r->m, token_name(r->m, tokens->at[i])));
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
			mig_lines_add(names, stored_folded(r->m, token_name(r->m, tokens.at[i])));
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

/*
 * Once for all texts, sorted to be searched.  Rather too many: what is a name somewhere is taken
 * for one everywhere.
 */
void
stored_find_names(Reading *r)
{
	MigLines names = mig_lines(r->m);

	for (size_t i = 0; i < r->n; i++)
	{
		const Table *table = r->stored[i].table;

		mig_lines_add(&names, stored_folded(r->m, r->stored[i].name));
		if (stored_is(&r->stored[i], "view"))
			add_view_names(r, &names, r->stored[i].sql);
		if (stored_is_virtual(&r->stored[i]))
			add_virtual_names(r, &names, r->stored[i].sql);
		for (size_t k = 0; table && k < table->ncolumns; k++)
			mig_lines_add(&names, stored_folded(r->m, table->columns[k].name));
	}
	r->names = names.list;
	if (r->names.n > 1)
		qsort(r->names.at, r->names.n, sizeof(MigText), text_compare);
}

/* ---- normal text: tokens with the same blanks between them ---- */

/* Operators of two and three characters; the longest first.  The lexer gives them one by one. */
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

/* before: the token before it, or the end where there is none. */
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

/*
 * A quoted name that need not be: SQLite quotes the names that it changes.  What is not a name of
 * this schema may be a string, and is left as it is.
 */
static MigText
normal_name(const Reading *r, Token token)
{
	MigText name = token_name(r->m, token);

	return is_name_of_ours(r, name) ? stored_identifier(r->m, name) : token.text;
}

/* CREATE VIEW v (a, b): SQLite leaves out what may stand before the name. */
static bool
is_in_view_columns(const Tokens *tokens, Span span, size_t i)
{
	return span.from == 0 && i > 3 && token_is(&tokens->at[1], "VIEW") &&
		   token_is_char(tokens->at[3], '(') && i < tokens_close(tokens, 3);
}

/*
 * Behind AS, on either side of a dot, and where CREATE names what it makes and a view's columns, no
 * string can stand.
 */
static bool
is_surely_name(const Tokens *tokens, Span span, size_t i)
{
	return is_in_view_columns(tokens, span, i) ||
		   (i > span.from &&
			(token_is(&tokens->at[i - 1], "AS") || token_is_char(tokens->at[i - 1], '.'))) ||
		   (i + 1 < span.to && token_is_char(tokens->at[i + 1], '.')) ||
		   ((i == 2 || i == 3) && span.from == 0 && token_is(&tokens->at[0], "CREATE"));
}

/* A word that is no key word: names with other letters than ASCII's look as they do in quotes. */
static MigText
normal_word(const Reading *r, MigText word)
{
	static const char *const values[] = {"TRUE", "FALSE"};

	for (int i = 0; i < 2; i++)
		if (name_same(word, mig_text(values[i])) && !is_name_of_ours(r, word))
			return mig_text(values[i]);
	return stored_identifier(r->m, word);
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
	if (token.kind == TOKEN_WORD)
		return normal_word(r, token.text);
	if (token_is_name(token) && is_surely_name(tokens, span, i))
		return stored_identifier(r->m, token_name(r->m, token));
	if (token.kind != TOKEN_QUOTED)
		return token.text;
	if (token.text.at[0] != '"')
		return stored_identifier(r->m, token_name(r->m, token));
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

/* The text as it grows; a blank before a token depends on the one before it. */
typedef struct Normal
{
	MigBuf buf;
	bool tight; /* nothing before the next token */
} Normal;

/*
 * f(x) and t(a) have none before the parenthesis, IN (1) and CHECK (a) one: key words end no
 * operand.
 */
static bool
needs_blank(const Normal *n, const Tokens *tokens, Span span, size_t i)
{
	Token token = tokens->at[i];

	if (i == span.from)
		return false;
	if (n->tight) /* two minus signs would be a comment */
		return token_is_char(token, '-') && token_is_char(tokens->at[i - 1], '-');
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

/*
 * Nothing is parsed: texts that differ in more than spelling differ here, and that is all that is
 * wanted.  A difference that means nothing costs a statement that was not needed.
 */
MigText
stored_normal(const Reading *r, const Tokens *tokens, Span span)
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

/* Without the parentheses around all of it, however many: ((a)) says no more than a. */
Span
stored_unwrap(const Tokens *tokens, Span span)
{
	while (is_wrapped(tokens, span))
		span = (Span){span.from + 1, span.to - 1};
	return span;
}

/* ---- as it is kept ---- */

/* A directive in a desired text (renamed-from): in a script it would be one of the script's. */
static bool
is_directive(Token token)
{
	return token.kind == TOKEN_COMMENT && strncmp(token.text.at, "-- migrate:", 11) == 0;
}

/* As it is, but for quotes around names, those that they need alone: a rename leaves others. */
MigText
stored_unquoted(const Reading *r, MigText sql)
{
	Lexer l = lexer(sql, LEX_SQLITE, 1);
	MigBuf buf = mig_buf(r->m);
	Token before = {.kind = TOKEN_END};
	Token last = before;
	MigText space = mig_text("");

	for (Token token = lexer_next(&l); token.kind != TOKEN_END; token = lexer_next(&l))
	{
		bool is_name = token.kind == TOKEN_QUOTED || is_name_too(&token, &before) ||
					   (token.kind == TOKEN_WORD && !is_plain(token.text) && !keyword(token.text));

		if (token.kind == TOKEN_SPACE)
			space = token.text; /* what stands at the end says nothing: SQLite keeps an index's */
		else
		{
			mig_buf_add(&buf, space);
			space = mig_text("");
			if (!is_directive(token))
				mig_buf_add(&buf, is_name ? normal_name(r, token) : token.text);
			last = token;
		}
		if (token.kind != TOKEN_SPACE && token.kind != TOKEN_COMMENT)
			before = token;
	}
	if (last.kind == TOKEN_COMMENT)
		mig_buf_str(&buf, "\n"); /* the semicolon that follows must not be in it */
	return mig_buf_text(&buf);
}
