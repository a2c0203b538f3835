/*
 * worker.c - statements outside of a transaction, in a process of their own
 *
 * What cannot run in a transaction block cannot run in a function or procedure
 * either: the server asks whether a statement is at top level.  So a dynamic
 * background worker runs it, one for each revision, with the caller's roles and
 * all of its settings.  It reads what it has to do from a dynamic shared memory
 * segment, and answers through a queue in there, in the wire protocol's own
 * messages: errors and notices as any backend sends them, and two of ours.
 *
 * Each statement is recorded in the transaction that it leaves open at its end,
 * which is its only one but for those that commit inside: so a statement is
 * done and recorded, or neither.  CREATE INDEX CONCURRENTLY makes the index
 * valid in that transaction, DROP INDEX CONCURRENTLY and DETACH PARTITION
 * CONCURRENTLY do their last part there.  What such a statement leaves behind
 * when it fails before is recorded when it begins ("left"), and removed before
 * it is run again.
 *
 * The worker holds lock W as long as it lives.  Its caller holds lock B until
 * it has seen the worker end, unless it ends itself: then the worker is told to
 * end, and the next run waits for W.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "libpq/pqformat.h"
#include "libpq/pqmq.h"
#include "libpq/pqsignal.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
#include "storage/proc.h"
#include "storage/shm_mq.h"
#include "storage/shm_toc.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "migrate.h"
#include "run.h"

/* ---- what both processes know ---- */

/* QUEUE_SIZE: bytes.  A message may be longer: the sender then waits until its begin was read. */
#define SEGMENT_MAGIC 0x6d696757
#define QUEUE_SIZE 65536

/* What stands where in the segment. */
typedef enum Key
{
	KEY_ORDER,
	KEY_SETTINGS,
	KEY_QUEUE,
	KEY_TEXTS /* and behind it, one for each Text */
} Key;

/* Each terminated by a NUL. */
typedef enum Text
{
	TEXT_ROLE,
	TEXT_REVISION,
	TEXT_MESSAGE,
	TEXT_HEADS, /* version rows, joined by commas */
	TEXT_LEFT,  /* empty: nothing */
	TEXT_SQL,   /* the section */
	TEXTS
} Text;

/* What is not text.  Both processes have the same library, so a plain struct is understood. */
typedef struct Order
{
	Oid database;
	Oid user;     /* that has logged in */
	Oid function; /* these two: as in the caller's Call */
	Oid schema;
	int caller;    /* process */
	int direction; /* MigDirection */
	int line;      /* of the script, on which the section begins */
	int done;      /* statements that are done already */
} Order;

/* Our own messages; each has the number of a statement. */
#define MESSAGE_BEGIN 'b'
#define MESSAGE_DONE 'd'
#define MESSAGE_END 'Z'

/* ---- the worker: running a statement at top level ---- */

/*
 * As the server does it for a client, but for the rows, which go nowhere.  At top level in the
 * server's sense: a portal of its own, in a transaction that StartTransactionCommand() has begun,
 * so that PreventInTransactionBlock() is content.  SPI would be a function for it.
 */
static void
run_tree(RawStmt *raw, const char *sql)
{
	DestReceiver *nowhere = CreateDestReceiver(DestNone);
	QueryCompletion completion;
	List *plans;
	Portal portal;

	PushActiveSnapshot(GetTransactionSnapshot());
	plans = pg_plan_queries(pg_analyze_and_rewrite_fixedparams(raw, sql, NULL, 0, NULL), sql,
							CURSOR_OPT_PARALLEL_OK, NULL);
	PopActiveSnapshot();
	portal = CreatePortal("", true, true);
	portal->visible = false;
	PortalDefineQuery(portal, NULL, sql, CreateCommandTag(raw->stmt), plans, NULL);
	PortalStart(portal, NULL, 0, InvalidSnapshot);
	(void) PortalRun(portal, FETCH_ALL, true, true, nowhere, nowhere, &completion);
	nowhere->rDestroy(nowhere);
	PortalDrop(portal, false);
}

