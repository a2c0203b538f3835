/*
 * backfill.c - an UPDATE in batches
 *
 * The batches are in the order of the primary key; where the last one ended is
 * kept in migrate_position, as SQL literals, in the batch's own transaction: so
 * every row is changed once, whenever the call is interrupted.  In a transaction
 * of the caller's nothing is committed between them.
 *
 * As a statement of a revision outside of a transaction, the position stays
 * until the statement is recorded, which removes it.
 */
#include "sqlite.h"

#include <string.h>

/* A call of migrate_backfill().  What is said to be SQL is put into statements as it is. */
typedef struct Backfill
{
	Call *call;
	MigBackfill b;
	MigText id;
	MigText table;    /* quoted */
	MigText keys;     /* names, quoted, with commas */
	MigText nulls;    /* a condition: one of them is null */
	MigText literals; /* an expression: the keys of a row as SQL literals, with commas */
	MigText position; /* null: at the begin */
	int64_t rows;
	bool begun; /* by us: when the position is gone, another process has ended it */
} Backfill;

/*
 * The user's SQL.  A ";" in a clause would leave the rest of the statement away:
 * the WHERE above all.
 */
static void
prepare_whole(Call *call, const char *sql)
{
	const char *tail = NULL;

	if (sqlite3_prepare_v2(call->db, sql, -1, &call->statement, &tail) != SQLITE_OK)
		call_raise_engine(call);
	if (*tail)
		call_raise(call, "42601", "set_clause has more than one statement", NULL,
				   "Give what would stand behind SET in an UPDATE.");
}

/* ---- the table ---- */

/* 0A000 where the clause assigns to it: a row that moves would be met again, or never. */
static void
add_key(Backfill *f, MigText name, MigLines *keys, MigLines *nulls, MigLines *literals)
{
	Mig *m = &f->call->mig;
	MigText key = mig_quoted_name(m, name);

	if (mig_backfill_assigns(m, f->b.set, name))
		mig_backfill_fail_moved(m);
	mig_lines_add(keys, key);
	mig_lines_add(nulls, mig_text(mig_format(m, "%.*s IS NULL", MIG_ARG(key))));
	mig_lines_add(literals, mig_text(mig_format(m, "quote(%.*s)", MIG_ARG(key))));
}

/*
 * An unknown table is SQLite's own error.  Without a primary key of the user's there is no order
 * that stays: a rowid may change with VACUUM.
 */
static void
find_keys(Backfill *f)
{
	Call *call = f->call;
	Mig *m = &call->mig;
	MigText schema;
	MigText name;
	MigLines keys = mig_lines(m);
	MigLines nulls = mig_lines(m);
	MigLines literals = mig_lines(m);

	mig_backfill_relation(m, &f->b, &schema, &name);
	f->table = mig_quoted_name(m, name);
	if (schema.at)
		f->table =
			mig_text(mig_format(m, "%s.%.*s", mig_quoted_name(m, schema).at, MIG_ARG(f->table)));
	prepare_whole(call, mig_format(m, "SELECT 1 FROM %.*s", MIG_ARG(f->table)));
	db_finish(call);
	db_prepare(call, "SELECT name FROM pragma_table_xinfo(?1, ?2) WHERE pk > 0 ORDER BY pk");
	db_bind_text(call, 1, name);
	db_bind_text(call, 2, schema);
	while (db_step(call))
		add_key(f, db_text(call, 0), &keys, &nulls, &literals);
	db_finish(call);
	if (keys.list.n == 0)
		mig_backfill_fail_key(m, &f->b);
	f->keys = mig_join(m, keys.list, ", ");
	f->nulls = mig_join(m, nulls.list, " OR ");
	f->literals = mig_join(m, literals.list, " || ', ' || ");
}

/* SQLite takes nulls in most primary keys, and no comparison would find such a row. */
static void
check_no_nulls(Backfill *f)
{
	Call *call = f->call;
	Mig *m = &call->mig;
	bool found;

	db_prepare(call, mig_format(m, "SELECT 1 FROM %.*s WHERE %.*s LIMIT 1", MIG_ARG(f->table),
								MIG_ARG(f->nulls)));
	found = db_step(call);
	db_finish(call);
	if (found)
		call_raise(call, MIG_WRONG_STATE, "primary key has nulls", NULL, "Use UPDATE.");
}

/* ---- a batch ---- */

