/*
 * backfill.c - an UPDATE in batches, a transaction each
 *
 * The batches are in the order of the primary key.  Where one ends is kept in
 * migrate_position, in the batch's own transaction: so every row is changed
 * once, whenever the call is interrupted.  The row there is also the lock: a
 * second session with the same call takes turns with the first.
 *
 * Keys are carried as text and cast to their columns' types.  Times are made
 * text as in JSON, which no setting changes: the next call may be made with
 * other settings.
 *
 * The last transaction, which takes the position away, is left open for the
 * CALL's end: a worker process records its statement there.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "compat.h"
#include "migrate.h"
#include "run.h"

/* A column of the primary key. */
typedef struct KeyColumn
{
	const char *name; /* quoted */
	const char *type;
	bool is_time;
} KeyColumn;

/* A CALL of migrate_backfill(). */
typedef struct Backfill
{
	Attempt attempt; /* first: a batch */
	Call *call;
	MigBackfill b; /* the relation as the server names it */
	MigText given; /* as it was given */
	MigText id;    /* of its row in migrate_position: what it was called with */
	KeyColumn *keys;
	int nkeys;
	int64 estimate;   /* rows of the table, 0: not known */
	MigList position; /* last key that is done, a text for each column; none: at the begin */
	int64 rows;       /* changed so far, also by earlier calls */
	bool done;        /* no batch is left, or somebody else has ended it */
} Backfill;

/* ---- the table ---- */

/*
 * A row for each column of the primary key, in the key's order (without those of INCLUDE), each
 * with the table's name as it is shown and in full, and its estimated rows.  $1 is the table as
 * the user wrote it: regclass resolves it by the search_path, and raises where there is none.
 */
static const char key_columns[] =
	"SELECT c.oid::pg_catalog.regclass::text, "
	"pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), "
	"pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod), "
	"t.typcategory = 'D', greatest(c.reltuples, 0)::bigint "
	"FROM pg_catalog.pg_class c "
	"JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
	"JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary, "
	"pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) "
	"JOIN pg_catalog.pg_attribute a ON a.attnum = k.attnum "
	"JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
	"WHERE a.attrelid = c.oid AND c.oid = $1::pg_catalog.regclass "
	"AND k.place <= i.indnkeyatts ORDER BY k.place";

/* Column i, from 1, of the rows that SPI has; a copy in the call's memory, null for NULL. */
static MigText
column(Call *call, uint64 row, int i)
{
	return mig_copy(&call->mig,
					mig_text(SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, i)));
}

/*
 * The primary key's columns; 42P01 for a table that is not there, 55000 without a key.  The name
 * is replaced by the full one: the key of migrate_position must not depend on a search_path.
 */
static void
load_table(Backfill *f)
{
	Call *call = f->call;
	Datum value = CStringGetTextDatum(f->b.relation.at);

	SPI_execute_with_args(key_columns, 1, (Oid[]){TEXTOID}, &value, NULL, false, 0);
	if (SPI_processed == 0)
		mig_backfill_fail_key(&call->mig, &f->b);
	f->nkeys = (int) SPI_processed;
	f->keys = mig_alloc(&call->mig, SPI_processed, sizeof(KeyColumn));
	for (int i = 0; i < f->nkeys; i++)
		f->keys[i] = (KeyColumn){column(call, (uint64) i, 3).at, column(call, (uint64) i, 4).at,
								 column(call, (uint64) i, 5).at[0] == 't'};
	f->b.relation = column(call, 0, 2);
	f->estimate = strtoll(column(call, 0, 6).at, NULL, 10);
}

/* ---- the statement of a batch ---- */

/*
 * A list with one item for each column of the key, between two texts.  In the format: N the
 * column's name, I its number from 1, T its type.
 */
