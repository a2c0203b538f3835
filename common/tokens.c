/*
 * tokens.c - a statement's tokens as an array, names and quotes
 */
#include "table.h"

#include <string.h>

/* Ends the text in a character, of either case? */
static bool
ends_in(MigText text, char c)
{
	return text.len > 0 && (text.at[text.len - 1] | 0x20) == (c | 0x20);
}

/*
 * Does a token that follows another without a gap belong to the same literal?
 * The lexer knows digits and strings; here are 1.5, .5, 1.5e-3 and x'00'.
 */
static bool
continues_literal(const Token *before, const Token *token)
{
	bool number = before->kind == TOKEN_NUMBER;
	bool hex = number && before->text.len > 1 && (before->text.at[1] | 0x20) == 'x';
	bool dot = before->text.at[before->text.len - 1] == '.';

	if (before->text.at + before->text.len != token->text.at || hex)
		return false;
	if (token->kind == TOKEN_STRING)
		return token_spells(*before, "X") && token->text.at[0] == '\'';
	if (token->kind == TOKEN_NUMBER)
		return dot || (number && !ends_in(before->text, 'e') &&
					   strchr("+-", before->text.at[before->text.len - 1]) != NULL);
	if (token->kind == TOKEN_WORD)
		return number && dot && (token->text.at[0] | 0x20) == 'e';
	if (token_is_char(*token, '.'))
		return number && memchr(before->text.at, '.', before->text.len) == NULL;
	return number && ends_in(before->text, 'e') &&
		   (token_is_char(*token, '-') || token_is_char(*token, '+'));
}

/* Text cut off in a quote or a comment ends in an open token, which is no name. */
Tokens
tokens_read(Mig *m, MigText text)
{
	Tokens tokens = {text, NULL, 0};
	Lexer l = lexer(text, LEX_SQLITE, 1);

	for (;;)
	{
		Token token = lexer_next_word(&l);

		if (tokens.n > 0 && continues_literal(&tokens.at[tokens.n - 1], &token))
		{
			tokens.at[tokens.n - 1].kind = TOKEN_NUMBER;
			tokens.at[tokens.n - 1].text.len += token.text.len;
			continue;
		}
		tokens.at = mig_grow(m, tokens.at, tokens.n, sizeof(Token));
		tokens.at[tokens.n] = token;
		if (token.kind == TOKEN_END)
			return tokens;
		tokens.n++;
	}
}

/* TRUE and FALSE are values to SQLite since 3.23; a quoted name is bare as well. */
bool
token_is_bare(Token token)
{
	static const char *const values[] = {"NULL",         "TRUE",         "FALSE",
										 "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (token_spells(token, values[i]))
			return false;
	return token.kind == TOKEN_QUOTED || token.kind == TOKEN_WORD;
}

/* Only ASCII letters fold: SQLite compares names so, whatever the database's encoding is. */
bool
name_same(MigText a, MigText b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (to_lower(a.at[i]) != to_lower(b.at[i]))
			return false;
	return true;
}

bool
name_in(MigList names, MigText name)
{
	for (size_t i = 0; i < names.n; i++)
		if (name_same(names.at[i], name))
			return true;
	return false;
}

bool
token_spells(Token token, const char *word)
{
	return token_is(&token, word);
}

/* Operators are read character by character; none that matters here has two. */
bool
token_is_char(Token token, char c)
{
	return token.kind == TOKEN_OTHER && token.text.at[0] == c;
}

bool
token_is_name(Token token)
{
	return !token.open && (token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED ||
						   (token.kind == TOKEN_STRING && token.text.at[0] == '\''));
}

/*
 * A doubled quote inside stands for one.  A word is its own name: SQLite keeps its letters' case.
 */
MigText
token_name(Mig *m, Token token)
{
	MigBuf buf = mig_buf(m);
	MigText text = token.text;

	if (token.kind == TOKEN_WORD)
		return text;
	for (size_t i = 1; i + 1 < text.len; i++)
	{
		mig_buf_add(&buf, (MigText){text.at + i, 1});
		if (text.at[i] == text.at[0] && text.at[0] != '[') /* doubled: it stands for itself */
			i++;
	}
	return mig_buf_text(&buf);
}

/* Counted, not recursed into: whoever wrote the text chose the depth. */
size_t
tokens_close(const Tokens *tokens, size_t open)
{
	int depth = 0;

	for (size_t i = open; i < tokens->n; i++)
	{
		depth += token_is_char(tokens->at[i], '(');
		depth -= token_is_char(tokens->at[i], ')');
		if (depth == 0)
			return i;
	}
	return tokens->n;
}

/*
 * What stands in parentheses is skipped as a whole.  Not behind the end, so the token there can be
 * asked.
 */
size_t
tokens_item_end(const Tokens *tokens, size_t from)
{
	size_t i = from;

	while (i < tokens->n && !token_is_char(tokens->at[i], ',') &&
		   !token_is_char(tokens->at[i], ')') && !token_is_char(tokens->at[i], ';'))
		i = token_is_char(tokens->at[i], '(') ? tokens_close(tokens, i) + 1 : i + 1;
	return i < tokens->n ? i : tokens->n;
}

static const char *
end_of(Token token)
{
	return token.text.at + token.text.len;
}

/* Comments between the tokens are part of it, comments around it are not. */
MigText
tokens_text(const Tokens *tokens, Span span)
{
	const char *from = tokens->at[span.from].text.at;

	if (span.to <= span.from)
		return mig_text("");
	return (MigText){from, (size_t) (end_of(tokens->at[span.to - 1]) - from)};
}

/* A function or a collation may have the column's name; a string alone may be the column. */
static bool
is_column_at(Mig *m, const Tokens *tokens, Span span, size_t i, MigText column)
{
	Token token = tokens->at[i];

	if (!token_is_name(token) || !name_same(token_name(m, token), column))
		return false;
	if (token.kind == TOKEN_STRING)
		return i == span.from || token_is_char(tokens->at[i - 1], ',') ||
			   token_is_char(tokens->at[i - 1], '(');
	if (i == span.from)
		return !token_is_char(tokens->at[i + 1], '(');
	return (!token_is_char(tokens->at[i + 1], '(') || token_spells(tokens->at[i - 1], "INTO")) &&
		   !token_spells(tokens->at[i - 1], "COLLATE");
}

/* A column of another table may have the name, too: this says yes rather than no. */
bool
tokens_mention(Mig *m, const Tokens *tokens, Span span, MigText column)
{
	for (size_t i = span.from; i < span.to; i++)
		if (is_column_at(m, tokens, span, i, column))
			return true;
	return false;
}
