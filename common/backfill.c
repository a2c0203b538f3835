/*
 * backfill.c - the sentences and the identity of a backfill, for both engines
 *
 * A backfill is told from others by what it was called with; its position is
 * kept under that name until it has ended, so that the same call goes on.
 */
#include "common.h"

#include <string.h>

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

void
mig_backfill_check(Mig *m, const MigBackfill *b)
{
	if (b->batch_size < 1)
		mig_raise(m, &(MigError){MIG_INVALID_VALUE, "batch_size must be at least 1", NULL, NULL,
								 NULL});
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
	mig_raise(m, &(MigError){MIG_WRONG_STATE,
							 mig_format(m, "table \"%.*s\" has no primary key",
										MIG_ARG(b->relation)),
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
	return mig_text(mig_format(m, "backfilled %lld rows of %.*s", (long long) rows,
							   MIG_ARG(b->relation)));
}
