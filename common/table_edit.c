/*
 * table_edit.c - CREATE TABLE text edited in place, at token offsets
 *
 * Comments belong to somebody: one that ends the line of an item goes with it,
 * one above an item stays, and one of COMMENT ON is part of what it is about.
 * So without its column b the table on the left is that on the right:
 *
 *   CREATE TABLE t (                    CREATE TABLE t (
 *     a int, -- the key                   a int, -- the key
 *     -- of the customer                  -- of the customer
 *     b text, -- b's own                  c int -- the last
 *     c int -- the last                 )
 *   )
 */
#include "table.h"

#include <string.h>

/* Of a word, a number or a quote: next to another such it would be one token with it. */
static bool
is_joined(char c)
{
	return is_letter(c) || is_digit(c) || (unsigned char) c >= 128 || strchr("_$'\"`[]", c) != NULL;
}

/* buf ends with what stands before: "int" and "NOT NULL" must not become "intNOT NULL". */
static void
add_apart(MigBuf *buf, MigText text)
{
	if (buf->len > 0 && text.len > 0 && is_joined(buf->at[buf->len - 1]) && is_joined(text.at[0]))
		mig_buf_str(buf, " ");
	mig_buf_add(buf, text);
}

/*
 * Reading the result again keeps every range right, and finds what was broken, at once.  All edits
 * end here.  Pieces that would be one token side by side are kept apart.
 */
Table *
table_replace(Mig *m, const Table *table, size_t from, size_t to, MigText with)
{
	MigText old = table->tokens.text;
	MigBuf buf = mig_buf(m);
	Table *edited;

	mig_buf_add(&buf, (MigText){old.at, from});
	add_apart(&buf, with);
	add_apart(&buf, (MigText){old.at + to, old.len - to});
	edited = table_read(m, mig_buf_text(&buf));
	if (edited == NULL)
		mig_raise(m,
				  &(MigError){MIG_SYNTAX_ERROR, "table definition cannot be read after the change",
							  mig_format(m, "It would be: %s", buf.at), NULL, NULL});
	return edited;
}

Table *
table_replace_span(Mig *m, Table *table, Span span, MigText with)
{
	MigText text = tokens_text(&table->tokens, span);
	size_t from = (size_t) (text.at - table->tokens.text.at);

	if (mig_same(text, with))
		return table;
	return table_replace(m, table, from, from + text.len, with);
}

/* Where a token begins in the text, in bytes. */
static size_t
start_offset(const Table *table, size_t token)
{
	return (size_t) (table->tokens.at[token].text.at - table->tokens.text.at);
}

static size_t
end_offset(const Table *table, size_t token)
{
	return start_offset(table, token) + table->tokens.at[token].text.len;
}

/* Behind a token, so in front of any comment that follows it. */
Table *
table_insert(Mig *m, const Table *table, size_t behind, MigText text)
{
	size_t at = end_offset(table, behind);

	return table_replace(m, table, at, at, mig_text(mig_format(m, " %.*s", MIG_ARG(text))));
}

/* Looks through all comments up to the next token: people put theirs on either side of it. */
MigText
table_comment(const Table *table, size_t behind)
{
	size_t at = end_offset(table, behind);
	MigText rest = {table->tokens.text.at + at, table->tokens.text.len - at};
	Lexer l = lexer(rest, LEX_SQLITE, 1);
	Token token = lexer_next(&l);

	while (token.kind == TOKEN_SPACE || token.kind == TOKEN_COMMENT)
	{
		if (token.text.len >= strlen(TABLE_COMMENT) &&
			memcmp(token.text.at, TABLE_COMMENT, strlen(TABLE_COMMENT)) == 0)
			return token.text;
		token = lexer_next(&l);
	}
	return (MigText){rest.at, 0};
}

