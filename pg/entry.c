/*
 * entry.c - the SQL functions: arguments -> load -> core -> result
 *
 * What they do, return and raise is said to users in migrate--1.0.sql; the names of
 * arguments there and here must be the same.  Each has the same shape: call_begin()
 * makes the memory and connects SPI, arguments are taken, a null that must not be one
 * raises 22004, and a result_...() ends the call.  There is no other way out but an
 * error, after which the abort cleans up.
 *
 * What only looks takes no lock and writes nothing, so it works on a standby and in a
 * read-only transaction.  What writes calls run_lock() first and loads the store
 * behind it: what was loaded before may be out of date by then.
 * What compares schemas stands between the two: see compare.c and desired.c.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "migrate.h"
#include "migrate_alter.h"
#include "pg.h"
#include "run.h"

PG_MODULE_MAGIC;

/* ---- author ---- */

/*
 * What would become of the bundle, in the store as it is now: added, replaced, unchanged, or an
 * error.  Only the scripts that the bundle has, too, are read: they are what it is compared with.
 */
static MigAdd
look_at_bundle(Call *call, MigRevisions bundle)
{
	MigStore store = store_load(call);

	store_scripts_of(call, &store, bundle);
	return mig_store_add(&call->mig, &store, bundle);
}

/* actions: what is to be done with each of bundle, in its order. */
static void
write_bundle(Call *call, MigRevisions bundle, const MigAction *actions)
{
	for (size_t i = 0; i < bundle.n; i++)
	{
		if (actions[i] == MIG_ADDED)
			store_insert(call, &bundle.at[i]);
		else if (actions[i] == MIG_REPLACED)
			store_replace(call, &bundle.at[i]);
	}
}

/* As a run does, it looks without a lock first: an application adds its bundle at each start. */
static MigList
add(Call *call, MigRevisions bundle)
{
	MigAdd result = look_at_bundle(call, bundle);

	if (!result.writes)
		return result.lines;
	run_lock(call, "add revisions");
	result = look_at_bundle(call, bundle);
	write_bundle(call, bundle, result.actions);
	return result.lines;
}

PG_FUNCTION_INFO_V1(migrate_add);

/* Lines: what became of each revision.  All of the bundle or, after an error, nothing. */
Datum
migrate_add(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText bundle = arg_text(call, fcinfo, 0, "bundle");

	return result_lines(call, fcinfo, add(call, mig_script_parse(&call->mig, bundle)));
}

/*
 * As for pg_read_file() and COPY: superusers have all roles.  Before anything is looked at:
 * whether a path exists is told to nobody else.
 */
static void
check_role(Call *call, Oid role, const char *message, const char *hint)
{
	if (!has_privs_of_role(GetUserId(), role))
		call_raise(call, "42501", message, NULL, hint);
}

PG_FUNCTION_INFO_V1(migrate_load);

/* migrate_add() of the server's files. */
Datum
migrate_load(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText path = arg_text(call, fcinfo, 0, "path");

	check_role(call, ROLE_PG_READ_SERVER_FILES, "permission denied to read files of the server",
			   "Pass their text to migrate_add(), or have the role pg_read_server_files granted.");
	return result_lines(call, fcinfo, add(call, files_load(call, path)));
}

/* Now, in UTC and whole seconds. */
static MigText
now_text(Mig *m)
{
	pg_time_t now = timestamptz_to_time_t(GetCurrentTimestamp());
	char text[64];

	pg_strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", pg_gmtime(&now));
	return mig_copy(m, mig_text(text));
}

/* By the server's strong source: identifiers that two people make at once must not meet. */
static MigText
random_id(Call *call)
{
	uint8 bytes[6];

	if (!pg_strong_random(bytes, sizeof(bytes)))
		call_raise(call, MIG_INTERNAL, "could not get random bytes", NULL, "Give a rev_id.");
	return mig_store_random_id(&call->mig, bytes);
}

/*
 * Makes the revision and adds it; returns its identifier.  Locked before the store is loaded: it
 * depends on what is a head, and two sessions would else make two heads.
 */
