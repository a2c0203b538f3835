/*
 * tokens.c - a statement's tokens as an array, names and quotes
 */
#include "table.h"

#include <string.h>

/* Text cut off in a quote or a comment ends in an open token, which is no name. */
Tokens
tokens_read(Mig *m, MigText text)
{
	Tokens tokens = {text, NULL, 0};
	size_t room = 64;
	Lexer l = lexer(text, LEX_SQLITE, 1);

	tokens.at = mig_alloc(m, room, sizeof(Token));
	for (;;)
	{
		Token token = lexer_next_word(&l);

		if (tokens.n == room)
		{
			Token *at = mig_alloc(m, room *= 2, sizeof(Token));

			memcpy(at, tokens.at, tokens.n * sizeof(Token));
			tokens.at = at;
		}
		tokens.at[tokens.n] = token;
		if (token.kind == TOKEN_END)
			return tokens;
		tokens.n++;
	}
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
		if (text.at[i] == text.at[0]) /* doubled: it stands for itself */
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
	return !token_is_char(tokens->at[i + 1], '(') &&
		   (i == span.from || !token_spells(tokens->at[i - 1], "COLLATE"));
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