/* Behind a token, and behind the comment of COMMENT ON that belongs to it. */
static size_t
end_with_comment(const Table *table, size_t token)
{
	MigText comment = table_comment(table, token);

	return (size_t) (comment.at + comment.len - table->tokens.text.at);
}

/*
 * The end of the comments that end their line or the table, as those that stand at offset do; else
 * offset itself.  So in
 *   a int, -- the first
 * the comment goes with a, though it stands behind the comma.
 */
static size_t
skip_comment(const Table *table, size_t offset)
{
	MigText rest = {table->tokens.text.at + offset, table->tokens.text.len - offset};
	Lexer l = lexer(rest, LEX_SQLITE, 1);
	Token token = lexer_next(&l);
	size_t end = offset;

	while (token.kind == TOKEN_COMMENT ||
		   (token.kind == TOKEN_SPACE && mig_count_lines(token.text) == 0))
	{
		if (token.kind == TOKEN_COMMENT)
			end = (size_t) (l.rest.at - table->tokens.text.at);
		token = lexer_next(&l);
	}
	return token.kind == TOKEN_SPACE || token_is_char(token, ')') ? end : offset;
}

static size_t
skip_space(const Table *table, size_t offset)
{
	MigText rest = {table->tokens.text.at + offset, table->tokens.text.len - offset};
	Lexer l = lexer(rest, LEX_SQLITE, 1);
	Token token = lexer_next(&l);

	return token.kind == TOKEN_SPACE ? offset + token.text.len : offset;
}

/* Blanks before an offset, up to the line's start. */
static size_t
skip_blanks_back(const Table *table, size_t offset)
{
	const char *at = table->tokens.text.at;

	while (offset > 0 && (at[offset - 1] == ' ' || at[offset - 1] == '\t'))
		offset--;
	return offset;
}

/* Does a line end in front of the offset? */
static bool
ends_line(const Table *table, size_t offset)
{
	return offset > 0 && offset <= table->tokens.text.len &&
		   table->tokens.text.at[offset - 1] == '\n';
}

/* The blanks that the line of a token begins with. */
static MigText
indent_of(const Table *table, size_t token)
{
	size_t from = start_offset(table, token);
	size_t to;

	while (from > 0 && !ends_line(table, from))
		from--;
	to = from;
	while (table->tokens.text.at[to] == ' ' || table->tokens.text.at[to] == '\t')
		to++;
	return (MigText){table->tokens.text.at + from, to - from};
}

/*
 * Where the text goes on without an item that a comma follows.  Where it shares its line with the
 * one before, a comment above the next one must not come to end that line.
 */
static size_t
end_of_item(const Table *table, Span item)
{
	size_t end = skip_comment(table, end_offset(table, item.to));
	size_t next = skip_space(table, end);
	size_t line = skip_blanks_back(table, start_offset(table, item.from));

	if (next == start_offset(table, item.to + 1) || ends_line(table, line))
		return next;
	return end;
}

/* What is not about the item, between that and its comma or the end; empty: no comment. */
static MigText
kept_behind(const Table *table, Span item)
{
	size_t from = skip_comment(table, end_with_comment(table, item.to - 1));
	size_t to = start_offset(table, item.to);

	return (MigText){table->tokens.text.at + from, skip_space(table, from) == to ? 0 : to - from};
}

/*
 * Takes an item out with its comma and with the comment behind it, if that ends the line; comments
 * above it and above the next one stay.  Of the last item the comma is that before it, and what
 * stands between the two, a comment about the one before, is kept.
 */
static Table *
drop_item(Mig *m, const Table *table, Span item)
{
	size_t from = start_offset(table, item.from);
	size_t to;
	size_t comma;

	if (token_is_char(table->tokens.at[item.to], ','))
		return table_replace(m, table, from, end_of_item(table, item), kept_behind(table, item));
	/* the last one: its comma stands before it, perhaps with a comment of the one before behind */
	to = skip_comment(table, end_with_comment(table, item.to - 1));
	if (!token_is_char(table->tokens.at[item.from - 1], ','))
		return table_replace(m, table, from, to, mig_text(""));
	comma = start_offset(table, item.from - 1);
	from = skip_blanks_back(table, from);
	if (ends_line(table, from) && ends_line(table, to + 1))
		to++;
	return table_replace(
		m, table, comma, to,
		(MigText){table->tokens.text.at + comma + 1, from > comma ? from - comma - 1 : 0});
}