static MigText
create(Call *call, MigNew wanted)
{
	Mig *m = &call->mig;
	MigStore store;
	MigRevisions made;
	MigAdd result;

	wanted.random_id = random_id(call);
	wanted.now = now_text(m);
	run_lock(call, "make a revision");
	store = store_load(call);
	made = (MigRevisions){mig_store_new(m, mig_graph(m, store.revisions), &wanted), 1};
	result = mig_store_add(m, &store, made);
	write_bundle(call, made, result.actions);
	return made.at->id;
}

PG_FUNCTION_INFO_V1(migrate_revision);

/* A null downgrade is no downgrade section, an empty one says that there is nothing to undo. */
Datum
migrate_revision(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigNew wanted = {.message = arg_text(call, fcinfo, 0, "message"),
					 .upgrade = arg_text(call, fcinfo, 1, "upgrade"),
					 .downgrade = arg_text_or_null(fcinfo, 2),
					 .head = arg_text_or_null(fcinfo, 3),
					 .rev_id = arg_text_or_null(fcinfo, 4),
					 .label = arg_text_or_null(fcinfo, 5),
					 .depends = arg_text_or_null(fcinfo, 6),
					 .splice = arg_bool(call, fcinfo, 7, "splice"),
					 .transactional = arg_bool(call, fcinfo, 8, "transaction")};

	return result_text(call, create(call, wanted));
}

PG_FUNCTION_INFO_V1(migrate_merge);

/* Both sections are empty: a merge joins branches and runs nothing. */
Datum
migrate_merge(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigNew wanted = {.message = arg_text(call, fcinfo, 1, "message"),
					 .upgrade = mig_text(""),
					 .downgrade = mig_text(""),
					 .head = arg_text(call, fcinfo, 0, "revisions"),
					 .rev_id = arg_text_or_null(fcinfo, 2),
					 .label = arg_text_or_null(fcinfo, 3),
					 .splice = arg_bool(call, fcinfo, 4, "splice"),
					 .merge = true,
					 .transactional = true};

	return result_text(call, create(call, wanted));
}

PG_FUNCTION_INFO_V1(migrate_remove);

/* With the stops: a revision that is half done is not applied, and must not go all the same. */
Datum
migrate_remove(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	Mig *m = &call->mig;
	MigText target = arg_text(call, fcinfo, 0, "revision");
	MigStore store;
	const MigRevision *revision;

	run_lock(call, "remove a revision");
	store = store_load(call);
	store_load_stops(call, &store);
	revision = mig_store_remove(m, mig_graph(m, store.revisions), &store, target);
	store_delete(call, revision->id);
	return result_text(call, mig_store_removed_line(m, revision));
}

PG_FUNCTION_INFO_V1(migrate_script);

/* The target is any that names one revision. */
Datum
migrate_script(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	Mig *m = &call->mig;
	MigText target = arg_text(call, fcinfo, 0, "revision");
	MigStore store = store_load(call);

	return result_text(
		call,
		store_script(call, mig_resolve_one(m, mig_graph(m, store.revisions), &store, target)->id));
}

/* Both migrate_scripts() and migrate_export(): a file's name and what is in it. */
static MigTable *
all_scripts(Call *call)
{
	MigStore store = store_load(call);

	store_all_scripts(call, &store);
	return mig_store_scripts(&call->mig, &store);
}

PG_FUNCTION_INFO_V1(migrate_scripts);

Datum
migrate_scripts(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);

	return result_table(call, fcinfo, all_scripts(call));
}

PG_FUNCTION_INFO_V1(migrate_export);

Datum
migrate_export(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText path = arg_text(call, fcinfo, 0, "path");

	check_role(call, ROLE_PG_WRITE_SERVER_FILES, "permission denied to write files of the server",
			   "Write what migrate_scripts() returns on the client, or have the role "
			   "pg_write_server_files granted.");
	return result_lines(call, fcinfo, files_export(call, path, all_scripts(call)));
}

/* ---- run ---- */

PG_FUNCTION_INFO_V1(migrate_upgrade);

/* Lines, in the caller's transaction; at the target already, no lock is taken. */
Datum
migrate_upgrade(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText target = arg_text(call, fcinfo, 0, "target");

	return result_lines(call, fcinfo, run(call, target, MIG_UPGRADE));
}

