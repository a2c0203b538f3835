/*
 * portable.c - PostgreSQL's types and expressions, as SQLite has them
 *
 * A type keeps the name that the script gives it: SQLite takes any.  What has
 * to change is what SQLite would take and understand otherwise: SERIAL is no
 * key that counts there, CAST('2026-11-20' AS date) is the number 2026.
 *
 *   id serial PRIMARY KEY          id INTEGER PRIMARY KEY AUTOINCREMENT
 *   at timestamp(3) with time zone DEFAULT now()
 *                                  at timestamp with time zone(3) DEFAULT CURRENT_TIMESTAMP
 *   DEFAULT 'f'::boolean           DEFAULT 0
 *   CHECK (a::text <> '')          CHECK ((CAST(a AS TEXT)) <> '')
 */
#include "portable.h"

#include <string.h>

/* ---- types ---- */

static const struct
{
	const char *word;
	TypeClass class;
	int64_t limit;
	bool serial;
} types[] = {
	{"SMALLINT", TYPE_INTEGER, INT16_MAX, false},
	{"INT2", TYPE_INTEGER, INT16_MAX, false},
	{"INTEGER", TYPE_INTEGER, INT32_MAX, false},
	{"INT", TYPE_INTEGER, INT32_MAX, false},
	{"INT4", TYPE_INTEGER, INT32_MAX, false},
	{"BIGINT", TYPE_INTEGER, 0, false},
	{"INT8", TYPE_INTEGER, 0, false},
	{"SERIAL", TYPE_INTEGER, INT32_MAX, true},
	{"SERIAL4", TYPE_INTEGER, INT32_MAX, true},
	{"BIGSERIAL", TYPE_INTEGER, 0, true},
	{"SERIAL8", TYPE_INTEGER, 0, true},
	{"SMALLSERIAL", TYPE_INTEGER, INT16_MAX, true},
	{"SERIAL2", TYPE_INTEGER, INT16_MAX, true},
	{"NUMERIC", TYPE_NUMERIC, 0, false},
	{"DECIMAL", TYPE_NUMERIC, 0, false},
	{"REAL", TYPE_REAL, 0, false},
	{"FLOAT", TYPE_REAL, 0, false},
	{"FLOAT4", TYPE_REAL, 0, false},
	{"FLOAT8", TYPE_REAL, 0, false},
	{"DOUBLE", TYPE_REAL, 0, false},
	{"TEXT", TYPE_TEXT, 0, false},
	{"VARCHAR", TYPE_TEXT, 0, false},
	{"CHAR", TYPE_TEXT, 0, false},
	{"CHARACTER", TYPE_TEXT, 0, false},
	{"BYTEA", TYPE_BLOB, 0, false},
	{"BLOB", TYPE_BLOB, 0, false},
	{"BOOLEAN", TYPE_BOOLEAN, 0, false},
	{"BOOL", TYPE_BOOLEAN, 0, false},
	{"DATE", TYPE_DATE, 0, false},
	{"TIME", TYPE_TIME, 0, false},
	{"TIMETZ", TYPE_TIME, 0, false},
	{"TIMESTAMP", TYPE_TIMESTAMP, 0, false},
	{"TIMESTAMPTZ", TYPE_TIMESTAMP, 0, false},
};

/* A part of a type's name, in any case: so SQLite finds an affinity. */
static bool
has_part(Mig *m, MigText text, const char *part)
{
	size_t len = strlen(part);

	(void) m;
	for (size_t i = 0; i + len <= text.len; i++)
		if (name_same((MigText){text.at + i, len}, mig_text(part)))
			return true;
	return false;
}

/*
 * SQLite's rules, in their order (datatype3, 3.1).  By parts of the name: so a type that is not in
 * the table above, TINYINT or NVARCHAR(20), is understood as SQLite understands it.
 */