/*
 * The whole item, from comma to comma.  Constraints of the table may stand one behind another with
 * no comma between them: then the item has several, and is not dropped with one.
 */
static Span
item_of(const Table *table, const Clause *clause)
{
	Span item = clause->span;

	while (item.from > table->open + 1 && !token_is_char(table->tokens.at[item.from - 1], ',') &&
		   clause->column == NO_COLUMN)
		item.from--;
	item.to = tokens_item_end(&table->tokens, clause->span.to);
	return item;
}

/*
 * A table's constraint goes as an item where it is one; a column's, or one of several in an item,
 * goes with one blank.
 */
Table *
table_drop_clause(Mig *m, const Table *table, const Clause *clause)
{
	size_t from = start_offset(table, clause->span.from);
	size_t to = end_offset(table, clause->span.to - 1);

	if (clause->column == NO_COLUMN)
	{
		Span item = item_of(table, clause);

		if (item.from == clause->span.from && item.to == clause->span.to)
			return drop_item(m, table, item);
	}
	/* with the white space before it, unless a comment ends there */
	if (end_offset(table, clause->span.from - 1) + 1 == from)
		from--;
	else if (to < table->tokens.text.len && table->tokens.text.at[to] == ' ')
		to++;
	return table_replace(m, table, from, to, mig_text(""));
}

/* The clauses of the column stand inside of its definition and go with it. */
Table *
table_drop_column(Mig *m, const Table *table, size_t column)
{
	return drop_item(m, table, table->columns[column].span);
}

bool
table_drop_is_plain(const Table *table, size_t column)
{
	Span item = table->columns[column].span;
	size_t end = end_offset(table, item.to);

	if (kept_behind(table, item).len > 0)
		return false;
	if (column + 1 < table->ncolumns)
		return end_of_item(table, item) == start_offset(table, item.to + 1);
	if (skip_space(table, end_offset(table, item.from - 1)) != start_offset(table, item.from))
		return false;
	return item.to == table->close || skip_comment(table, end) == end;
}

bool
table_add_is_plain(const Table *table)
{
	size_t behind = table->columns[table->ncolumns - 1].span.to;
	size_t end = end_offset(table, behind);

	return behind == table->close || skip_comment(table, end) == end;
}

/*
 * Behind the comments that belong to the item before: that of COMMENT ON, and one that ends its
 * line, which a line of its own follows then.
 */
static Table *
add_item(Mig *m, const Table *table, size_t behind, MigText definition)
{
	bool last = !token_is_char(table->tokens.at[behind + 1], ',');
	size_t at = last ? end_with_comment(table, behind) : end_offset(table, behind + 1);
	size_t end = skip_comment(table, at);
	MigText comment = {table->tokens.text.at + at, end - at};
	MigText indent = indent_of(table, behind);
	const char *blanks = comment.len ? mig_format(m, "\n%.*s", MIG_ARG(indent)) : " ";
	return table_replace(m, table, at, end,
						 mig_text(mig_format(m, "%s%.*s%s%.*s%s", last ? "," : "", MIG_ARG(comment),
											 blanks, MIG_ARG(definition), last ? "" : ",")));
}

Table *
table_add_column(Mig *m, const Table *table, MigText definition)
{
	return add_item(m, table, table->columns[table->ncolumns - 1].span.to - 1, definition);
}

Table *
table_add_constraint(Mig *m, const Table *table, MigText definition)
{
	return add_item(m, table, table->close - 1, definition);
}