PG_FUNCTION_INFO_V1(migrate_downgrade);

Datum
migrate_downgrade(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText target = arg_text(call, fcinfo, 0, "target");

	return result_lines(call, fcinfo, run(call, target, MIG_DOWNGRADE));
}

/*
 * A CALL of many transactions: the target must outlive the first one.  A procedure has no result:
 * what a function returns as lines comes as notices.
 */
static Datum
autocommit(FunctionCallInfo fcinfo, MigDirection direction)
{
	Call *call = call_begin_procedure(
		fcinfo, direction == MIG_UPGRADE
					? "To run everything in this transaction, use SELECT migrate_upgrade()."
					: "To run everything in this transaction, use SELECT migrate_downgrade().");

	run_autocommit(call, mig_copy(&call->mig, arg_text(call, fcinfo, 0, "target")), direction);
	call_end(call);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(migrate_upgrade_autocommit);

Datum
migrate_upgrade_autocommit(PG_FUNCTION_ARGS)
{
	return autocommit(fcinfo, MIG_UPGRADE);
}

PG_FUNCTION_INFO_V1(migrate_downgrade_autocommit);

Datum
migrate_downgrade_autocommit(PG_FUNCTION_ARGS)
{
	return autocommit(fcinfo, MIG_DOWNGRADE);
}

PG_FUNCTION_INFO_V1(migrate_backfill);

/*
 * Arguments are copied: they live in the memory of the CALL's first transaction.  A null WHERE is
 * all rows.
 */
Datum
migrate_backfill(PG_FUNCTION_ARGS)
{
	Call *call =
		call_begin_procedure(fcinfo, "To change all rows in this transaction, use UPDATE.");
	Mig *m = &call->mig;
	MigText where = arg_text_or_null(fcinfo, 2);
	MigBackfill b = {.relation = mig_copy(m, arg_text(call, fcinfo, 0, "relation")),
					 .set = mig_copy(m, arg_text(call, fcinfo, 1, "set_clause")),
					 .batch_size = arg_int(call, fcinfo, 3, "batch_size"),
					 .pause = arg_float(call, fcinfo, 4, "pause")};

	if (where.at)
		b.where = mig_copy(m, where);
	backfill(call, b);
	call_end(call);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(migrate_stamp);

/* The version is set and logged, nothing is run. */
Datum
migrate_stamp(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText target = arg_text(call, fcinfo, 0, "target");

	return result_lines(call, fcinfo, run_stamp(call, target, arg_bool(call, fcinfo, 1, "purge")));
}

PG_FUNCTION_INFO_V1(migrate_upgrade_sql);

/* The target may be a range "from:to"; nothing is asked of the version rows, nothing written. */
Datum
migrate_upgrade_sql(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText target = arg_text(call, fcinfo, 0, "target");

	return result_text(call, run_sql(call, target, MIG_UPGRADE));
}

PG_FUNCTION_INFO_V1(migrate_downgrade_sql);

Datum
migrate_downgrade_sql(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText target = arg_text(call, fcinfo, 0, "target");

	return result_text(call, run_sql(call, target, MIG_DOWNGRADE));
}

PG_FUNCTION_INFO_V1(migrate_alter);

/*
 * PostgreSQL needs no lesson: the function is there so that a script is the same on both engines.
 * It takes ALTER TABLE alone, as the other engine does, and no lock: it is no run.
 */
Datum
migrate_alter(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText sql = mig_copy(&call->mig, arg_text(call, fcinfo, 0, "statement"));
	int result;

	mig_alter_check(&call->mig, sql, MIG_POSTGRESQL);
	result = SPI_execute(sql.at, false, 0);
	if (result < 0)
		call_raise(call, MIG_UNSUPPORTED, SPI_result_code_string(result), NULL, NULL);
	return result_text(call, mig_text("ALTER TABLE"));
}

/* ---- look ---- */

PG_FUNCTION_INFO_V1(migrate_current);

Datum
migrate_current(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	return result_table(call, fcinfo, mig_current(&call->mig, graph, &store));
}

PG_FUNCTION_INFO_V1(migrate_heads);

Datum
migrate_heads(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	bool resolve = arg_bool(call, fcinfo, 0, "resolve_dependencies");
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	return result_table(call, fcinfo, mig_heads(&call->mig, graph, &store, resolve));
}

PG_FUNCTION_INFO_V1(migrate_branches);

Datum
migrate_branches(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	return result_table(call, fcinfo, mig_branches(&call->mig, graph, &store));
}

PG_FUNCTION_INFO_V1(migrate_history);

/* A null range: all of it. */
Datum
migrate_history(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText range = arg_text_or_null(fcinfo, 0);
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	return result_table(call, fcinfo, mig_history(&call->mig, graph, &store, range));
}

PG_FUNCTION_INFO_V1(migrate_show);

Datum
migrate_show(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText target = arg_text(call, fcinfo, 0, "revision");
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	return result_text(call, mig_show(&call->mig, graph, &store, target));
}

PG_FUNCTION_INFO_V1(migrate_plan);

/*
 * The same plan as a run makes, and the same errors; nothing is checked that only a run must
 * know.
 */
Datum
migrate_plan(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText target = arg_text(call, fcinfo, 0, "target");
	MigDirection direction = mig_direction(&call->mig, arg_text(call, fcinfo, 1, "direction"));
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	return result_table(call, fcinfo, mig_plan_table(&call->mig, graph, &store, target, direction));
}

PG_FUNCTION_INFO_V1(migrate_resolve);

Datum
migrate_resolve(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText target = arg_text(call, fcinfo, 0, "target");
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	return result_table(call, fcinfo, mig_resolve(&call->mig, graph, &store, target));
}

PG_FUNCTION_INFO_V1(migrate_graph);

Datum
migrate_graph(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigText format = arg_text(call, fcinfo, 0, "format");
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	return result_text(call, mig_draw(&call->mig, graph, &store, format));
}

/*
 * With what people want to know of them: the number of statements, and whether they still run.  The
 * scripts of those that have stopped, alone, are read for it.
 */
static void
load_stops(Call *call, MigStore *store)
{
	store_load_stops(call, store);
	store_scripts_of(call, store, mig_resume_stopped(&call->mig, store));
	mig_resume_count(&call->mig, store, MIG_POSTGRESQL);
	store->running = store->nstops > 0 && run_is_locked(call);
}

PG_FUNCTION_INFO_V1(migrate_status);

Datum
migrate_status(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	load_stops(call, &store);
	return result_text(call, mig_store_status(&call->mig, graph, &store));
}

PG_FUNCTION_INFO_V1(migrate_progress);

/* What runs, not what is applied: the store is not loaded. */
Datum
migrate_progress(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);

	return result_table(call, fcinfo, progress(call));
}

/*
 * Every revision is applied, and nothing has changed since; 55000 where it is not so.  In this
 * order: with revisions pending, the snapshot is not of the heads that are wanted.
 */
static MigText
check(Call *call)
{
	MigStore store = store_load(call);
	MigText applied =
		mig_store_all_applied(&call->mig, mig_graph(&call->mig, store.revisions), &store);

	drift_check(call, mig_store_rows(&call->mig, &store));
	return applied;
}

PG_FUNCTION_INFO_V1(migrate_check);

Datum
migrate_check(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);

	return result_text(call, check(call));
}