static void
add_keys(MigBuf *buf, const Backfill *f, const char *before, const char *format, const char *after)
{
	mig_buf_str(buf, before);
	for (int i = 0; i < f->nkeys; i++)
	{
		const KeyColumn *key = &f->keys[i];

		if (i > 0)
			mig_buf_str(buf, ", ");
		for (const char *c = format; *c; c++)
		{
			if (*c == 'N')
				mig_buf_str(buf, key->name);
			else if (*c == 'I')
				mig_buf_format(buf, "%d", i + 1);
			else if (*c == 'T')
				mig_buf_str(buf, key->type);
			else
				mig_buf_add(buf, (MigText){c, 1});
		}
	}
	mig_buf_str(buf, after);
}

/* The last key as text, for migrate_position; a time as JSON has it, see above. */
static void
add_last(MigBuf *buf, const Backfill *f)
{
	for (int i = 0; i < f->nkeys; i++)
		mig_buf_format(
			buf, f->keys[i].is_time ? ", pg_catalog.to_json(k%d) #>> '{}'" : ", k%d::text", i + 1);
}

/*
 * "batch" chooses and locks the rows, so that the batch is what it was when it was chosen; the
 * keys are compared as a row, which an index on them serves.  "changed" is the UPDATE; whether it
 * has moved a key, which would be met again or skipped, is asked there.  The answer is one row:
 * how many were chosen, how many changed, whether one moved, and the last key; none where there
 * is no batch.  The clauses are the user's and end their lines: they may end in a comment.
 */
static const char *
batch_sql(const Backfill *f, bool behind)
{
	MigBuf buf = mig_buf(&f->call->mig);
	MigText relation = f->b.relation;

	mig_buf_str(&buf, "WITH batch");
	add_keys(&buf, f, "(", "kI", ") AS MATERIALIZED (SELECT ");
	add_keys(&buf, f, "", "N", "");
	mig_buf_format(&buf, " FROM %.*s WHERE true", MIG_ARG(relation));
	if (behind)
	{
		add_keys(&buf, f, " AND (", "N", ") > ");
		add_keys(&buf, f, "(", "$I::T", ")");
	}
	if (f->b.where.at)
		mig_buf_format(&buf, " AND (%.*s\n)", MIG_ARG(f->b.where));
	add_keys(&buf, f, " ORDER BY ", "N", "");
	mig_buf_format(&buf, " LIMIT %d FOR UPDATE), ", f->b.batch_size);
	mig_buf_format(&buf, "changed AS (UPDATE %.*s SET %.*s\nFROM batch WHERE ", MIG_ARG(relation),
				   MIG_ARG(f->b.set));
	add_keys(&buf, f, "(", "N", ") = ");
	add_keys(&buf, f, "(", "batch.kI", ") RETURNING ");
	add_keys(&buf, f, "(", "N", ") IS DISTINCT FROM ");
	add_keys(&buf, f, "(", "batch.kI", ") AS moved) ");
	mig_buf_str(&buf, "SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM changed), "
					  "(SELECT coalesce(bool_or(moved), false) FROM changed)");
	add_last(&buf, f);
	add_keys(&buf, f, " FROM batch ORDER BY ", "batch.kI DESC", " LIMIT 1");
	return mig_buf_text(&buf).at;
}

/* ---- a batch ---- */

/*
 * Changes a batch; returns the number of its rows, as chosen: less than batch_size is the last
 * one.  Rows that a trigger has kept from being changed are chosen but not counted in "rows".
 */
