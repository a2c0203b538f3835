/*
 * common.h - what core files share among themselves, grouped under the file
 * that holds it.  No adapter includes this.
 */
#ifndef COMMON_H
#define COMMON_H

#include "migrate.h"

/* ---- characters: those of ASCII alone, whatever the locale is ---- */

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

static inline char
to_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
}

/* ---- buf.c ---- */

/* Without the blanks around it. */
extern MigText text_trim(MigText text);
/* Does the one stand anywhere in the other? */
extern bool text_has(MigText text, MigText what);
/* Of MigText, for qsort() and bsearch(). */
extern int text_compare(const void *a, const void *b);
/* What would end a comment of one line becomes a blank: names may have a line feed. */
extern MigText text_one_line(Mig *m, MigText text);

/* ---- lexer.c: SQL tokens ---- */

/*
 * Which quotes there are.  LEX_BOTH is for text that either engine may run:
 * dollar quotes and E'' as in PostgreSQL, `x` as in SQLite, [ is punctuation.
 */
typedef enum Dialect
{
	LEX_BOTH,
	LEX_POSTGRESQL,
	LEX_SQLITE
} Dialect;

typedef enum TokenKind
{
	TOKEN_END,
	TOKEN_SPACE,
	TOKEN_COMMENT, /* to the end of its line (line feed not included), or a block */
	TOKEN_WORD,    /* identifier or key word, not quoted */
	TOKEN_QUOTED,  /* identifier in "", `` or [] */
	TOKEN_STRING,  /* '' or E'' or $$ $$ */
	TOKEN_NUMBER,
	TOKEN_OTHER /* one character */
} TokenKind;

typedef struct Token
{
	TokenKind kind;
	MigText text;
	int line;  /* on which it begins, from 1 */
	bool open; /* a quote or block comment that the text's end cuts off */
} Token;

typedef struct Lexer
{
	MigText rest;
	Dialect dialect;
	int line;
} Lexer;

extern Lexer lexer(MigText text, Dialect dialect, int line);
/* The next token, white space and comments included; TOKEN_END at the end. */
extern Token lexer_next(Lexer *lexer);
/* The next token that is neither white space nor comment. */
extern Token lexer_next_word(Lexer *lexer);

/*
 * The next statement of SQLite, from its first token up to its ";"; without one, up to the text's
 * last token.  gap: what stands before it (white space, comments, further ";").  A trigger's body
 * is part of its statement, as for sqlite3_complete().  False: there is none, only a gap.
 */
extern bool lexer_next_statement(Lexer *lexer, MigText *gap, MigText *statement);

/* Is the token this word?  word: in upper case. */
extern bool token_is(const Token *token, const char *word);

/* ---- sha256.c ---- */

typedef struct Sha256
{
	uint32_t state[8];
	uint64_t total;
	unsigned char block[64];
} Sha256;

extern void sha256_init(Sha256 *s);
extern void sha256_add(Sha256 *s, MigText text);
extern MigText sha256_hex(Mig *m, Sha256 *s);

/* ---- script.c ---- */

extern void script_check_revision_id(Mig *m, MigText id); /* 22023 */
typedef struct Script Script;

/* A script of one revision; NULL where it cannot be read or has several. */
extern const Script *script_read(Mig *m, MigText text);
extern const MigRevision *script_revision(const Script *script);
/* As mig_script_section(). */
extern MigSection script_section(Mig *m, const Script *script, MigDirection direction,
								 MigEngine engine);

/* ---- graph.c ---- */

/*
 * Everything that is wrong with a set of revisions, each as an error that
 * mig_graph() would raise; mig_store_verify() lists them.
 */
typedef struct Problem
{
	MigText revision; /* the one to name, null if several */
	MigError error;
	struct Problem *next;
} Problem;

extern Problem *graph_problems(Mig *m, MigRevisions revisions);

#endif
