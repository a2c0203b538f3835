/*
 * entry.c - the SQL functions: arguments -> load -> core -> result, and the
 * module's entry point
 *
 * Scalar functions and table functions stand in one table.  All are
 * "directonly": no trigger, view or default of a database that comes from
 * somewhere else can call them.
 */
#include "migrate_alter.h"
#include "sqlite.h"

#include <string.h>

SQLITE_EXTENSION_INIT1

#ifndef MIGRATE_VERSION
#define MIGRATE_VERSION "unknown" /* the Makefile takes it from the control file */
#endif

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
static void
add(Call *call, MigRevisions bundle)
{
	MigAdd result;

	transaction_prepare(call);
	result = look_at_bundle(call, bundle);
	if (result.writes)
	{
		transaction_lock(call, "add revisions");
		result = look_at_bundle(call, bundle);
		write_bundle(call, bundle, result.actions);
	}
	result_lines(call, result.lines);
}

/* A blob is taken, too, as the shell's readfile() returns it: it must be UTF-8. */
static void
body_add(Call *call)
{
	MigText bundle = arg_text(call, 0);

	mig_check_utf8(&call->mig, bundle, NULL);
	add(call, mig_script_parse(&call->mig, bundle));
}

static void
body_load(Call *call)
{
	add(call, files_load(call, arg_text(call, 0)));
}

/* SQLite's own source, which it seeds from the system's. */
static MigText
random_id(Call *call)
{
	unsigned char bytes[6];

	sqlite3_randomness(sizeof(bytes), bytes);
	return mig_store_random_id(&call->mig, bytes);
}

/* May text, as a target, name something in the store? */
static bool
names_something(const MigStore *store, MigText text)
{
	static const char *const words[] = {"head", "heads", "base", "current"};

	for (size_t i = 0; i < text.len; i++)
		if (strchr("@+-,:", text.at[i]))
			return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (mig_same(text, mig_text(words[i])))
			return true;
	for (size_t i = 0; i < store->revisions.n; i++)
	{
		const MigRevision *revision = &store->revisions.at[i];

		if (text.len <= revision->id.len && memcmp(text.at, revision->id.at, text.len) == 0)
			return true;
		for (size_t k = 0; k < revision->labels.n; k++)
			if (mig_same(text, revision->labels.at[k]))
				return true;
	}
	return false;
}

/*
 * migrate_revision(m, u, d, 'head', 'x') has two readings: the option head with
 * the value x, or the target 'head' and the new identifier x.  A target names
 * something that is there, and a new identifier nothing.
 */
static void
settle_head(const Call *call, const MigStore *store, MigNew *wanted)
{
	if (call->one_pair && wanted->head.len > 0 && wanted->rev_id.at == NULL &&
		!names_something(store, wanted->head))
	{
		wanted->rev_id = wanted->head;
		wanted->head = mig_text("head");
	}
}

/*
 * Makes the revision and adds it; answers with its identifier.  The lock comes before the store
 * is loaded: it depends on what is a head, and two processes would else make two heads.
 */
static void
create(Call *call, MigNew wanted)
{
	Mig *m = &call->mig;
	MigStore store;
	MigRevisions made;
	MigAdd result;

	wanted.random_id = random_id(call);
	wanted.now = store_now(call);
	transaction_lock(call, "make a revision");
	store = store_load(call);
	settle_head(call, &store, &wanted);
	made = (MigRevisions){mig_store_new(m, mig_graph(m, store.revisions), &wanted), 1};
	result = mig_store_add(m, &store, made);
	write_bundle(call, made, result.actions);
	result_text(call, made.at->id);
}

/*
 * A downgrade that is null or not given is no downgrade section, an empty one says that there is
 * nothing to undo.
 */
static void
body_revision(Call *call)
{
	create(call, (MigNew){.message = arg_text(call, 0),
						  .upgrade = arg_text_or(call, 1, ""),
						  .downgrade = arg_text_or_null(call, 2),
						  .head = arg_text_or_null(call, 3),
						  .rev_id = arg_text_or_null(call, 4),
						  .label = arg_text_or_null(call, 5),
						  .depends = arg_text_or_null(call, 6),
						  .splice = arg_bool(call, 7, false),
						  .transactional = arg_bool(call, 8, true)});
}

