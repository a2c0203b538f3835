/*
 * run.h - a run and its revisions: what run.c and part.c have and others use,
 * too
 */
#ifndef RUN_H
#define RUN_H

#include "nodes/pg_list.h"

#include "pg.h"

struct Node;

#pragma GCC visibility push(hidden)

/* Keys of the advisory locks, with the extension's schema; run.c says what each is for. */
#define LOCK_A 0x6d696741 /* "migA" */
#define LOCK_B 0x6d696742 /* "migB" */
#define LOCK_W 0x6d696757 /* "migW" */
#define LOCK_C 0x6d696743 /* "migC": see compare.c */

/* What is to be done, and from where. */
typedef struct Run
{
	Call *call;
	MigText target;
	MigDirection direction;
	MigStore store;
	MigGraph *graph;
	MigList rows; /* version rows from which the plan starts: none in a purge */
	MigPlan plan;
	bool autocommit; /* a transaction for each revision */
	MigText detail;  /* for the log rows of the step that runs, or null */
} Run;

/* A revision that is checked or run.  Lives in memory of its own. */
typedef struct Part
{
	Call *call;
	const char *what;     /* of a text that is no revision's, else NULL */
	bool toast;           /* its tables may need TOAST tables */
	MigRevision revision; /* with its script */
	MigDirection direction;
	MigSection section;
	List *statements;  /* of RawStmt */
	char *sql;         /* what is worked on: the section, or a statement of it */
	int line;          /* of the script, on which sql begins */
	int statement;     /* from 1; 0: the section */
	MigText keyword;   /* of the statement */
	struct Node *tree; /* the statement, as the raw parser left it */
	size_t end;        /* bytes of the section up to the statement's end */
	size_t begin;      /* and up to its first word */
	struct Work *work; /* of a worker */
} Part;

/* Refuses where running cannot work: inside of a revision, on a standby or read-only. */
extern void run_check(Call *call, const char *what);
/* Loads the store and plans. */
extern Run run_look(Call *call, MigText target, MigDirection direction, bool purge);
/* Checks what the plan stands on, and each step, before any of them runs. */
extern void run_check_plan(Run *it);
/* Tells the client, and whoever looks at pg_stat_activity, that step i begins. */
extern void run_tell(const Run *it, Part *part, size_t i);
/* What pg_stat_activity shows meanwhile; statement 0: not told. */
extern const char *run_activity(const Run *it, size_t i, int statement, int statements);
/* Runs a transactional step and records it; returns the version rows after it. */
extern MigList run_step(const Run *it, size_t i, MigList heads);

/* ---- part.c: a section and its statements ---- */

/* Loads the script of a revision, in memory that part_end() gives back. */
extern Part *part_begin(Call *call, const MigRevision *revision, MigDirection direction);
extern void part_end(Part *part);
/* A part for a section that is at hand. */
extern Part *part_of_section(Call *call, const MigRevision *revision, MigDirection direction,
							 MigSection section);
/* Splits the section that will run. */
extern void part_split(Part *part);
/* Makes a statement, counted from 1, the text that is worked on. */
extern void part_select(Part *part, int statement);
/* Splits the section, and does the work on each statement. */
extern void part_for_each(Part *part, void (*work)(Part *));
/* Refuses the selected statement of a revision where it cannot work, before anything has run. */
extern void part_check(Part *part);
/* Runs it. */
extern void part_run(Part *part);
/* The section's text up to the end of that many statements; null: it has fewer. */
extern MigText part_done(Part *part, int statements);
/* Does the work; its error gets the statement's context. */
extern void part_protected(Part *part, void (*work)(Part *));
/* "revision 375b918c8740, upgrade, statement 2, line 14" */
extern const char *part_context(Part *part);
/* Are we in a statement?  Whatever it calls must not start a run. */
extern bool part_is_running(void);
extern void part_set_running(bool now);

/* ---- attempt.c: the transactions of a CALL ---- */

/* Work that can be tried again.  An own struct begins with it. */
typedef struct Attempt
{
	Call *call;
	const char *what; /* for notices: "revision 375b918c8740" */
	void (*work)(struct Attempt *attempt);
	bool (*can_repeat)(struct Attempt *attempt); /* after an error; NULL: yes */
	int n;                                       /* attempts that failed for want of a lock */
} Attempt;

/* Begins to work in the CALL's transaction: with a snapshot. */
extern void attempt_begin(void);
extern void attempt_commit(void);
/* Leaves the work to whoever commits the CALL's last transaction. */
extern void attempt_leave_open(void);
/*
 * Does the work in the transaction as it is, and where it fails for want of a
 * lock, after a pause in the next one, with a snapshot if there was one.
 * Returns NULL, or the last error, when the transaction has been rolled back.
 */
extern ErrorData *attempt_run(Attempt *attempt);
/* Gives up on locks in this transaction as migrate.lock_timeout says. */
extern void attempt_limit_lock_waits(void);
/* Before waiting: a look at the catalogs has left a snapshot. */
extern void attempt_hold_no_snapshot(void);
/* Can be cancelled, and holds no snapshot. */
extern void attempt_sleep(int ms);

/* ---- statement.c: statements that run outside of a transaction ---- */

/* Is it one transaction, of which nothing is left when it fails? */
extern bool statement_is_one_transaction(const struct Node *tree);
/* Does it make a setting for the statements behind it? */
extern bool statement_is_setting(const struct Node *tree);
/* Refuses, before anything has run, what could not be resumed. */
extern void statement_check_resumable(Call *call, const struct Node *tree);
/* What to remove before the statement is run again, for the log; null: nothing. */
extern MigText statement_may_leave(Call *call, const struct Node *tree);
/* Of what statement_may_leave() said, the indexes that are there: names, quoted. */
extern MigList statement_left(Call *call, MigText left);
/* The statement, or what finishes it if it was interrupted. */
extern const char *statement_to_run(Part *part);
/* Behind it: has it done what it says? */
extern void statement_check_done(const Part *part);

/* ---- worker.c: statements outside of a transaction ---- */

/* A revision that a worker process runs, statement by statement, each recorded when it is done. */
typedef struct Work
{
	Part *part; /* split */
	const Run *run;
	size_t step;
	MigList heads;
	int done;                              /* statements that are done already */
	MigText left;                          /* by the next one, when it failed; may be null */
	struct BackgroundWorkerHandle *handle; /* the process, once it was started */
} Work;

/*
 * Starts the process and waits for it, with no snapshot held.  done and the
 * part's statement follow what it does.  Raises what it raises, with the
 * statement's context; 53000 where no process could be started.
 */
extern void worker_run(Work *work);
/* After an error: is nothing left of the statement that failed? */
extern bool worker_can_repeat(const Work *work);
/* Waits until the process, if there is one, has ended: after an error it may take a moment. */
extern void worker_wait(Work *work);

#pragma GCC visibility pop

#endif