/* The tree must outlive the transactions that the statement may end. */
static void
run_top_level(const char *sql)
{
	MemoryContext memory =
		AllocSetContextCreate(TopMemoryContext, "migrate statement", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(memory);
	List *trees = pg_parse_query(sql);

	SetCurrentStatementStartTimestamp();
	debug_query_string = sql;
	pgstat_report_activity(STATE_RUNNING, sql);
	run_tree(linitial(trees), sql);
	CommandCounterIncrement();
	MemoryContextSwitchTo(old);
	MemoryContextDelete(memory);
}

/* ---- the worker: a revision ---- */

/* For SPI inside of one of the worker's transactions; not around what is run at top level. */
static void
begin_queries(void)
{
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
}

static void
end_queries(void)
{
	SPI_finish();
	PopActiveSnapshot();
}

/* What the worker has to do, and how far it is. */
typedef struct Job
{
	const Order *order;       /* in the segment, as are the texts */
	const char *texts[TEXTS]; /* indexed by Text */
	Call *call;
	Part *part; /* made of the order's section */
	Oid role;   /* the log is written as */
} Job;

/* To the caller, through the queue: that is where pq_redirect_to_shm_mq() sends the protocol. */
static void
tell(char message, int statement)
{
	StringInfoData buf;

	pq_beginmessage(&buf, message);
	pq_sendint32(&buf, (uint32) statement);
	pq_endmessage(&buf);
}

/*
 * In the transaction that is open, which the caller ends.  As the role that called, whatever the
 * revision has set: a SET ROLE in it must not decide who may write to the log.  done: statements
 * whose effect is committed with this row.
 */
static void
record(const Job *job, int done, MigText left)
{
	Mig *m = &job->part->call->mig;
	MigList heads = mig_split(m, mig_text(job->texts[TEXT_HEADS]));
	Oid role;
	int context;
	Log log = {.direction = mig_direction_name(job->order->direction),
			   .revision = &job->part->revision,
			   .before = heads,
			   .after = heads,
			   .statements = done,
			   .status = "running",
			   .detail = left};

	log.checksum = mig_resume_checksum(m, part_done(job->part, done));
	GetUserIdAndSecContext(&role, &context);
	SetUserIdAndSecContext(job->role, context);
	begin_queries();
	store_log(job->call, &log);
	end_queries();
	SetUserIdAndSecContext(role, context);
}

/*
 * In a transaction of its own, unless the row of the statement before says the same.  record()
 * selects the statement before, for the checksum: so this one is selected again.
 */
static void
log_begin(const Job *job, int statement)
{
	MigText left;

	StartTransactionCommand();
	begin_queries();
	part_select(job->part, statement);
	left = statement_may_leave(job->part->call, job->part->tree);
	end_queries();
	if (left.at || statement == job->order->done + 1)
		record(job, statement - 1, left);
	CommitTransactionCommand();
	part_select(job->part, statement);
}

/*
 * "left" is committed before the statement begins, "done" with what the statement leaves open at
 * its end; a crash in between is what statement_to_run() and clean_up() are for.  Only what can
 * be tried again has its waits for locks limited: a CREATE INDEX CONCURRENTLY that gives up
 * begins from nothing.
 */
static void
run_statement(const Job *job, int statement)
{
	const Node *tree;
	const char *sql;

	tell(MESSAGE_BEGIN, statement);
	log_begin(job, statement);
	tree = job->part->tree;
	StartTransactionCommand();
	begin_queries();
	sql = statement_to_run(job->part);
	end_queries();
	if (statement_is_one_transaction(tree))
		attempt_limit_lock_waits();
	part_set_running(true);
	run_top_level(sql);
	part_set_running(false);
	statement_check_done(job->part);
	record(job, statement, (MigText){NULL, 0});
	CommitTransactionCommand();
	tell(MESSAGE_DONE, statement);
}

/* A statement that is not recorded, in a transaction of its own. */
static void
run_alone(const char *sql)
{
	StartTransactionCommand();
	run_top_level(sql);
	CommitTransactionCommand();
}

/* What the statement that failed the last time has left. */
static void
clean_up(const Job *job)
{
	MigList left;

	StartTransactionCommand();
	begin_queries();
	left = statement_left(job->call, mig_text(job->texts[TEXT_LEFT]));
	end_queries();
	CommitTransactionCommand();
	for (size_t i = 0; i < left.n; i++)
		run_alone(mig_format(&job->call->mig, "DROP INDEX CONCURRENTLY IF EXISTS %.*s",
							 MIG_ARG(left.at[i])));
}

/*
 * Settings of statements that are done already are made again: those behind them rely on them,
 * and the process that had them has ended.  MESSAGE_BEGIN before clean_up(), whose error is then
 * told of the statement that it is for.
 */
static void
run_job(const Job *job)
{
	int done = job->order->done;
	int n = list_length(job->part->statements);

	for (int i = 1; i <= done; i++)
	{
		part_select(job->part, i);
		if (statement_is_setting(job->part->tree))
			run_alone(job->part->sql);
	}
	if (done < n)
		tell(MESSAGE_BEGIN, done + 1);
	clean_up(job);
	for (int i = done + 1; i <= n; i++)
		run_statement(job, i);
	tell(MESSAGE_END, n);
}

/* ---- the worker: becoming the caller ---- */

/*
 * All settings but the role, which has a place of its own and is not among those that the server
 * serialises.  All, and not a chosen few: default_transaction_read_only, a timeout or a
 * search_path that did not come along would let a statement do what the caller's session would
 * not have done.
 */
static void
take_settings(const Job *job, void *settings)
{
	StartTransactionCommand();
	RestoreGUCState(settings);
	if (strcmp(job->texts[TEXT_ROLE], "none") != 0)
		SetConfigOption("role", job->texts[TEXT_ROLE], PGC_USERSET, PGC_S_SESSION);
	CommitTransactionCommand();
	SetClientEncoding(GetDatabaseEncoding()); /* what the caller expects in the queue */
}

/*
 * From here on the next run waits for us; if our caller has already gone, it does not know.  So
 * its lock B is looked for once W is ours.
 */
static void
take_lock(const Job *job)
{
	StartTransactionCommand();
	DirectFunctionCall2(pg_advisory_lock_int4, Int32GetDatum(LOCK_W),
						Int32GetDatum((int32) job->order->schema));
	begin_queries();
	if (!store_has_lock(job->call, LOCK_B, job->order->caller))
		ereport(FATAL, (errcode(ERRCODE_ADMIN_SHUTDOWN), errmsg("migration run has ended")));
	end_queries();
	CommitTransactionCommand();
}

static void
take_order(Job *job, shm_toc *toc)
{
	job->order = shm_toc_lookup(toc, KEY_ORDER, false);
	for (int i = 0; i < TEXTS; i++)
		job->texts[i] = shm_toc_lookup(toc, KEY_TEXTS + i, false);
}

/* The section comes from the caller, who has checked it: the table may have another one by now. */
static void
prepare_part(Job *job)
{
	MigRevision revision = {.id = mig_text(job->texts[TEXT_REVISION]),
							.message = mig_text(job->texts[TEXT_MESSAGE])};

	job->part = part_of_section(job->call, &revision, (MigDirection) job->order->direction,
								(MigSection){mig_text(job->texts[TEXT_SQL]), job->order->line});
	part_split(job->part);
}

/* Found by its name in the library, so the server must see it. */
extern PGDLLEXPORT void migrate_worker_main(Datum argument);

/*
 * argument: the segment's handle.  An error ends the process, and the server sends it to our
 * caller.  Before the queue is there nobody is told of one; a segment that is gone is a caller
 * that is gone.  As the user who has logged in, whose right to do so is checked again;
 * take_settings() makes the role that of the caller.
 */
void
migrate_worker_main(Datum argument)
{
	Job job = {0};
	dsm_segment *segment;
	shm_toc *toc;
	shm_mq *queue;

	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	CurrentResourceOwner = ResourceOwnerCreate(NULL, "migrate worker");
	segment = dsm_attach(DatumGetUInt32(argument));
	if (segment == NULL)
		return;
	toc = shm_toc_attach(SEGMENT_MAGIC, dsm_segment_address(segment));
	queue = shm_toc_lookup(toc, KEY_QUEUE, false);
	shm_mq_set_sender(queue, MyProc);
	pq_redirect_to_shm_mq(segment, shm_mq_attach(queue, segment, NULL));
	take_order(&job, toc);
	BackgroundWorkerInitializeConnectionByOid(job.order->database, job.order->user, 0);
	job.call = call_begin_worker(job.order->function, job.order->schema);
	take_settings(&job, shm_toc_lookup(toc, KEY_SETTINGS, false));
	job.role = GetUserId();
	take_lock(&job);
	prepare_part(&job);
	run_job(&job);
}

/* ---- the caller: starting a worker ---- */

/* Without a tree no statement had begun, and the error is not one of a statement. */
bool
worker_can_repeat(const Work *work)
{
	return work->part && work->part->tree && statement_is_one_transaction(work->part->tree);
}

/* In the part's memory, until they are in the segment. */
static const char *
text_of(const Work *work, Text text)
{
	Mig *m = &work->part->call->mig;

	switch (text)
	{
		case TEXT_ROLE:
			return GetConfigOption("role", false, false);
		case TEXT_REVISION:
			return mig_copy(m, work->part->revision.id).at;
		case TEXT_MESSAGE:
			return mig_copy(m, work->part->revision.message).at;
		case TEXT_HEADS:
			return mig_join(m, work->heads, ",").at;
		case TEXT_LEFT:
			return mig_copy(m, work->left).at;
		default:
			return mig_copy(m, work->part->section.sql).at;
	}
}

/* The user who has logged in, and not the current one: the worker logs in as that. */
static Order
order_of(const Work *work)
{
	Call *call = work->part->call;

	return (Order){.database = MyDatabaseId,
				   .user = GetAuthenticatedUserId(),
				   .function = call->function,
				   .schema = call->schema,
				   .caller = MyProcPid,
				   .direction = work->part->direction,
				   .line = work->part->section.line,
				   .done = work->done};
}

/* Room for size bytes under that key, with a copy of them; from NULL: the caller fills it. */
static void *
put(shm_toc *toc, uint64 key, const void *from, Size size)
{
	void *to = shm_toc_allocate(toc, size);

	if (from)
		memcpy(to, from, size);
	shm_toc_insert(toc, key, to);
	return to;
}

/*
 * The order in a new segment; its queue is the last that is made.  All sizes are estimated first:
 * a segment does not grow.
 */
static dsm_segment *
make_segment(const Work *work, shm_mq **queue)
{
	Order order = order_of(work);
	Size settings = EstimateGUCStateSpace();
	const char *texts[TEXTS];
	shm_toc_estimator e;
	dsm_segment *segment;
	shm_toc *toc;

	shm_toc_initialize_estimator(&e);
	shm_toc_estimate_chunk(&e, sizeof(order));
	shm_toc_estimate_chunk(&e, settings);
	shm_toc_estimate_chunk(&e, QUEUE_SIZE);
	for (int i = 0; i < TEXTS; i++)
	{
		texts[i] = text_of(work, i);
		shm_toc_estimate_chunk(&e, strlen(texts[i]) + 1);
	}
	shm_toc_estimate_keys(&e, 3 + TEXTS);
	segment = dsm_create(shm_toc_estimate(&e), 0);
	toc = shm_toc_create(SEGMENT_MAGIC, dsm_segment_address(segment), shm_toc_estimate(&e));
	put(toc, KEY_ORDER, &order, sizeof(order));
	SerializeGUCState(settings, put(toc, KEY_SETTINGS, NULL, settings));
	for (int i = 0; i < TEXTS; i++)
		put(toc, KEY_TEXTS + i, texts[i], strlen(texts[i]) + 1);
	*queue = shm_mq_create(put(toc, KEY_QUEUE, NULL, QUEUE_SIZE), QUEUE_SIZE);
	shm_mq_set_receiver(*queue, MyProc);
	return segment;
}

/*
 * Called by the server where we let go of the segment, also in an abort: a caller that has failed
 * or was cancelled leaves no process behind that goes on.
 */
static void
end_worker(dsm_segment *segment, Datum work)
{
	(void) segment;
	if (((Work *) DatumGetPointer(work))->handle)
		TerminateBackgroundWorker(((Work *) DatumGetPointer(work))->handle);
}

/*
 * BGW_NEVER_RESTART: a worker that has crashed would not know how far it came, the next CALL asks
 * the log.  The handle is in the part's memory: worker_wait() needs it after an error, too.
 * bgw_type is what pg_stat_activity shows as the backend's type.
 */
static void
start(Work *work, dsm_segment *segment)
{
	BackgroundWorker worker = {.bgw_flags =
								   BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION,
							   .bgw_start_time = BgWorkerStart_RecoveryFinished,
							   .bgw_restart_time = BGW_NEVER_RESTART,
							   .bgw_main_arg = UInt32GetDatum(dsm_segment_handle(segment)),
							   .bgw_notify_pid = MyProcPid};
	MemoryContext old = MemoryContextSwitchTo(work->part->call->memory);

	strlcpy(worker.bgw_library_name, "migrate", sizeof(worker.bgw_library_name));
	strlcpy(worker.bgw_function_name, "migrate_worker_main", sizeof(worker.bgw_function_name));
	strlcpy(worker.bgw_type, "migrate worker", sizeof(worker.bgw_type));
	snprintf(worker.bgw_name, sizeof(worker.bgw_name), "migrate worker for process %d", MyProcPid);
	if (!RegisterDynamicBackgroundWorker(&worker, &work->handle))
		call_raise(work->part->call, "53000", "could not start a worker process",
				   mig_format(&work->part->call->mig, "All %d of max_worker_processes are in use.",
							  max_worker_processes),
				   "Increase max_worker_processes, or call again when others have ended.");
	MemoryContextSwitchTo(old);
	on_dsm_detach(segment, end_worker, PointerGetDatum(work));
}

/* ---- the caller: listening to it ---- */

/*
 * Throws what the worker has sent, as ours.  Positions are in the statement; without that they
 * would be taken as the CALL's.  FATAL is about the worker alone: it is an error here.  A notice
 * gets its place at once, an error in part_protected().
 */
static void
pass_on(Work *work, StringInfo message)
{
	ErrorData error;

	memset(&error, 0, sizeof(error));
	pq_parse_errornotice(message, &error);
	error.elevel = Min(error.elevel, ERROR);
	if (error.cursorpos > 0)
	{
		error.internalpos = error.cursorpos;
		error.internalquery = work->part->sql;
		error.cursorpos = 0;
	}
	if (error.elevel < ERROR)
		error.context = psprintf("%s%s%s", error.context ? error.context : "",
								 error.context ? "\n" : "", part_context(work->part));
	ThrowErrorData(&error);
}

static void
tell_statement(const Work *work)
{
	const Part *part = work->part;

	pgstat_report_activity(STATE_RUNNING, run_activity(work->run, work->step, part->statement,
													   list_length(part->statements)));
}

/* False: the worker has said that it is done. */
static bool
receive(Work *work, void *data, Size size)
{
	StringInfoData message = {.data = data, .len = (int) size, .maxlen = (int) size};
	char type = (char) pq_getmsgbyte(&message);

	switch (type)
	{
		case 'E':
		case 'N':
			pass_on(work, &message);
			return true;
		case MESSAGE_BEGIN:
			part_select(work->part, (int) pq_getmsgint(&message, 4));
			tell_statement(work);
			return true;
		case MESSAGE_DONE:
			work->done = (int) pq_getmsgint(&message, 4);
			return true;
		case MESSAGE_END:
			work->done = (int) pq_getmsgint(&message, 4);
			return false;
		default:
			return true; /* what a client is told about settings and notifications */
	}
}

/*
 * Without a snapshot: CREATE INDEX CONCURRENTLY in the worker waits for all older ones, and we
 * would wait for each other, unseen by the deadlock detector.  A notice or an activity that was
 * reported may have made one, so it is dropped before each wait.
 */
static void
listen_to(Work *work, shm_mq_handle *queue)
{
	Size size;
	void *data;

	do
	{
		InvalidateCatalogSnapshot();
		if (shm_mq_receive(queue, &size, &data, false) != SHM_MQ_SUCCESS)
			call_raise(work->part->call, MIG_INTERNAL, "worker process ended without an answer",
					   NULL, "Look at the server's log.");
	} while (receive(work, data, size));
}

/*
 * The process must have ended before the segment goes, or end_worker() would end it; and before
 * the caller's next transaction, which reads what it has committed.
 */
static void
run_worker(Part *part)
{
	Work *work = part->work;
	shm_mq *queue;
	dsm_segment *segment = make_segment(work, &queue);

	start(work, segment);
	listen_to(work, shm_mq_attach(queue, segment, work->handle));
	worker_wait(work);
	dsm_detach(segment);
}

/* Through part_protected(), which says of an error where in the script it was. */
void
worker_run(Work *work)
{
	work->part->work = work;
	part_protected(work->part, run_worker);
}

void
worker_wait(Work *work)
{
	if (work->handle)
		(void) WaitForBackgroundWorkerShutdown(work->handle);
	work->handle = NULL;
}