static const char *
affinity(Mig *m, MigText type)
{
	if (has_part(m, type, "INT"))
		return "INTEGER";
	if (has_part(m, type, "CHAR") || has_part(m, type, "CLOB") || has_part(m, type, "TEXT"))
		return "TEXT";
	if (has_part(m, type, "BLOB") || type.len == 0)
		return "BLOB";
	if (has_part(m, type, "REAL") || has_part(m, type, "FLOA") || has_part(m, type, "DOUB"))
		return "REAL";
	return "NUMERIC";
}

/*
 * int[]: to SQLite an empty name, which the lexer reads as one quoted token.  varchar[10] is a
 * name, too, and schemas of SQLite's have it.
 */
static void
check_no_array(Mig *m, const Tokens *tokens, Span span)
{
	for (size_t i = span.from + 1; i < span.to; i++)
		if (mig_same(tokens->at[i].text, mig_text("[]")))
			mig_raise(m,
					  &(MigError){MIG_UNSUPPORTED,
								  mig_format(m, "type %.*s does not exist in SQLite",
											 MIG_ARG(tokens_text(tokens, span))),
								  "SQLite has no arrays.",
								  "Use a JSON text or a table of its own, or write a section for "
								  "each engine.",
								  NULL});
}

/* The number in "(20)"; 0 if there is none.  Nine digits are enough. */
static int64_t
length_of(const Tokens *tokens, Span span)
{
	int64_t length = 0;

	for (size_t i = span.from; i + 1 < span.to; i++)
		if (token_is_char(tokens->at[i], '(') && tokens->at[i + 1].kind == TOKEN_NUMBER)
			for (size_t k = 0; k < tokens->at[i + 1].text.len && k < 9; k++)
				length = length * 10 + (tokens->at[i + 1].text.at[k] - '0');
	return length;
}

/* char, as char(1) */
static bool
is_one_character(const Tokens *tokens, Span span)
{
	return span.to == span.from + 1 && (token_spells(tokens->at[span.from], "CHAR") ||
										token_spells(tokens->at[span.from], "CHARACTER"));
}

/* The first word decides; words behind it (varying, precision, with time zone) do not matter. */
Type
portable_type(Mig *m, const Tokens *tokens, Span span)
{
	Type type = {.text = tokens_text(tokens, span)};

	check_no_array(m, tokens, span);
	type.affinity = affinity(m, type.text);
	for (size_t i = 0; span.to > span.from && i < sizeof(types) / sizeof(types[0]); i++)
		if (token_spells(tokens->at[span.from], types[i].word))
		{
			type.class = types[i].class;
			type.limit = types[i].limit;
			type.serial = types[i].serial;
		}
	if (type.class == TYPE_TEXT)
		type.limit = is_one_character(tokens, span) ? 1 : length_of(tokens, span);
	return type;
}

/* ---- conversions ---- */

/*
 * A number is the same before and after: SQLite compares text with a number as a number.  limit:
 * the greatest value of PostgreSQL's type, which is checked though SQLite has 64 bits for all of
 * them.
 */
static Conversion
convert_number(Mig *m, const char *e, const char *to, int64_t limit)
{
	MigBuf doubt = mig_buf(m);

	mig_buf_format(&doubt, "%s <> CAST(%s AS %s)", e, e, to);
	if (limit > 0)
		mig_buf_format(&doubt, " OR CAST(%s AS INTEGER) NOT BETWEEN %lld AND %lld", e,
					   (long long) (-limit - 1), (long long) limit);
	return (Conversion){mig_text(mig_format(m, "CAST(%s AS %s)", e, to)), mig_buf_text(&doubt)};
}

/* A number's text must give back the number.  A blob is no text, whatever its bytes are. */
static Conversion
convert_text(Mig *m, const char *e, int64_t limit)
{
	MigBuf doubt = mig_buf(m);

	mig_buf_format(&doubt,
				   "typeof(%s) = 'blob' OR typeof(%s) = 'real' AND CAST(CAST(%s AS TEXT) AS REAL) "
				   "<> %s",
				   e, e, e, e);
	if (limit > 0)
		mig_buf_format(&doubt, " OR length(CAST(%s AS TEXT)) > %lld", e, (long long) limit);
	return (Conversion){mig_text(mig_format(m, "CAST(%s AS TEXT)", e)), mig_buf_text(&doubt)};
}

