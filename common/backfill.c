/*
 * backfill.c - the sentences and the identity of a backfill, for both engines
 *
 * A backfill is told from others by what it was called with; its position is
 * kept under that name until it has ended, so that the same call goes on.
 */
#include "table.h"

#include <string.h>

/*
 * With a NUL between the parts, so that no two calls give the same text; batch size and pause may
 * change from call to call.
 */
MigText
mig_backfill_id(Mig *m, const MigBackfill *b)
{
	MigBuf buf = mig_buf(m);

	mig_buf_add(&buf, b->relation);
	mig_buf_add(&buf, (MigText){"", 1});
	mig_buf_add(&buf, b->set);
	mig_buf_add(&buf, (MigText){"", 1});
	mig_buf_add(&buf, b->where);
	return mig_sha256(m, mig_buf_text(&buf));
}

/* !(pause >= 0), as a NaN is neither above nor below. */
void
mig_backfill_check(Mig *m, const MigBackfill *b)
{
	if (b->batch_size < 1)
		mig_raise(
			m, &(MigError){MIG_INVALID_VALUE, "batch_size must be at least 1", NULL, NULL, NULL});
	if (!(b->pause >= 0 && b->pause <= 3600))
		mig_raise(m, &(MigError){MIG_INVALID_VALUE, "pause must be from 0 to 3600 seconds", NULL,
								 NULL, NULL});
	if (b->set.len == 0)
		mig_raise(m, &(MigError){MIG_INVALID_VALUE, "set_clause is empty", NULL,
								 "Give what would stand behind SET in an UPDATE.", NULL});
}

void
mig_backfill_fail_key(Mig *m, const MigBackfill *b)
{
	mig_raise(m,
			  &(MigError){MIG_WRONG_STATE,
						  mig_format(m, "table \"%.*s\" has no primary key", MIG_ARG(b->relation)),
						  "The batches are taken in its order.",
						  "Use UPDATE, or add a primary key.", NULL});
}

void
mig_backfill_fail_moved(Mig *m)
{
	mig_raise(m, &(MigError){MIG_UNSUPPORTED, "a backfill must not change the primary key",
							 "The batches are taken in its order.", "Use UPDATE.", NULL});
}

MigText
mig_backfill_line(Mig *m, const MigBackfill *b, int64_t rows)
{
	return mig_text(
		mig_format(m, "backfilled %lld rows of %.*s", (long long) rows, MIG_ARG(b->relation)));
}

/* A name without its quotes; the doubled ones inside stay, which no sane column has. */
static MigText
bare_name(Token token)
{
	if (token.kind == TOKEN_QUOTED && token.text.len >= 2)
		return (MigText){token.text.at + 1, token.text.len - 2};
	return token.text;
}

/*
 * "a = 1, (b, c) = (2, 3)": what stands before "=" on the outside, in parentheses or without.  For
 * SQLite, where an update of the key would make rows be met again.
 */
bool
mig_backfill_assigns(Mig *m, MigText set, MigText column)
{
	Lexer l = lexer(set, LEX_SQLITE, 1);
	bool target = true;
	int depth = 0;

	(void) m;
	for (Token t = lexer_next_word(&l); t.kind != TOKEN_END; t = lexer_next_word(&l))
	{
		char c = t.kind == TOKEN_OTHER ? t.text.at[0] : 0;

		depth += (c == '(') - (c == ')');
		if (c == '=' && depth == 0)
			target = false;
		else if (c == ',' && depth == 0)
			target = true;
		else if (target && name_same(bare_name(t), column))
			return true;
	}
	return false;
}

/*
 * The two names are parts of b->relation: nothing is looked up, so that it works in a database
 * that has no such table.
 */
void
mig_backfill_relation(Mig *m, const MigBackfill *b, MigText *schema, MigText *name)
{
	Lexer l = lexer(b->relation, LEX_SQLITE, 1);
	Token first = lexer_next_word(&l);
	Token dot = lexer_next_word(&l);
	bool plain = dot.kind == TOKEN_END;
	Token second = plain ? first : lexer_next_word(&l);

	if ((first.kind != TOKEN_WORD && first.kind != TOKEN_QUOTED) ||
		(second.kind != TOKEN_WORD && second.kind != TOKEN_QUOTED) ||
		(!plain && !(dot.kind == TOKEN_OTHER && dot.text.at[0] == '.')) ||
		lexer_next_word(&l).kind != TOKEN_END)
		mig_raise(m, &(MigError){
						 MIG_INVALID_VALUE,
						 mig_format(m, "\"%.*s\" is not the name of a table", MIG_ARG(b->relation)),
						 NULL, "Write it as in SQL, quoted where that is needed.", NULL});
	*schema = plain ? (MigText){NULL, 0} : bare_name(first);
	*name = bare_name(second);
}