PG_FUNCTION_INFO_V1(migrate_verify);

/*
 * Reads all scripts.  The core is given the store and not a graph of it: a missing parent or a
 * cycle, which mig_graph() would raise, is a row here.
 */
Datum
migrate_verify(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigStore store = store_load(call);
	MigText *logged = store_logged(call, &store);

	store_all_scripts(call, &store);
	return result_table(call, fcinfo, mig_store_verify(&call->mig, &store, logged));
}

/* ---- autogenerate ---- */

PG_FUNCTION_INFO_V1(migrate_schema);

/* The live schema as the current schema sees it, which is named in none of its statements. */
Datum
migrate_schema(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);

	return result_text(call, mig_schema_print(&call->mig, catalog_load(call, catalog_path(call))));
}

/*
 * What must stand before the name of a procedure of ours: a generated revision may CALL
 * migrate_backfill().  Null where the search_path finds it.
 */
static MigText
own_prefix(Call *call)
{
	if (list_member_oid(fetch_search_path(false), call->schema))
		return (MigText){NULL, 0};
	return mig_text(
		mig_format(&call->mig, "%s.", quote_identifier(get_namespace_name(call->schema))));
}

/* desired is argument i; include, exclude and perhaps online are those from k on. */
static MigDesired
arg_desired(Call *call, FunctionCallInfo fcinfo, int i, int k)
{
	MigText text = arg_text(call, fcinfo, i, "desired");

	return (MigDesired){.text = mig_desired_text(&call->mig, text, MIG_POSTGRESQL),
						.include = arg_text_or_null(fcinfo, k),
						.exclude = arg_text_or_null(fcinfo, k + 1),
						.online = k + 2 < PG_NARGS() && arg_bool(call, fcinfo, k + 2, "online"),
						.own = own_prefix(call)};
}