/* The words that PostgreSQL takes. */
static Conversion
convert_boolean(Mig *m, const char *e)
{
	const char *value =
		mig_format(m,
				   "CASE WHEN typeof(%s) IN ('integer', 'real') THEN %s <> 0 "
				   "WHEN lower(trim(%s)) IN ('t', 'true', 'y', 'yes', 'on', '1') THEN 1 "
				   "WHEN lower(trim(%s)) IN ('f', 'false', 'n', 'no', 'off', '0') THEN 0 END",
				   e, e, e, e);

	return (Conversion){mig_text(value),
						mig_text(mig_format(m, "%s IS NOT NULL AND %s IS NULL", e, value))};
}

/*
 * The text is kept: it may have a fraction and a zone.  A date must lose no time of day.
 * julianday() is NULL for what SQLite's functions cannot read as a time.
 */
static Conversion
convert_time(Mig *m, const char *e, TypeClass class)
{
	const char *doubt = mig_format(m,
								   "%s IS NOT NULL AND (typeof(%s) <> 'text' OR julianday(%s) "
								   "IS NULL%s)",
								   e, e, e,
								   class != TYPE_DATE ? ""
													  : mig_format(m,
																   " OR julianday(%s) <> "
																   "julianday(date(%s))",
																   e, e));

	return (Conversion){
		mig_text(class == TYPE_DATE ? mig_format(m, "date(%s)", e) : mig_format(m, "%s", e)),
		mig_text(doubt)};
}

/* The value stays, but for what the affinity of the new type makes of it: '007' must not be 7. */
static Conversion
convert_other(Mig *m, const char *e, const Type *type)
{
	const char *doubt = "";

	if (strcmp(type->affinity, "TEXT") == 0)
		return convert_text(m, e, 0);
	if (strcmp(type->affinity, "BLOB") != 0)
		doubt = mig_format(m,
						   "typeof(%s) = 'text' AND %s = CAST(%s AS NUMERIC) AND "
						   "CAST(CAST(%s AS NUMERIC) AS TEXT) <> %s",
						   e, e, e, e, e);
	return (Conversion){mig_text(e), mig_text(doubt)};
}

/*
 * value is used several times in what comes of it: it has no side effects in SQLite.  value may be
 * any expression that can stand in a comparison, so it is a name or in parentheses.
 */
Conversion
portable_convert(Mig *m, MigText value, const Type *type)
{
	const char *e = mig_copy(m, value).at;

	switch (type->class)
	{
		case TYPE_INTEGER:
			return convert_number(m, e, "INTEGER", type->limit);
		case TYPE_NUMERIC:
			return convert_number(m, e, "NUMERIC", 0);
		case TYPE_REAL:
			return convert_number(m, e, "REAL", 0);
		case TYPE_TEXT:
			return convert_text(m, e, type->limit);
		case TYPE_BLOB:
			return (Conversion){
				mig_text(mig_format(m, "CAST(%s AS BLOB)", e)),
				mig_text(mig_format(m, "typeof(%s) NOT IN ('blob', 'text', 'null')", e))};
		case TYPE_BOOLEAN:
			return convert_boolean(m, e);
		case TYPE_DATE:
		case TYPE_TIME:
		case TYPE_TIMESTAMP:
			return convert_time(m, e, type->class);
		default:
			return convert_other(m, e, type);
	}
}

/* ---- expressions ---- */

#define UUID                                                                                       \
	"(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || "                           \
	"substr(hex(randomblob(2)), "                                                                  \
	"2) || '-' || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' "  \
	"|| hex(randomblob(6))))"

/* The text with the bytes from, ..., to - 1 replaced. */
static MigText
splice(Mig *m, MigText text, const char *from, const char *to, MigText with)
{
	return mig_text(mig_format(m, "%.*s%.*s%.*s", (int) (from - text.at), text.at, MIG_ARG(with),
							   (int) (text.at + text.len - to), to));
}