/*
 * The rows behind the position that the clause means; the clause may end in a comment, so its
 * line ends before the parenthesis.
 */
static void
add_where(MigBuf *buf, const Backfill *f)
{
	mig_buf_str(buf, " WHERE true");
	if (f->position.len > 0)
		mig_buf_format(buf, " AND (%.*s) > (%.*s)", MIG_ARG(f->keys), MIG_ARG(f->position));
	if (f->b.where.at)
		mig_buf_format(buf, " AND (%.*s\n)", MIG_ARG(f->b.where));
}

/*
 * Where the next batch ends, as literals; null: there is none.  The rows are numbered, so that
 * one query says both the last key and how many there are.
 */
static MigText
next_end(Backfill *f, int64_t *n)
{
	Call *call = f->call;
	MigBuf buf = mig_buf(&call->mig);
	MigText end = {NULL, 0};

	mig_buf_format(&buf,
				   "SELECT %.*s, n FROM (SELECT *, row_number() OVER () AS n FROM "
				   "(SELECT %.*s FROM %.*s",
				   MIG_ARG(f->literals), MIG_ARG(f->keys), MIG_ARG(f->table));
	add_where(&buf, f);
	mig_buf_format(&buf, " ORDER BY %.*s LIMIT %d)) ORDER BY n DESC LIMIT 1", MIG_ARG(f->keys),
				   f->b.batch_size);
	prepare_whole(call, mig_buf_text(&buf).at);
	if (db_step(call))
	{
		end = db_text(call, 0);
		*n = sqlite3_column_int64(call->statement, 1);
	}
	db_finish(call);
	return end;
}

/* From behind the position to the batch's end, not key by key: in between nobody else writes. */
static void
update_rows(Backfill *f, MigText end)
{
	Call *call = f->call;
	MigBuf buf = mig_buf(&call->mig);

	mig_buf_format(&buf, "UPDATE %.*s SET %.*s\n", MIG_ARG(f->table), MIG_ARG(f->b.set));
	add_where(&buf, f);
	mig_buf_format(&buf, " AND (%.*s) <= (%.*s)", MIG_ARG(f->keys), MIG_ARG(end));
	prepare_whole(call, mig_buf_text(&buf).at);
	while (db_step(call))
		;
	db_finish(call);
	f->rows += sqlite3_changes(call->db);
}

/*
 * Is it the last one?  The position is read again in each batch, since the lock was not ours
 * between two of them.
 */
static bool
run_rows(Backfill *f)
{
	Call *call = f->call;
	int64_t n = 0;
	MigText end;

	outside_check_alone(call);
	if (!store_load_position(call, f->id, &f->position, &f->rows) && f->begun)
		return true;
	f->begun = true;
	end = next_end(f, &n);
	if (n > 0)
	{
		update_rows(f, end);
		store_move_position(call, f->id, &f->b, end, f->rows);
	}
	return n < f->b.batch_size;
}

/* ---- all batches ---- */

/* With memory of its own; the position is in it, and gone with it. */
static bool
run_next_batch(Backfill *f)
{
	Call *outer = f->call;
	bool last;

	f->call = call_nested(outer);
	last = run_rows(f);
	call_drop(f->call);
	f->call = outer;
	f->position = (MigText){NULL, 0};
	return last;
}

/*
 * In a transaction of the caller's there is no commit between two batches, and so no pause.  A
 * backfill that is a statement of a revision leaves its position to the record of that statement:
 * if both were not in one transaction, a crash between them would change every row again.
 */
MigText
backfill(Call *call, MigBackfill b)
{
	Backfill f = {.call = call, .b = b};
	Connection *connection = call->connection;

	mig_backfill_check(&call->mig, &b);
	call->nests = true;
	find_keys(&f);
	transaction_begin(call, "backfill");
	check_no_nulls(&f);
	f.id = mig_backfill_id(&call->mig, &b);
	while (!run_next_batch(&f))
	{
		if (call->transaction != TRANSACTION_OWN)
			continue;
		transaction_commit(call);
		if (b.pause > 0)
			sqlite3_sleep((int) (b.pause * 1000));
		transaction_begin_again(call);
	}
	if (connection->outside)
		memcpy(connection->backfill, f.id.at, sizeof(connection->backfill) - 1);
	else
		store_end_position(call, f.id);
	return mig_backfill_line(&call->mig, &b, f.rows);
}
