/*
 * statement.c - statements that run outside of a transaction: what each leaves
 * behind when it is interrupted, and what then finishes it
 *
 *   CREATE INDEX CONCURRENTLY       an index that is not valid: dropped, built again
 *   REINDEX CONCURRENTLY            indexes ..._ccnew and ..._ccold: dropped, built again
 *   DROP INDEX CONCURRENTLY         an index that is not valid: dropped again
 *   DETACH PARTITION CONCURRENTLY   a partition that is half detached: FINALIZE
 *
 * VACUUM, ANALYZE, CLUSTER and ALTER SYSTEM can be run again as they are, and
 * all others are one transaction.  A procedure or a DO that commits must see to
 * it by itself, as migrate_backfill() does.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "migrate.h"
#include "run.h"

/* ---- kinds ---- */

/* CREATE INDEX CONCURRENTLY. */
static bool
is_concurrent_index(const Node *tree)
{
	return IsA(tree, IndexStmt) && ((const IndexStmt *) tree)->concurrent;
}

/* An option as any other since 14, which may be off: REINDEX (CONCURRENTLY false). */
#if PG_VERSION_NUM >= 140000
static bool
is_concurrent_reindex(const Node *tree)
{
	ListCell *cell;

	if (!IsA(tree, ReindexStmt))
		return false;
	foreach (cell, ((const ReindexStmt *) tree)->params)
		if (strcmp(((DefElem *) lfirst(cell))->defname, "concurrently") == 0)
			return defGetBoolean((DefElem *) lfirst(cell));
	return false;
}

/* The partition, or NULL.  It is the only action of its statement: the grammar sees to that. */
static const RangeVar *
detached_concurrently(const Node *tree)
{
	const AlterTableStmt *stmt = (const AlterTableStmt *) tree;
	const AlterTableCmd *cmd;

	if (!IsA(tree, AlterTableStmt))
		return NULL;
	cmd = linitial(stmt->cmds);
	if (cmd->subtype != AT_DetachPartition || !((const PartitionCmd *) cmd->def)->concurrent)
		return NULL;
	return ((const PartitionCmd *) cmd->def)->name;
}
#else
static bool
is_concurrent_reindex(const Node *tree)
{
	return IsA(tree, ReindexStmt) && ((const ReindexStmt *) tree)->concurrent;
}

static const RangeVar *
detached_concurrently(const Node *tree)
{
	(void) tree;
	return NULL;
}
#endif

/* DO and CALL may commit inside; VACUUM, CLUSTER and REINDEX may use one for each table. */
bool
statement_is_one_transaction(const Node *tree)
{
	switch (nodeTag(tree))
	{
		case T_VacuumStmt:
		case T_ClusterStmt:
		case T_ReindexStmt:
		case T_CallStmt:
		case T_DoStmt:
			return false;
		case T_DropStmt:
			return !((const DropStmt *) tree)->concurrent;
		default:
			return !is_concurrent_index(tree) && detached_concurrently(tree) == NULL;
	}
}

/* SET LOCAL ends with the statement, which is a transaction of its own. */
bool
statement_is_setting(const Node *tree)
{
	return IsA(tree, VariableSetStmt) && !((const VariableSetStmt *) tree)->is_local;
}

/* The server would choose a name, and nobody could tell which one it was. */
void
statement_check_resumable(Call *call, const Node *tree)
{
	if (is_concurrent_index(tree) && ((const IndexStmt *) tree)->idxname == NULL)
		call_raise(call, MIG_UNSUPPORTED,
				   "CREATE INDEX CONCURRENTLY in a revision must name the index",
				   "When it fails, it leaves an index behind that must be found again.",
				   "Write CREATE INDEX CONCURRENTLY name ON ...");
}

/* ---- what is left ---- */

