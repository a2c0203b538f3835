/*
 * resume.c - revisions that run outside of a transaction, and where they stop
 *
 * Such a revision is recorded statement by statement, by rows of migrate_log
 * with the status "running": how many statements are done, and the checksum of
 * those.  When a run ends in the middle, the last of these rows says where to
 * go on.  What has been done cannot be changed any more; what has not, may be:
 * most often it is the mistake that made the run stop.
 *
 * Of five statements two are done, the third fails: the log's last row says 2 and their
 * checksum.  The next run compares the first two with it and begins at the third.
 *
 * A stop holds as long as the version rows agree: that of an upgrade while the
 * revision is not applied, that of a downgrade while it is.
 */
#include "common.h"

/* waiting_for is PostgreSQL's integer[], as its text. */
const MigColumn mig_progress_columns[] = {
	{"pid", MIG_INT},          {"username", MIG_TEXT},  {"direction", MIG_TEXT},
	{"revision", MIG_TEXT},    {"step", MIG_INT},       {"steps", MIG_INT},
	{"statement", MIG_INT},    {"statements", MIG_INT}, {"since", MIG_TIME},
	{"waiting_for", MIG_TEXT}, {"phase", MIG_TEXT},     {"percent", MIG_INT},
	{NULL, MIG_TEXT}};

/*
 * Semicolons at the end do not count: a statement may be followed by one, or be the last.  By
 * tokens, so that comments and white space may change in what is done, too.
 */
MigText
mig_resume_checksum(Mig *m, MigText statements)
{
	Lexer l = lexer(statements, LEX_BOTH, 1);
	size_t semicolons = 0;
	Sha256 sum;

	sha256_init(&sum);
	for (Token token = lexer_next_word(&l); token.kind != TOKEN_END; token = lexer_next_word(&l))
	{
		if (token.kind == TOKEN_OTHER && token.text.at[0] == ';')
		{
			semicolons++;
			continue;
		}
		if (semicolons > 0)
			sha256_add(&sum, (MigText){";", 2});
		semicolons = 0;
		sha256_add(&sum, token.text);
		sha256_add(&sum, (MigText){"", 1});
	}
	return sha256_hex(m, &sum);
}

/*
 * Only a word that opens or closes something; END closes CASE and BEGIN ATOMIC alike.  The words
 * count in a CREATE alone, where a function's body may stand: a BEGIN is a statement elsewhere.
 */
static int
depth_change(Token token, bool in_create)
{
	static const struct
	{
		const char *word;
		int change;
	} words[] = {{"CASE", 1}, {"BEGIN", 1}, {"END", -1}};

	if (token.kind == TOKEN_OTHER)
		return token.text.at[0] == '(' ? 1 : token.text.at[0] == ')' ? -1 : 0;
	for (size_t i = 0; in_create && i < sizeof(words) / sizeof(words[0]); i++)
		if (token_is(&token, words[i].word))
			return words[i].change;
	return 0;
}

static int
count_sqlite(MigText section)
{
	Lexer l = lexer(section, LEX_SQLITE, 1);
	MigText gap;
	MigText statement;
	int n = 0;

	while (lexer_next_statement(&l, &gap, &statement))
		n++;
	return n;
}

/*
 * For people to read: the server itself splits what it runs.  Semicolons in parentheses (a rule's
 * actions) and in BEGIN ATOMIC ... END do not end a statement.
 */
static int
count_postgresql(MigText section)
{
	Lexer l = lexer(section, LEX_POSTGRESQL, 1);
	bool in_create = false;
	bool empty = true;
	int depth = 0;
	int n = 0;

	for (Token token = lexer_next_word(&l); token.kind != TOKEN_END; token = lexer_next_word(&l))
	{
		if (depth <= 0 && token.kind == TOKEN_OTHER && token.text.at[0] == ';')
		{
			n += !empty;
			empty = true;
			continue;
		}
		if (empty)
			in_create = token_is(&token, "CREATE");
		depth = empty ? 0 : depth + depth_change(token, in_create);
		empty = false;
	}
	return n + !empty;
}

/* For the adapter to load their scripts by. */
MigRevisions
mig_resume_stopped(Mig *m, const MigStore *store)
{
	MigRevisions stopped = {mig_alloc(m, store->nstops, sizeof(MigRevision)), store->nstops};

	for (size_t i = 0; i < store->nstops; i++)
		stopped.at[i].id = store->stops[i].revision;
	return stopped;
}

/*
 * A number of statements "5 of 7" is worth a guess: the server's own parser, which splits what
 * runs, is not the core's to call.
 */
void
mig_resume_count(Mig *m, MigStore *store, MigEngine engine)
{
	for (size_t i = 0; i < store->nstops; i++)
	{
		MigStop *stop = &store->stops[i];
		const MigRevision *revision = mig_store_find(store, stop->revision);
		MigText sql;

		if (revision == NULL)
			continue;
		sql = mig_script_section(m, revision, stop->direction, engine).sql;
		stop->total = engine == MIG_SQLITE ? count_sqlite(sql) : count_postgresql(sql);
	}
}

/* Somebody may have stamped the revision since, or removed it. */
static bool
stop_holds(Mig *m, const MigGraph *g, const MigStore *store, const MigStop *stop)
{
	bool applied = mig_graph_applied(m, g, mig_store_rows(m, store), stop->revision);

	return mig_graph_find(g, stop->revision) && applied == (stop->direction == MIG_DOWNGRADE);
}