static const char *
token_end(Token token)
{
	return token.text.at + token.text.len;
}

/*
 * Functions without arguments that SQLite has under another name.  One with a schema before it is
 * somebody's own.  CURRENT_TIMESTAMP is the time of the statement, not of the transaction: SQLite
 * has no other.
 */
static MigText
replace_functions(Mig *m, MigText text)
{
	static const struct
	{
		const char *name;
		const char *with;
	} functions[] = {
		{"NOW", "CURRENT_TIMESTAMP"},
		{"TRANSACTION_TIMESTAMP", "CURRENT_TIMESTAMP"},
		{"STATEMENT_TIMESTAMP", "CURRENT_TIMESTAMP"},
		{"CLOCK_TIMESTAMP", "CURRENT_TIMESTAMP"},
		{"GEN_RANDOM_UUID", UUID},
		{"UUID_GENERATE_V4", UUID},
	};
	Tokens tokens = tokens_read(m, text);

	/* from the end, so that the offsets before stay right */
	for (size_t i = tokens.n; i-- > 0;)
		for (size_t k = 0; k < sizeof(functions) / sizeof(functions[0]); k++)
			if (i + 2 < tokens.n && token_spells(tokens.at[i], functions[k].name) &&
				token_is_char(tokens.at[i + 1], '(') && token_is_char(tokens.at[i + 2], ')') &&
				(i == 0 || !token_is_char(tokens.at[i - 1], '.')))
			{
				size_t before = (size_t) (tokens.at[i].text.at - tokens.text.at);
				size_t after = (size_t) (token_end(tokens.at[i + 2]) - tokens.text.at);

				text =
					splice(m, text, text.at + before, text.at + after, mig_text(functions[k].with));
			}
	return text;
}

/*
 * Does CAST mean in SQLite what it means in PostgreSQL?  A type that it does not know has numeric
 * affinity: CAST(x AS date) is a number.
 */
static bool
is_same_cast(TypeClass class)
{
	return class != TYPE_BOOLEAN && class != TYPE_DATE && class != TYPE_TIME &&
		   class != TYPE_TIMESTAMP;
}

/*
 * CAST(x AS type) becomes (x)::type, where SQLite's CAST differs or all casts are looked for.  So
 * there is one spelling for replace_casts() to know.
 */
static MigText
replace_cast_words(Mig *m, MigText text, bool all)
{
	Tokens tokens = tokens_read(m, text);

	for (size_t i = 0; i + 1 < tokens.n; i++)
	{
		size_t close;
		size_t as;

		if (!token_spells(tokens.at[i], "CAST") || !token_is_char(tokens.at[i + 1], '('))
			continue;
		close = tokens_close(&tokens, i + 1);
		as = i + 2;
		while (as < close && !token_spells(tokens.at[as], "AS"))
			as = token_is_char(tokens.at[as], '(') ? tokens_close(&tokens, as) + 1 : as + 1;
		if (close >= tokens.n || as >= close)
			return text;
		if (!all && is_same_cast(portable_type(m, &tokens, (Span){as + 1, close}).class))
			continue;
		text = splice(m, text, tokens.at[i].text.at, token_end(tokens.at[close]),
					  mig_text(mig_format(m, as == i + 3 ? "%.*s::%.*s" : "(%.*s)::%.*s",
										  MIG_ARG(tokens_text(&tokens, (Span){i + 2, as})),
										  MIG_ARG(tokens_text(&tokens, (Span){as + 1, close})))));
		tokens = tokens_read(m, text);
		i = (size_t) -1; /* from the start: casts nest */
	}
	return text;
}