PG_FUNCTION_INFO_V1(migrate_diff);

/* Nothing that it writes stays, but the transaction must be one that may write: see desired.c. */
Datum
migrate_diff(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigDesired wanted = arg_desired(call, fcinfo, 0, 1);

	return result_table(call, fcinfo, schema_compare(call, &wanted));
}

PG_FUNCTION_INFO_V1(migrate_autogenerate);

/*
 * Null where nothing differs, so that a script can tell.  The comparison comes before create()
 * takes the locks: it may take a while, and others would wait.
 */
Datum
migrate_autogenerate(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigNew wanted = {.message = arg_text(call, fcinfo, 0, "message"),
					 .head = arg_text_or_null(fcinfo, 2),
					 .rev_id = arg_text_or_null(fcinfo, 3),
					 .label = arg_text_or_null(fcinfo, 4),
					 .transactional = true};
	MigDesired desired = arg_desired(call, fcinfo, 1, 5);
	MigStore store = store_load(call);
	MigTable *steps;

	/* else the differences would be those of the pending revisions, too */
	mig_store_all_applied(&call->mig, mig_graph(&call->mig, store.revisions), &store);
	steps = schema_compare(call, &desired);
	if (steps->nrow == 0)
	{
		call_end(call);
		PG_RETURN_NULL();
	}
	wanted.upgrade = mig_diff_script(&call->mig, steps, MIG_UPGRADE);
	wanted.downgrade = mig_diff_script(&call->mig, steps, MIG_DOWNGRADE);
	wanted.transactional = !desired.outside;
	return result_text(call, create(call, wanted));
}

PG_FUNCTION_INFO_V1(migrate_check_desired);

/* migrate_check(desired): what migrate_check() asks, and the comparison behind it. */
Datum
migrate_check_desired(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	Mig *m = &call->mig;
	MigDesired desired = arg_desired(call, fcinfo, 0, 1);
	MigText applied = check(call);

	return result_text(call,
					   mig_text(mig_format(m, "%s; %s", applied.at,
										   mig_diff_check(m, schema_compare(call, &desired)).at)));
}

PG_FUNCTION_INFO_V1(migrate_snapshot);

/* For a change that was made by hand and is to stay: from here on it is no drift. */
Datum
migrate_snapshot(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigStore store;
	MigSnapshot now;

	run_lock(call, "take a snapshot");
	store = store_load(call);
	now = drift_save(call, mig_store_rows(&call->mig, &store));
	return result_text(call, mig_snapshot_line(&call->mig, &now));
}

PG_FUNCTION_INFO_V1(migrate_drift);

/* 55000 where no run has left a snapshot of these version rows. */
Datum
migrate_drift(PG_FUNCTION_ARGS)
{
	Call *call = call_begin(fcinfo);
	MigStore store = store_load(call);

	return result_table(call, fcinfo, drift(call, mig_store_rows(&call->mig, &store)));
}

PG_FUNCTION_INFO_V1(migrate_version);

/* Comes from the control file, by way of the Makefile. */
Datum
migrate_version(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	PG_RETURN_TEXT_P(cstring_to_text(MIGRATE_VERSION));
}