static int64
change_batch(Backfill *f)
{
	Call *call = f->call;
	Datum *values = mig_alloc(&call->mig, (size_t) f->nkeys, sizeof(Datum));
	Oid *types = mig_alloc(&call->mig, (size_t) f->nkeys, sizeof(Oid));
	bool behind = f->position.n == (size_t) f->nkeys;

	for (int i = 0; behind && i < f->nkeys; i++)
	{
		types[i] = TEXTOID;
		values[i] = PointerGetDatum(
			cstring_to_text_with_len(f->position.at[i].at, (int) f->position.at[i].len));
	}
	if (SPI_execute_with_args(batch_sql(f, behind), behind ? f->nkeys : 0, types, values, NULL,
							  false, 0) < 0)
		call_raise(call, MIG_INTERNAL, "could not run a batch", NULL, NULL);
	if (SPI_processed == 0)
		return 0;
	if (column(call, 0, 3).at[0] == 't')
		mig_backfill_fail_moved(&call->mig);
	f->rows += strtoll(column(call, 0, 2).at, NULL, 10);
	f->position =
		(MigList){mig_alloc(&call->mig, (size_t) f->nkeys, sizeof(MigText)), (size_t) f->nkeys};
	for (int i = 0; i < f->nkeys; i++)
		f->position.at[i] = column(call, 0, 4 + i);
	return strtoll(column(call, 0, 1).at, NULL, 10);
}

/*
 * Takes turns with whoever else has made the same call: the row of migrate_position is locked,
 * and says where the other one is.  Where it is gone the other one has ended it.  The memory is
 * the batch's own, f->position in it: the next batch reads that again.
 */
static void
run_batch(Attempt *attempt)
{
	Backfill *f = (Backfill *) attempt;
	Call *outer = f->call;

	f->call = call_nested(outer);
	attempt_limit_lock_waits();
	f->done = !store_load_position(f->call, f->id, &f->position, &f->rows) ||
			  change_batch(f) < f->b.batch_size;
	if (f->done)
		store_end_position(f->call, f->id);
	else
		store_move_position(f->call, f->id, f->position, f->rows);
	call_drop(f->call);
	f->call = outer;
}

/* ---- all batches ---- */

/*
 * progress.c reads this text.  With a WHERE nobody knows how many rows there are; an estimate may
 * be too low, and what is not done is never 100 %.
 */
static void
tell_activity(const Backfill *f)
{
	const char *relation = f->b.relation.at;
	char text[NAMEDATALEN * 4];

	if (f->estimate > 0 && f->b.where.at == NULL)
		snprintf(text, sizeof(text), "migrate: backfill of %s, %lld rows (%d %%)", relation,
				 (long long) f->rows, (int) Min(99, 100 * f->rows / f->estimate));
	else
		snprintf(text, sizeof(text), "migrate: backfill of %s, %lld rows", relation,
				 (long long) f->rows);
	pgstat_report_activity(STATE_RUNNING, text);
}

/* A batch, a commit, a pause without a snapshot. */
static void
run_batches(Backfill *f)
{
	while (!f->done)
	{
		ErrorData *error;

		attempt_begin();
		error = attempt_run(&f->attempt);
		if (error)
			ReThrowError(error);
		if (f->done)
			break;
		attempt_commit();
		tell_activity(f);
		f->attempt.n = 0;
		attempt_sleep((int) (f->b.pause * 1000));
	}
	attempt_leave_open();
}

/*
 * The row of migrate_position is committed before the first batch, which locks it.  b.relation is
 * what the server names; the answer has it as it was given.
 */
void
backfill(Call *call, MigBackfill b)
{
	Backfill *f = mig_alloc(&call->mig, 1, sizeof(Backfill));

	*f = (Backfill){.attempt = {.call = call, .what = "batch", .work = run_batch},
					.call = call,
					.b = b,
					.given = b.relation};
	mig_backfill_check(&call->mig, &b);
	run_check_writable(call, "backfill");
	load_table(f);
	f->id = mig_backfill_id(&call->mig, &f->b);
	store_begin_position(call, f->id, &f->b);
	SPI_commit();
	SPI_start_transaction();
	tell_activity(f);
	run_batches(f);
	b.relation = f->given;
	ereport(NOTICE, (errmsg_internal("%s", mig_backfill_line(&call->mig, &b, f->rows).at)));
	pgstat_report_activity(STATE_RUNNING, debug_query_string);
}