/* A query on the catalogs, with a text for $1; the first column of its rows. */
static MigList
ask(Call *call, const char *sql, MigText parameter)
{
	Datum value = PointerGetDatum(
		cstring_to_text_with_len(parameter.len ? parameter.at : "", (int) parameter.len));
	MigLines lines = mig_lines(&call->mig);

	if (SPI_execute_with_args(sql, 1, (Oid[]){TEXTOID}, &value, NULL, false, 0) != SPI_OK_SELECT)
		call_raise(call, MIG_INTERNAL, "could not read the catalogs", NULL, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
		mig_lines_add(&lines,
					  mig_copy(&call->mig, mig_text(SPI_getvalue(SPI_tuptable->vals[i],
																 SPI_tuptable->tupdesc, 1))));
	return lines.list;
}

/*
 * Where a new index of that name will be; NULL if something of the name is there.  Only a name
 * that is free can be the one of an index that we have made: nothing else is dropped.
 */
static const char *
new_index_name(Call *call, const IndexStmt *stmt)
{
	Oid table = RangeVarGetRelid(stmt->relation, NoLock, true);
	Oid schema = OidIsValid(table) ? get_rel_namespace(table) : InvalidOid;

	if (!OidIsValid(schema) || OidIsValid(get_relname_relid(stmt->idxname, schema)))
		return NULL;
	return mig_copy(&call->mig,
					mig_text(quote_qualified_identifier(get_namespace_name(schema), stmt->idxname)))
		.at;
}

/*
 * Indexes that REINDEX CONCURRENTLY has made and not finished, but for those of $1, a list.
 * The server appends _ccnew or _ccold, and a number where the name is taken.  Those of others and
 * of TOAST tables cannot be dropped by us.
 */
#define REINDEXED(column)                                                                          \
	"SELECT " column " FROM pg_catalog.pg_index i "                                                \
	"JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "                                          \
	"JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "                                    \
	"WHERE NOT i.indisvalid AND n.nspname <> 'pg_toast' "                                          \
	"AND c.relname ~ '_cc(new|old)[0-9]*$' AND pg_catalog.pg_has_role(c.relowner, 'USAGE') "       \
	"AND i.indexrelid::text <> ALL (pg_catalog.string_to_array($1, ',')) ORDER BY 1"

/* The name $1 itself, if there is an index that is not valid. */
#define INVALID_INDEX                                                                              \
	"SELECT $1 FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass($1) "            \
	"AND NOT indisvalid"

/*
 * Null, or "index s.i", or "reindex" and the numbers of the unfinished indexes that are there
 * now, which are somebody else's: what is there later and not among them is ours.
 */
MigText
statement_may_leave(Call *call, const Node *tree)
{
	Mig *m = &call->mig;

	if (is_concurrent_index(tree))
	{
		const char *name = new_index_name(call, (const IndexStmt *) tree);

		if (name)
			return mig_text(mig_format(m, "index %s", name));
	}
	if (is_concurrent_reindex(tree))
	{
		MigList others = ask(call, REINDEXED("i.indexrelid::text"), mig_text(""));

		return mig_text(mig_format(m, "reindex %s", mig_join(m, others, ",").at));
	}
	return (MigText){NULL, 0};
}

/* The first word of what statement_may_leave() wrote into the log. */
static bool
starts_with(MigText text, const char *word)
{
	return text.len >= strlen(word) && memcmp(text.at, word, strlen(word)) == 0;
}

/*
 * The words before the names are those of statement_may_leave(); a log row is all that there is
 * of it.
 */
MigList
statement_left(Call *call, MigText left)
{
	if (starts_with(left, "index "))
		return ask(call, INVALID_INDEX, (MigText){left.at + 6, left.len - 6});
	if (starts_with(left, "reindex "))
		return ask(call, REINDEXED("pg_catalog.format('%I.%I', n.nspname, c.relname)"),
				   (MigText){left.at + 8, left.len - 8});
	return (MigList){NULL, 0};
}

/* ---- around the statement ---- */

#if PG_VERSION_NUM >= 140000
/* The table's name as the statement has it. */
static const char *
range_name(const RangeVar *range)
{
	return range->schemaname ? quote_qualified_identifier(range->schemaname, range->relname)
							 : quote_identifier(range->relname);
}

/*
 * A detach that was interrupted has committed its first half: the server takes only FINALIZE
 * then.
 */
static bool
detach_pending(Call *call, Oid partition)
{
	return ask(call,
			   "SELECT 't' FROM pg_catalog.pg_inherits "
			   "WHERE inhrelid = $1::oid AND inhdetachpending",
			   mig_text(mig_format(&call->mig, "%u", partition)))
			   .n > 0;
}

const char *
statement_to_run(Part *part)
{
	const RangeVar *detached = detached_concurrently(part->tree);

	if (detached == NULL || !detach_pending(part->call, RangeVarGetRelid(detached, NoLock, true)))
		return part->sql;
	return mig_format(&part->call->mig, "ALTER TABLE %s DETACH PARTITION %s FINALIZE",
					  range_name(((const AlterTableStmt *) part->tree)->relation),
					  range_name(detached));
}
#else
const char *
statement_to_run(Part *part)
{
	return part->sql;
}
#endif

/* An index that is not there is not invalid. */
static bool
is_valid_index(Oid index)
{
	HeapTuple row = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	bool valid = !HeapTupleIsValid(row) || ((Form_pg_index) GETSTRUCT(row))->indisvalid;

	if (HeapTupleIsValid(row))
		ReleaseSysCache(row);
	return valid;
}

/*
 * With IF NOT EXISTS the server takes any index of the name, and says no more than a notice:
 * 55000 where that is what an earlier build, not of ours, has left.
 */
void
statement_check_done(const Part *part)
{
	const IndexStmt *stmt = (const IndexStmt *) part->tree;
	Oid schema;

	if (!is_concurrent_index(part->tree))
		return;
	schema = get_rel_namespace(RangeVarGetRelid(stmt->relation, NoLock, true));
	if (!is_valid_index(get_relname_relid(stmt->idxname, schema)))
		call_raise(
			part->call, MIG_WRONG_STATE,
			mig_format(&part->call->mig, "index \"%s\" is not valid", stmt->idxname),
			"It was there before the statement, which did not build it.",
			mig_format(&part->call->mig, "Run DROP INDEX CONCURRENTLY %s, and call again.",
					   quote_qualified_identifier(get_namespace_name(schema), stmt->idxname)));
}