/* Both sections are empty: a merge joins branches and runs nothing. */
static void
body_merge(Call *call)
{
	create(call, (MigNew){.message = arg_text_or(call, 1, ""),
						  .upgrade = mig_text(""),
						  .downgrade = mig_text(""),
						  .head = arg_text(call, 0),
						  .rev_id = arg_text_or_null(call, 2),
						  .label = arg_text_or_null(call, 3),
						  .splice = arg_bool(call, 4, false),
						  .merge = true,
						  .transactional = true});
}

/* With the stops: a revision that is half done is not applied, and must not go all the same. */
static void
body_remove(Call *call)
{
	Mig *m = &call->mig;
	MigText target = arg_text(call, 0);
	MigStore store;
	const MigRevision *revision;

	transaction_lock(call, "remove a revision");
	store = store_load(call);
	store_load_stops(call, &store);
	revision = mig_store_remove(m, mig_graph(m, store.revisions), &store, target);
	store_delete(call, revision->id);
	result_text(call, mig_store_removed_line(m, revision));
}

/* The target is any that names one revision. */
static void
body_script(Call *call)
{
	Mig *m = &call->mig;
	MigText target = arg_text(call, 0);
	MigStore store = store_load(call);

	result_text(
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

static void
body_scripts(Call *call)
{
	call->table = all_scripts(call);
}

static void
body_export(Call *call)
{
	MigText path = arg_text(call, 0);

	result_lines(call, files_export(call, path, all_scripts(call)));
}

/* ---- run ---- */

static void
body_upgrade(Call *call)
{
	result_lines(call, run(call, arg_text_or(call, 0, "head"), MIG_UPGRADE));
}

static void
body_downgrade(Call *call)
{
	result_lines(call, run(call, arg_text(call, 0), MIG_DOWNGRADE));
}

/*
 * A batch of no sense becomes 0, which the core refuses; one of more than a billion rows is as
 * good as one of all.
 */
static void
body_backfill(Call *call)
{
	double batch_size = arg_float(call, 3, 1000);

	result_text(call, backfill(call, (MigBackfill){.relation = arg_text(call, 0),
												   .set = arg_text(call, 1),
												   .where = arg_text_or_null(call, 2),
												   .batch_size = batch_size < 1 ? 0
																 : batch_size > 1000000000
																	 ? 1000000000
																	 : (int) batch_size,
												   .pause = arg_float(call, 4, 0)}));
}

static void
body_stamp(Call *call)
{
	result_lines(call, run_stamp(call, arg_text(call, 0), arg_bool(call, 1, false)));
}

/* The target may be a range "from:to"; nothing is asked of the version rows, nothing written. */
static void
body_upgrade_sql(Call *call)
{
	result_text(call, offline_sql(call, arg_text_or(call, 0, "head"), MIG_UPGRADE));
}

static void
body_downgrade_sql(Call *call)
{
	result_text(call, offline_sql(call, arg_text(call, 0), MIG_DOWNGRADE));
}

/* One statement outside of a revision; our tables need not be there. */
static void
body_alter(Call *call)
{
	MigText sql = mig_copy(&call->mig, arg_text(call, 0));
	Keys keys = {.counted = false};
	Changes changes = {.call = call, .keys = &keys};
	size_t len;
	size_t skipped;

	mig_alter_check(&call->mig, sql, MIG_SQLITE);
	transaction_begin(call, "alter a table");
	call->context = mig_format(&call->mig, "SQL statement \"%s\"", sql.at);
	mig_statement_keyword(&call->mig, sql, MIG_SQLITE, &skipped);
	len = rebuild_statement(&changes, (MigText){sql.at + skipped, sql.len - skipped});
	if (len == 0)
		db_run_users(call, sql.at);
	rebuild_flush(&changes);
	keys_check(call, &keys);
	call->context = NULL;
	result_text(call, mig_text("ALTER TABLE"));
}

/* ---- look ---- */

static void
body_current(Call *call)
{
	MigStore store = store_load(call);

	call->table = mig_current(&call->mig, mig_graph(&call->mig, store.revisions), &store);
}

static void
body_heads(Call *call)
{
	bool resolve = arg_bool(call, 0, false);
	MigStore store = store_load(call);

	call->table = mig_heads(&call->mig, mig_graph(&call->mig, store.revisions), &store, resolve);
}

static void
body_branches(Call *call)
{
	MigStore store = store_load(call);

	call->table = mig_branches(&call->mig, mig_graph(&call->mig, store.revisions), &store);
}

/* NULL: all of it. */
static void
body_history(Call *call)
{
	MigText range = arg_text_or_null(call, 0);
	MigStore store = store_load(call);

	call->table = mig_history(&call->mig, mig_graph(&call->mig, store.revisions), &store, range);
}

static void
body_show(Call *call)
{
	MigText target = arg_text(call, 0);
	MigStore store = store_load(call);

	result_text(call, mig_show(&call->mig, mig_graph(&call->mig, store.revisions), &store, target));
}

static void
body_plan(Call *call)
{
	Mig *m = &call->mig;
	MigText target = arg_text_or(call, 0, "head");
	MigDirection direction = mig_direction(m, arg_text_or(call, 1, "upgrade"));
	MigStore store = store_load(call);

	call->table = mig_plan_table(m, mig_graph(m, store.revisions), &store, target, direction);
}

static void
body_resolve(Call *call)
{
	MigText target = arg_text(call, 0);
	MigStore store = store_load(call);

	call->table = mig_resolve(&call->mig, mig_graph(&call->mig, store.revisions), &store, target);
}

static void
body_graph(Call *call)
{
	MigText format = arg_text_or(call, 0, "text");
	MigStore store = store_load(call);

	result_text(call, mig_draw(&call->mig, mig_graph(&call->mig, store.revisions), &store, format));
}

/*
 * Where revisions have stopped, with the number of their statements; only their scripts are read.
 */
static void
load_stops(Call *call, MigStore *store)
{
	store_load_stops(call, store);
	store_scripts_of(call, store, mig_resume_stopped(&call->mig, store));
	mig_resume_count(&call->mig, store, MIG_SQLITE);
}

static void
body_status(Call *call)
{
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	load_stops(call, &store);
	result_text(call, mig_store_status(&call->mig, graph, &store));
}

/*
 * SQLite knows nothing of other processes: what is shown is what they have committed, where
 * revisions and backfills have stopped or are.
 */
static void
body_progress(Call *call)
{
	MigTable *table = mig_table(&call->mig, mig_progress_columns);
	MigStore store = store_load(call);
	MigGraph *graph = mig_graph(&call->mig, store.revisions);

	load_stops(call, &store);
	mig_resume_progress(&call->mig, graph, &store, table);
	store_show_positions(call, table);
	call->table = table;
}

/* ---- autogenerate ---- */

/*
 * desired is argument i; include, exclude and online are those from k on.  online the core
 * refuses here, in words that say why.
 */
static MigDesired
arg_desired(Call *call, int i, int k)
{
	return (MigDesired){.text = mig_desired_text(&call->mig, arg_text(call, i), MIG_SQLITE),
						.include = arg_text_or_null(call, k),
						.exclude = arg_text_or_null(call, k + 1),
						.online = arg_bool(call, k + 2, false)};
}

static void
body_schema(Call *call)
{
	result_text(call, mig_schema_print(&call->mig, catalog_load(call)));
}

static void
body_diff(Call *call)
{
	MigDesired desired = arg_desired(call, 0, 1);

	call->table = schema_compare(call, &desired);
}

/*
 * NULL where nothing differs, so that a script can tell.  The first look may not come before the
 * lock in a transaction of the caller's that has read nothing: see transaction_prepare().
 */
static void
body_autogenerate(Call *call)
{
	MigNew wanted = {.message = arg_text(call, 0),
					 .head = arg_text_or_null(call, 2),
					 .rev_id = arg_text_or_null(call, 3),
					 .label = arg_text_or_null(call, 4),
					 .transactional = true};
	MigDesired desired = arg_desired(call, 1, 5);
	MigStore store;
	MigTable *steps;

	transaction_prepare(call);
	store = store_load(call);
	/* else the differences would be those of the pending revisions, too */
	mig_store_all_applied(&call->mig, mig_graph(&call->mig, store.revisions), &store);
	steps = schema_compare(call, &desired);
	if (steps->nrow == 0)
		return;
	wanted.upgrade = mig_diff_script(&call->mig, steps, MIG_UPGRADE);
	wanted.downgrade = mig_diff_script(&call->mig, steps, MIG_DOWNGRADE);
	create(call, wanted);
}

/*
 * Without desired: every revision is applied, and nothing has changed since.  With it, the
 * comparison behind that.
 */
static void
body_check(Call *call)
{
	Mig *m = &call->mig;
	MigDesired desired = call->args[0] ? arg_desired(call, 0, 1) : (MigDesired){.online = false};
	MigStore store = store_load(call);
	MigText applied = mig_store_all_applied(m, mig_graph(m, store.revisions), &store);

	drift_check(call, mig_store_rows(m, &store));
	if (desired.text.at)
		applied = mig_text(mig_format(m, "%s; %s", applied.at,
									  mig_diff_check(m, schema_compare(call, &desired)).at));
	result_text(call, applied);
}

/*
 * The core is given the store and not a graph of it: a missing parent or a cycle, which
 * mig_graph() would raise, is a row here.
 */
static void
body_verify(Call *call)
{
	MigStore store = store_load(call);
	MigText *logged = store_logged(call, &store);

	store_all_scripts(call, &store);
	call->table = mig_store_verify(&call->mig, &store, logged);
}

static void
body_version(Call *call)
{
	result_text(call, mig_text(MIGRATE_VERSION));
}

/* For a change that was made by hand and is to stay: from here on it is no drift. */
static void
body_snapshot(Call *call)
{
	Mig *m = &call->mig;
	MigStore store;
	MigSnapshot now;

	transaction_lock(call, "take a snapshot");
	store = store_load(call);
	now = drift_save(call, mig_store_rows(m, &store));
	result_text(call, mig_snapshot_line(m, &now));
}

static void
body_drift(Call *call)
{
	MigStore store = store_load(call);

	call->table = drift(call, mig_store_rows(&call->mig, &store));
}

/* ---- the functions ---- */

/* name, body, arguments that must be given, first that may be named, columns, names of arguments */
static const Function functions[] = {
	{"migrate_add", body_add, 1, 0, NULL, {"bundle"}},
	{"migrate_load", body_load, 1, 0, NULL, {"path"}},
	{"migrate_revision",
	 body_revision,
	 1,
	 3,
	 NULL,
	 {"message", "upgrade", "downgrade", "head", "rev_id", "label", "depends", "splice",
	  "transaction"}},
	{"migrate_merge",
	 body_merge,
	 1,
	 2,
	 NULL,
	 {"revisions", "message", "rev_id", "label", "splice"}},
	{"migrate_remove", body_remove, 1, 0, NULL, {"revision"}},
	{"migrate_script", body_script, 1, 0, NULL, {"revision"}},
	{"migrate_export", body_export, 1, 0, NULL, {"path"}},
	{"migrate_scripts", body_scripts, 0, 0, mig_scripts_columns, {NULL}},
	{"migrate_upgrade", body_upgrade, 0, 0, NULL, {"target"}},
	{"migrate_downgrade", body_downgrade, 1, 0, NULL, {"target"}},
	{"migrate_upgrade_sql", body_upgrade_sql, 0, 0, NULL, {"target"}},
	{"migrate_downgrade_sql", body_downgrade_sql, 1, 0, NULL, {"target"}},
	{"migrate_backfill",
	 body_backfill,
	 2,
	 3,
	 NULL,
	 {"relation", "set_clause", "where_clause", "batch_size", "pause"}},
	{"migrate_stamp", body_stamp, 1, 1, NULL, {"target", "purge"}},
	{"migrate_alter", body_alter, 1, 0, NULL, {"statement"}},
	{"migrate_current", body_current, 0, 0, mig_current_columns, {NULL}},
	{"migrate_heads", body_heads, 0, 0, mig_heads_columns, {"resolve_dependencies"}},
	{"migrate_branches", body_branches, 0, 0, mig_branches_columns, {NULL}},
	{"migrate_history", body_history, 0, 0, mig_history_columns, {"range"}},
	{"migrate_show", body_show, 1, 0, NULL, {"revision"}},
	{"migrate_plan", body_plan, 0, 0, mig_plan_columns, {"target", "direction"}},
	{"migrate_resolve", body_resolve, 1, 0, mig_resolve_columns, {"target"}},
	{"migrate_graph", body_graph, 0, 0, NULL, {"format"}},
	{"migrate_status", body_status, 0, 0, NULL, {NULL}},
	{"migrate_progress", body_progress, 0, 0, mig_progress_columns, {NULL}},
	{"migrate_check", body_check, 0, 1, NULL, {"desired", "include", "exclude"}},
	{"migrate_snapshot", body_snapshot, 0, 0, NULL, {NULL}},
	{"migrate_drift", body_drift, 0, 0, mig_drift_columns, {NULL}},
	{"migrate_schema", body_schema, 0, 0, NULL, {NULL}},
	{"migrate_diff",
	 body_diff,
	 1,
	 0,
	 mig_diff_columns,
	 {"desired", "include", "exclude", "online"}},
	{"migrate_autogenerate",
	 body_autogenerate,
	 2,
	 2,
	 NULL,
	 {"message", "desired", "head", "rev_id", "label", "include", "exclude", "online"}},
	{"migrate_verify", body_verify, 0, 0, mig_verify_columns, {NULL}},
	{"migrate_version", body_version, 0, 0, NULL, {NULL}},
};

#define FUNCTIONS (sizeof(functions) / sizeof(functions[0]))

/* ---- a call of a scalar function ---- */

static int
count_args(const Function *function)
{
	int n = 0;

	while (n < MAX_ARGS && function->args[n])
		n++;
	return n;
}

/*
 * The argument that value names, if it may be given by name; else -1.
 * No memory is as good as no name: what comes next fails with it.
 */
static int
named_arg(const Function *function, sqlite3_value *value)
{
	const char *name = NULL;

	if (sqlite3_value_type(value) == SQLITE_TEXT)
		name = (const char *) sqlite3_value_text(value);
	for (int i = function->named; name && i < count_args(function); i++)
		if (strcmp(name, function->args[i]) == 0)
			return i;
	return -1;
}

/*
 * Is what follows the positional arguments a list of name, value?  All of it or nothing: a text
 * that happens to be a name, in the place of a positional argument, is that.
 */
static bool
has_pairs(const Function *function, int argc, sqlite3_value **argv)
{
	if (function->named == 0 || argc <= function->named || (argc - function->named) % 2 != 0)
		return false;
	for (int i = function->named; i < argc; i += 2)
		if (named_arg(function, argv[i]) < 0)
			return false;
	return true;
}

/* In the words of SQLite's own error; before there is a landing. */
static bool
fail_args(Call *call, const char *format, const char *name)
{
	call->message = sqlite3_mprintf(format, name);
	call->code = SQLITE_ERROR;
	return false;
}

/* Puts each argument into its place; false: there is an error. */
static bool
place_args(Call *call, int argc, sqlite3_value **argv)
{
	const Function *function = call->function;
	bool pairs = has_pairs(function, argc, argv);
	int positional = pairs ? function->named : argc;

	if (argc < function->required || positional > count_args(function))
		return fail_args(call, "wrong number of arguments to function %s()", function->name);
	for (int i = 0; i < positional; i++)
		call->args[i] = argv[i];
	for (int i = positional; i < argc; i += 2)
	{
		int arg = named_arg(function, argv[i]);

		if (call->args[arg])
			return fail_args(call, "argument \"%s\" is given twice", function->args[arg]);
		call->args[arg] = argv[i + 1];
	}
	call->one_pair = argc - positional == 2;
	return true;
}

/* SQLite copies the message.  The code comes second: sqlite3_result_error() sets one of its own. */
static void
report_error(sqlite3_context *context, Call *call)
{
	if (call->code == SQLITE_NOMEM || call->message == NULL)
		sqlite3_result_error_nomem(context);
	else
	{
		sqlite3_result_error(context, call->message, -1);
		sqlite3_result_error_code(context, call->code);
	}
	sqlite3_free(call->message);
}

/*
 * What SQLite calls for every scalar function.  The answer is handed over last, when all is
 * committed or undone.
 */
static void
call_function(sqlite3_context *context, int argc, sqlite3_value **argv)
{
	const Entry *entry = sqlite3_user_data(context);
	Call call = call_begin(sqlite3_context_db_handle(context), entry);
	char *answer = NULL;
	bool done = false;

	done = place_args(&call, argc, argv) && call_protect(&call, entry->function->body);
	if (done)
	{
		answer = call.answer;
		call.answer = NULL;
	}
	call_end(&call);
	if (answer)
		sqlite3_result_text(context, answer, -1, sqlite3_free);
	else if (done)
		sqlite3_result_null(context);
	else
		report_error(context, &call);
}

/* ---- registering ---- */

/* All that is allocated for a connection.  The functions' user data are the entries. */
typedef struct Registry
{
	Connection connection; /* first: an entry points to it */
	Entry entries[FUNCTIONS];
} Registry;

/* The registry is one piece of memory, which begins with the connection. */
static void
release(Connection *connection)
{
	if (--connection->references == 0)
		sqlite3_free(connection);
}

/* SQLite calls it, too, where registering fails. */
static void
release_entry(void *entry)
{
	release(((Entry *) entry)->connection);
}

/*
 * DIRECTONLY: a trigger, view or default cannot call it, whatever trusted_schema says.  A
 * reference for each: SQLite gives the functions of a connection back one by one, in its own
 * order.  Any number of arguments (-1): place_args() counts, since a name may stand before a
 * value.
 */
static int
register_function(sqlite3 *db, Entry *entry)
{
	const Function *function = entry->function;

	entry->connection->references++;
	if (function->columns)
		return rows_register(db, entry, release_entry);
	return sqlite3_create_function_v2(db, function->name, -1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
									  entry, call_function, NULL, NULL, release_entry);
}

static void
unregister_function(sqlite3 *db, const Function *function)
{
	if (function->columns)
		sqlite3_create_module_v2(db, function->name, NULL, NULL, NULL);
	else
		sqlite3_create_function_v2(db, function->name, -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL,
								   NULL, NULL, NULL, NULL);
}

/*
 * The registry goes with the last function that refers to it; here, where none does.  After a
 * failure SQLite unloads the library, and would call what stayed registered: so nothing does.
 */
static int
register_all(sqlite3 *db)
{
	Registry *registry = sqlite3_malloc(sizeof(*registry));
	int rc = SQLITE_OK;
	size_t n;

	if (registry == NULL)
		return SQLITE_NOMEM;
	memset(registry, 0, sizeof(*registry));
	registry->connection.references = 1;
	for (n = 0; rc == SQLITE_OK && n < FUNCTIONS; n++)
	{
		registry->entries[n] = (Entry){&registry->connection, &functions[n]};
		rc = register_function(db, &registry->entries[n]);
	}
	while (rc != SQLITE_OK && n > 0)
		unregister_function(db, &functions[--n]);
	release(&registry->connection);
	return rc;
}

/* The first with ALTER TABLE DROP COLUMN; what newer ones have is asked for at run time. */
#define OLDEST 3035000

#ifdef _WIN32
__declspec(dllexport)
#else
__attribute__((visibility("default")))
#endif
	int sqlite3_migrate_init(sqlite3 *db, char **error, const sqlite3_api_routines *api);

/* Found by SQLite by the file's name, migrate: so the file must keep it. */
int
sqlite3_migrate_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
	SQLITE_EXTENSION_INIT2(api);
	(void) api;
	if (sqlite3_libversion_number() < OLDEST)
	{
		if (error)
			*error = sqlite3_mprintf("migrate needs SQLite 3.35 or newer, this is %s",
									 sqlite3_libversion());
		return SQLITE_ERROR;
	}
	return register_all(db);
}