/* A word before a parenthesis that is no function's name. */
static bool
is_operator_word(Token token)
{
	static const char *const words[] = {"AND",  "OR",   "NOT", "IN",      "WHEN", "THEN", "ELSE",
										"CASE", "LIKE", "IS",  "BETWEEN", "GLOB", "USING"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (token_spells(token, words[i]))
			return true;
	return false;
}

/*
 * The first token of the operand that ends before token i:  a.b  or  f(x)  or  (a + b) , as ::
 * binds closer than any operator.
 */
static size_t
operand_start(const Tokens *tokens, size_t i)
{
	int depth = 0;

	i--;
	if (token_is_char(tokens->at[i], ')'))
	{
		for (;; i--)
		{
			depth += token_is_char(tokens->at[i], ')');
			depth -= token_is_char(tokens->at[i], '(');
			if (depth == 0 || i == 0)
				break;
		}
		if (i > 0 &&
			(tokens->at[i - 1].kind == TOKEN_WORD || tokens->at[i - 1].kind == TOKEN_QUOTED) &&
			!is_operator_word(tokens->at[i - 1]))
			i--;
	}
	while (i > 1 && (token_is_char(tokens->at[i - 1], '.') || token_is_char(tokens->at[i], '.')))
		i--;
	return i;
}

/* The end of the type that begins at token i, with the words that PostgreSQL has behind it. */
static size_t
type_end(const Tokens *tokens, size_t i)
{
	bool two = token_spells(tokens->at[i], "DOUBLE") || token_spells(tokens->at[i], "CHARACTER") ||
			   token_spells(tokens->at[i], "BIT");

	i++;
	if (two && (token_spells(tokens->at[i], "PRECISION") || token_spells(tokens->at[i], "VARYING")))
		i++;
	if (token_is_char(tokens->at[i], '('))
		i = tokens_close(tokens, i) + 1;
	if (i < tokens->n &&
		(token_spells(tokens->at[i], "WITH") || token_spells(tokens->at[i], "WITHOUT")))
		i += 3;
	if (i < tokens->n && tokens->at[i].text.at[0] == '[')
		i++;
	return i < tokens->n ? i : tokens->n;
}

/* One string, one NULL, or a number, which may be several tokens. */
static bool
is_literal(const Tokens *tokens, Span span)
{
	for (size_t i = span.from; i < span.to; i++)
		if (tokens->at[i].kind != TOKEN_NUMBER && !token_is_char(tokens->at[i], '.') &&
			!(tokens->at[i].kind == TOKEN_STRING && span.to == span.from + 1) &&
			!(token_spells(tokens->at[i], "NULL") && span.to == span.from + 1))
			return false;
	return true;
}

/* A literal that is true or false to PostgreSQL, as a number; else null. */
static MigText
boolean_literal(Mig *m, Token token)
{
	static const char *const words[] = {"f",  "t",   "false", "true", "n", "y",
										"no", "yes", "off",   "on",   "0", "1"};
	MigText text = token.kind == TOKEN_STRING ? token_name(m, token) : token.text;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (name_same(text, mig_text(words[i])))
			return mig_text(i % 2 ? "1" : "0");
	return (MigText){NULL, 0};
}

/*
 * The value of operand::type.  A literal needs no CAST where its text is the value already, as
 * that of '2026-11-20'::date.  Of anything else the conversion's doubt is noted.
 */
static MigText
cast(Mig *m, const Tokens *tokens, Span operand, Span type_span, MigLines *doubts)
{
	Type type = portable_type(m, tokens, type_span);
	MigText text = tokens_text(tokens, operand);
	Token first = tokens->at[operand.from];
	Conversion conversion;

	if (is_literal(tokens, operand))
	{
		if (token_spells(first, "NULL"))
			return text;
		if (type.class == TYPE_BOOLEAN && boolean_literal(m, first).at)
			return boolean_literal(m, first);
		if (first.kind == TOKEN_STRING && type.class != TYPE_INTEGER &&
			type.class != TYPE_NUMERIC && type.class != TYPE_REAL && type.class != TYPE_BOOLEAN &&
			type.class != TYPE_BLOB)
			return text;
	}
	conversion = portable_convert(m, text, &type);
	if (doubts && conversion.doubt.len > 0)
		mig_lines_add(doubts, conversion.doubt);
	return mig_text(mig_format(m, "(%.*s)", MIG_ARG(conversion.value)));
}

/*
 * The tokens are read anew after each: the text is short, and no offset can be wrong.  From the
 * first one on, as what a cast is applied to has none inside by then:  a::text::int .
 */
static MigText
replace_casts(Mig *m, MigText text, MigLines *doubts)
{
	Tokens tokens = tokens_read(m, text);

	/* the first one: what it is applied to has none */
	for (size_t i = 1; i + 2 < tokens.n; i++)
	{
		Span operand = {0, i};
		Span type = {i + 2, 0};

		if (!token_is_char(tokens.at[i], ':') || !token_is_char(tokens.at[i + 1], ':'))
			continue;
		operand.from = operand_start(&tokens, i);
		type.to = type_end(&tokens, type.from);
		text = splice(m, text, tokens.at[operand.from].text.at, token_end(tokens.at[type.to - 1]),
					  cast(m, &tokens, operand, type, doubts));
		tokens = tokens_read(m, text);
		i = 0;
	}
	return text;
}

/*
 * What CASE keeps from being evaluated must not be checked as if it were:  CASE WHEN a <> '' THEN
 * a::int END  has no doubt about an empty a.
 */
static bool
has_case(Mig *m, MigText text)
{
	Tokens tokens = tokens_read(m, text);

	for (size_t i = 0; i < tokens.n; i++)
		if (token_spells(tokens.at[i], "CASE"))
			return true;
	return false;
}

/* In this order: a cast may stand around a function, and CAST around anything. */
MigText
portable_expression(Mig *m, MigText expression, MigLines *doubts)
{
	if (has_case(m, expression))
		doubts = NULL;
	return replace_casts(m, replace_cast_words(m, replace_functions(m, expression), doubts != NULL),
						 doubts);
}

/*
 * One literal, one word, one number with its sign, or something in parentheses: what SQLite's
 * grammar takes behind DEFAULT.
 */
static bool
is_term(const Tokens *tokens)
{
	size_t i = token_is_char(tokens->at[0], '-') || token_is_char(tokens->at[0], '+');

	if (token_is_char(tokens->at[0], '('))
		return tokens_close(tokens, 0) + 1 == tokens->n;
	if (tokens->n == 1)
		return true;
	for (; i < tokens->n; i++)
		if (tokens->at[i].kind != TOKEN_NUMBER && !token_is_char(tokens->at[i], '.') &&
			!(token_is_char(tokens->at[i], '-') || token_is_char(tokens->at[i], '+')))
			return false;
	return true;
}

/*
 * An expression must stand in parentheses in SQLite; what is a term already keeps its spelling, so
 * that the schema says what the user wrote.
 */
MigText
portable_default(Mig *m, MigText expression)
{
	MigText text = portable_expression(m, expression, NULL);
	Tokens tokens = tokens_read(m, text);

	if (is_term(&tokens))
		return text;
	return mig_text(mig_format(m, "(%.*s)", MIG_ARG(text)));
}

/* Is it a whole number, a text, or NULL?  The last token: a sign may stand before it. */
static bool
is_read_as_stored(Token token)
{
	if (token.kind == TOKEN_NUMBER)
		for (size_t i = 0; i < token.text.len; i++)
			if (token.text.at[i] < '0' || token.text.at[i] > '9')
				return false;
	return token.kind != TOKEN_WORD || token_spells(token, "NULL");
}

/*
 * As SQLite's ADD COLUMN sees it: parentheses may hold anything, and the times of now are refused
 * as well.
 */
bool
portable_is_constant(Mig *m, MigText value, const Type *type)
{
	Tokens tokens = tokens_read(m, value);
	bool is_plain = strcmp(type->affinity, "TEXT") != 0 && strcmp(type->affinity, "BLOB") != 0;

	return tokens.n > 0 && !token_is_char(tokens.at[0], '(') &&
		   !token_spells(tokens.at[0], "CURRENT_TIMESTAMP") &&
		   !token_spells(tokens.at[0], "CURRENT_DATE") &&
		   !token_spells(tokens.at[0], "CURRENT_TIME") &&
		   (is_plain || is_read_as_stored(tokens.at[tokens.n - 1]));
}

/* ---- CREATE TABLE ---- */

/* timestamp(3) with time zone: SQLite wants the number last, timestamp with time zone (3). */
static Table *
order_type(Mig *m, Table *table, size_t column)
{
	Span span = table->columns[column].type;
	const Tokens *tokens = &table->tokens;

	for (size_t i = span.from; i < span.to; i++)
		if (token_is_char(tokens->at[i], '('))
		{
			size_t close = tokens_close(tokens, i);

			if (close + 1 < span.to)
				return table_replace_span(
					m, table, span,
					mig_text(mig_format(m, "%.*s %.*s%.*s",
										MIG_ARG(tokens_text(tokens, (Span){span.from, i})),
										MIG_ARG(tokens_text(tokens, (Span){close + 1, span.to})),
										MIG_ARG(tokens_text(tokens, (Span){i, close + 1})))));
			break;
		}
	return table;
}

/* A SERIAL that is no key.  Ignored, the column would be NULL in every new row. */
static _Noreturn void
fail_counting(Mig *m, const Table *table, size_t column)
{
	mig_raise(
		m, &(MigError){MIG_UNSUPPORTED,
					   mig_format(m, "column \"%.*s\" of relation \"%.*s\" cannot count by itself",
								  MIG_ARG(table->columns[column].name), MIG_ARG(table->name)),
					   "In SQLite only a primary key of one integer column does.",
					   "Make it the primary key, or write a section for each engine.", NULL});
}

/*
 * SERIAL and IDENTITY: the key is the rowid, and AUTOINCREMENT sees to it that no number is used
 * twice, as a sequence does.  Only one column can count, and only as the whole key.
 */
static Table *
count_column(Mig *m, Table *table, size_t column)
{
	const Clause *key = table_primary_key(table);
	const Clause *identity = table_clause(table, column, CLAUSE_IDENTITY);

	if (key == NULL || key->columns.n != 1 || table->without_rowid ||
		table_column(table, key->columns.at[0]) != column ||
		(identity && identity->body.to > identity->body.from))
		fail_counting(m, table, column);
	if (identity)
		table = table_drop_clause(m, table, identity);
	table = table_replace_span(m, table, table->columns[column].type, mig_text("INTEGER"));
	key = table_primary_key(table);
	if (key->autoincrement)
		return table;
	if (key->column == NO_COLUMN)
		return table_insert(m, table, key->body.to - 1, mig_text("AUTOINCREMENT"));
	return table_insert(m, table, key->span.to - 1, mig_text("AUTOINCREMENT"));
}

/* Identity options (START WITH) have no meaning, and are refused with the rest. */
static Table *
portable_column(Mig *m, Table *table, size_t column)
{
	Type type = portable_type(m, &table->tokens, table->columns[column].type);

	if (type.serial || table_clause(table, column, CLAUSE_IDENTITY))
		return count_column(m, table, column);
	return order_type(m, table, column);
}

/* Expressions alone: names and actions are the same in both. */
static Table *
portable_clause(Mig *m, Table *table, size_t i)
{
	const Clause *clause = &table->clauses[i];
	MigText body = tokens_text(&table->tokens, clause->body);

	if (clause->kind == CLAUSE_DEFAULT)
		return table_replace_span(m, table, clause->body, portable_default(m, body));
	if (clause->kind == CLAUSE_CHECK || clause->kind == CLAUSE_GENERATED)
		return table_replace_span(m, table, clause->body, portable_expression(m, body, NULL));
	return table;
}

/*
 * Clauses first: the columns' edits would move them.  A clause's own edit leaves all indexes as
 * they are, since it puts one expression in the place of another.
 */
Table *
portable_table(Mig *m, Table *table)
{
	for (size_t i = 0; i < table->nclauses; i++)
		table = portable_clause(m, table, i);
	for (size_t i = 0; i < table->ncolumns; i++)
		table = portable_column(m, table, i);
	return table;
}