/*
 * A stop that does not hold any more is as if it were not there, though its rows in the log stay.
 */
const MigStop *
mig_resume_find(Mig *m, const MigGraph *g, const MigStore *store, MigText revision,
				MigDirection direction)
{
	for (size_t i = 0; i < store->nstops; i++)
	{
		const MigStop *stop = &store->stops[i];

		if (stop->direction == direction && mig_same(stop->revision, revision) &&
			stop_holds(m, g, store, stop))
			return stop;
	}
	return NULL;
}

static const char *
direction_name(const MigStop *stop)
{
	return mig_direction_name(stop->direction);
}

/* How to go on. */
static const char *
call_of(Mig *m, const MigStop *stop, MigEngine engine)
{
	return mig_format(m,
					  engine == MIG_POSTGRESQL ? "CALL migrate_%s_autocommit('%.*s%s')"
											   : "SELECT migrate_%s('%.*s%s')",
					  direction_name(stop), MIG_ARG(stop->revision),
					  stop->direction == MIG_UPGRADE ? "" : "-1");
}

/* The hint is the call that goes on, ready to be pasted. */
static _Noreturn void
fail_stopped(Mig *m, const MigStop *stop, MigEngine engine, const char *what)
{
	mig_raise(
		m,
		&(MigError){MIG_WRONG_STATE,
					mig_format(m,
							   "cannot %s: the %s of revision \"%.*s\" has stopped at "
							   "statement %d",
							   what, direction_name(stop), MIG_ARG(stop->revision), stop->done + 1),
					NULL, mig_format(m, "Finish it first: %s.", call_of(m, stop, engine)), NULL});
}

/*
 * What stands on a revision that is half there, or carries it, must wait for the other half: below
 * a stopped upgrade nothing goes down, above a stopped downgrade nothing goes up.  And the same
 * revision, if it says meanwhile that it is transactional, cannot go on in the middle.
 */
static void
check_against(Mig *m, const MigGraph *g, const MigStop *stop, const MigStep *step, MigEngine engine)
{
	MigText id = step->revision->id;
	bool up = stop->direction == MIG_UPGRADE;
	MigText low = up ? id : stop->revision;
	MigText high = up ? stop->revision : id;

	if (step->direction == stop->direction)
	{
		if (mig_same(id, stop->revision) && step->revision->transactional)
			fail_stopped(m, stop, engine, "run it inside a transaction");
		return;
	}
	if (mig_graph_applied(m, g, (MigList){&high, 1}, low))
		fail_stopped(
			m, stop, engine,
			mig_format(m, "%s revision \"%.*s\"", up ? "downgrade" : "upgrade", MIG_ARG(id)));
}

void
mig_resume_check_plan(Mig *m, const MigGraph *g, const MigStore *store, const MigPlan *plan,
					  MigEngine engine)
{
	for (size_t i = 0; i < store->nstops; i++)
	{
		if (!stop_holds(m, g, store, &store->stops[i]))
			continue;
		for (size_t k = 0; k < plan->n; k++)
			check_against(m, g, &store->stops[i], &plan->steps[k], engine);
	}
}

/*
 * The script may have been replaced since: what is behind the stop is the mistake to be mended,
 * what is before it has happened.
 */
void
mig_resume_check_script(Mig *m, const MigStop *stop, MigText done)
{
	if (stop->done == 0 || (done.at && mig_same(mig_resume_checksum(m, done), stop->checksum)))
		return;
	mig_raise(m, &(MigError){MIG_WRONG_STATE,
							 mig_format(m, "revision \"%.*s\" was edited where it has already run",
										MIG_ARG(stop->revision)),
							 mig_format(m, "Its %s has stopped at statement %d.",
										direction_name(stop), stop->done + 1),
							 mig_format(m, "Put the statements before that one back as they were; "
										   "it and those behind it may change."),
							 NULL});
}

MigText
mig_resume_line(Mig *m, const MigStop *stop, bool running)
{
	MigBuf buf = mig_buf(m);

	mig_buf_format(&buf, "%s %srevision %.*s %s statement %d", running ? "running" : "stopped in",
				   stop->direction == MIG_UPGRADE ? "" : "the downgrade of ",
				   MIG_ARG(stop->revision), running ? "with" : "at", stop->done + 1);
	if (stop->total > 0)
		mig_buf_format(&buf, " of %d", stop->total);
	return mig_buf_text(&buf);
}

void
mig_resume_lines(Mig *m, const MigGraph *g, const MigStore *store, MigLines *lines)
{
	for (size_t i = 0; i < store->nstops; i++)
		if (stop_holds(m, g, store, &store->stops[i]))
			mig_lines_add(lines, mig_resume_line(m, &store->stops[i], store->running));
}

/* Where the run is not going on, and so nobody else can say more. */
void
mig_resume_progress(Mig *m, const MigGraph *g, const MigStore *store, MigTable *table)
{
	for (size_t i = 0; i < store->nstops; i++)
	{
		const MigStop *stop = &store->stops[i];
		MigText *row;

		if (!stop_holds(m, g, store, stop))
			continue;
		row = mig_table_row(m, table);
		row[2] = mig_text(direction_name(stop));
		row[3] = stop->revision;
		row[6] = mig_cell_int(m, stop->done + 1);
		row[7] = mig_cell_int(m, stop->total);
		row[8] = stop->since;
	}
}
