/*
 * graph_driver.c - the core as a subject of the oracle's compare.py
 *
 * Reads cases and writes answers, one JSON object a line, without a database:
 *
 *   compare.py --by-id --no-fromto --subject build/graph_driver ...
 *
 * A list of targets becomes one text with commas, as the SQL functions take
 * it.  The parser knows the JSON of the cases and no more.
 */
#include "host.h"

#include "graph.h"

/* ---- cases ---- */

typedef struct Case
{
	MigStore store;
	MigText op;
	MigText target;
	bool purge;
} Case;

typedef struct Reader
{
	Mig *m;
	const char *at;
} Reader;

static void
skip(Reader *r)
{
	while (*r->at == ' ' || *r->at == ',' || *r->at == ':')
		r->at++;
}

static bool
take(Reader *r, char c)
{
	skip(r);
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

/* \u00fc as UTF-8; the cases have nothing beyond the basic plane. */
static void
read_code(Reader *r, MigBuf *buf)
{
	char digits[5] = {r->at[0], r->at[1], r->at[2], r->at[3], '\0'};
	unsigned code = (unsigned) strtoul(digits, NULL, 16);

	r->at += 4;
	if (code < 0x80)
		mig_buf_format(buf, "%c", (int) code);
	else if (code < 0x800)
		mig_buf_format(buf, "%c%c", (int) (0xc0 | code >> 6), (int) (0x80 | (code & 0x3f)));
	else
		mig_buf_format(buf, "%c%c%c", (int) (0xe0 | code >> 12), (int) (0x80 | (code >> 6 & 0x3f)),
					   (int) (0x80 | (code & 0x3f)));
}

static MigText
read_string(Reader *r)
{
	MigBuf buf = mig_buf(r->m);

	if (!take(r, '"'))
		return (MigText){NULL, 0};
	while (*r->at && *r->at != '"')
	{
		char c = *r->at++;

		if (c == '\\' && *r->at++ == 'u')
			read_code(r, &buf);
		else
			mig_buf_format(&buf, "%c", c == '\\' ? r->at[-1] : c);
	}
	r->at++;
	return mig_buf_text(&buf);
}

static MigList
read_list(Reader *r)
{
	MigLines lines = mig_lines(r->m);

	if (!take(r, '['))
		return lines.list;
	while (!take(r, ']'))
		mig_lines_add(&lines, read_string(r));
	return lines.list;
}

/* null, true, a number: up to what follows. */
static MigText
read_word(Reader *r)
{
	const char *start;

	skip(r);
	start = r->at;
	while (*r->at && !strchr(",}] ", *r->at))
		r->at++;
	return (MigText){start, (size_t) (r->at - start)};
}

static MigText
read_target(Reader *r)
{
	skip(r);
	if (*r->at == '"')
		return read_string(r);
	if (*r->at == '[')
		return mig_join(r->m, read_list(r), ",");
	read_word(r);
	return (MigText){NULL, 0};
}

static void
read_revision(Reader *r, MigRevision *revision)
{
	take(r, '{');
	while (!take(r, '}'))
	{
		MigText key = read_string(r);

		if (mig_same(key, mig_text("id")))
			revision->id = read_string(r);
		else if (mig_same(key, mig_text("down")))
			revision->revises = read_list(r);
		else if (mig_same(key, mig_text("depends")))
			revision->depends = read_list(r);
		else if (mig_same(key, mig_text("labels")))
			revision->labels = read_list(r);
		else if (mig_same(key, mig_text("message")))
			revision->message = read_string(r);
	}
}

static void
read_revisions(Reader *r, MigRevisions *revisions)
{
	size_t room = 16;

	for (const char *p = r->at; *p; p++)
		room += *p == '{';
	revisions->at = mig_alloc(r->m, room, sizeof(MigRevision));
	take(r, '[');
	while (!take(r, ']'))
		read_revision(r, &revisions->at[revisions->n++]);
}

static void
read_rows(Reader *r, MigStore *store)
{
	MigList rows = read_list(r);

	store->versions = mig_alloc(r->m, rows.n, sizeof(MigVersion));
	store->nversions = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		store->versions[i].revision = rows.at[i];
}

static Case
read_case(Mig *m, const char *line)
{
	Reader r = {m, line};
	Case c = {{{NULL, 0}, NULL, 0}, {NULL, 0}, {NULL, 0}, false};

	take(&r, '{');
	while (*r.at && !take(&r, '}'))
	{
		MigText key = read_string(&r);

		if (mig_same(key, mig_text("revisions")))
			read_revisions(&r, &c.store.revisions);
		else if (mig_same(key, mig_text("current")))
			read_rows(&r, &c.store);
		else if (mig_same(key, mig_text("op")))
			c.op = read_string(&r);
		else if (mig_same(key, mig_text("target")))
			c.target = read_target(&r);
		else if (mig_same(key, mig_text("purge")))
			c.purge = read_word(&r).at[0] == 't';
		else
			read_target(&r);
	}
	return c;
}

/* ---- answers ---- */

static void
add_string(MigBuf *buf, MigText text)
{
	mig_buf_str(buf, "\"");
	for (size_t i = 0; i < text.len; i++)
	{
		char c = text.at[i];

		if ((unsigned char) c < ' ')
			mig_buf_format(buf, "\\u%04x", c);
		else
			mig_buf_format(buf, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
	}
	mig_buf_str(buf, "\"");
}

static void
add_list(MigBuf *buf, MigList list)
{
	mig_buf_str(buf, "[");
	for (size_t i = 0; i < list.n; i++)
	{
		if (i > 0)
			mig_buf_str(buf, ",");
		add_string(buf, list.at[i]);
	}
	mig_buf_str(buf, "]");
}

static MigText
answer_plan(Mig *m, const MigGraph *g, Case *c, MigDirection direction)
{
	MigBuf buf = mig_buf(m);
	const MigTable *plan;
	MigList rows;

	if (c->purge)
		c->store.nversions = 0;
	rows = mig_store_rows(m, &c->store);
	plan = mig_plan_table(m, g, &c->store, c->target, direction);
	mig_buf_str(&buf, "{\"steps\":[");
	for (size_t i = 0; i < plan->nrow; i++)
	{
		const MigText *row = plan->cells + i * plan->ncol;

		rows = mig_split(m, row[3]);
		mig_buf_format(&buf, "%s{\"rev\":", i > 0 ? "," : "");
		add_string(&buf, row[2]);
		mig_buf_format(&buf, ",\"dir\":\"%.*s\",\"rows\":", MIG_ARG(row[1]));
		add_list(&buf, rows);
		mig_buf_str(&buf, "}");
	}
	mig_buf_str(&buf, "],\"heads_after\":");
	add_list(&buf, rows);
	mig_buf_str(&buf, "}");
	return mig_buf_text(&buf);
}

/* The first column of a table, or with children both. */
static MigText
answer_table(Mig *m, const MigTable *table, bool children)
{
	MigBuf buf = mig_buf(m);

	mig_buf_str(&buf, "{\"result\":[");
	for (size_t i = 0; i < table->nrow; i++)
	{
		const MigText *row = table->cells + i * table->ncol;

		mig_buf_str(&buf, i > 0 ? "," : "");
		mig_buf_str(&buf, children ? "[" : "");
		add_string(&buf, row[0]);
		if (children)
		{
			mig_buf_str(&buf, ",");
			add_list(&buf, mig_split(m, row[1]));
			mig_buf_str(&buf, "]");
		}
	}
	mig_buf_str(&buf, "]}");
	return mig_buf_text(&buf);
}

/* Alembic's get_revision(), where migrate_resolve() is its get_revisions(). */
static MigText
answer_one(Mig *m, const MigGraph *g, MigText target)
{
	Node x = target_revision(m, g, target);
	MigBuf buf = mig_buf(m);

	mig_buf_str(&buf, "{\"result\":");
	if (x < g->n)
		add_string(&buf, graph_id(g, x));
	else
		mig_buf_str(&buf, "null");
	mig_buf_str(&buf, "}");
	return mig_buf_text(&buf);
}

static MigText
answer_bases(Mig *m, const MigGraph *g)
{
	MigTable *table = mig_table(m, mig_resolve_columns);
	Nodes bases = graph_bases(m, g);

	for (size_t i = 0; i < bases.n; i++)
		mig_table_row(m, table)[0] = graph_id(g, bases.at[i]);
	return answer_table(m, table, false);
}

/* Labels as drawn; for cases of one's own with the oracle's op "info". */
static MigText
answer_info(Mig *m, const MigGraph *g)
{
	MigBuf buf = mig_buf(m);
	const MigList *labels = graph_labels(m, g);

	mig_buf_str(&buf, "{\"result\":[");
	for (Node x = 0; x < g->n; x++)
	{
		mig_buf_format(&buf, "%s{\"id\":", x > 0 ? "," : "");
		add_string(&buf, graph_id(g, x));
		mig_buf_str(&buf, ",\"labels\":");
		add_list(&buf, labels[x]);
		mig_buf_str(&buf, "}");
	}
	mig_buf_str(&buf, "]}");
	return mig_buf_text(&buf);
}

static MigText
answer_text(Mig *m, MigText text)
{
	MigBuf buf = mig_buf(m);

	mig_buf_str(&buf, "{\"result\":");
	add_string(&buf, text);
	mig_buf_str(&buf, "}");
	return mig_buf_text(&buf);
}

static bool
is_op(const Case *c, const char *name)
{
	return mig_same(c->op, mig_text(name));
}

/* The store refuses what cannot be an identifier before there is a graph. */
static void
check_identifiers(Mig *m, const MigStore *store)
{
	for (size_t i = 0; i < store->revisions.n; i++)
		for (size_t k = 0; k < store->revisions.at[i].id.len; k++)
			if (strchr("@+-:", store->revisions.at[i].id.at[k]))
				script_check_revision_id(m, store->revisions.at[i].id);
}

static MigText
answer(Mig *m, const char *line)
{
	Case c = read_case(m, line);
	const MigGraph *g;

	check_identifiers(m, &c.store);
	g = mig_graph(m, c.store.revisions);
	if (is_op(&c, "upgrade"))
		return answer_plan(m, g, &c, MIG_UPGRADE);
	if (is_op(&c, "downgrade"))
		return answer_plan(m, g, &c, MIG_DOWNGRADE);
	if (is_op(&c, "stamp"))
		return answer_plan(m, g, &c, MIG_STAMP);
	if (is_op(&c, "history"))
		return answer_table(m, mig_history(m, g, &c.store, c.target), false);
	if (is_op(&c, "show"))
		return answer_table(m, mig_resolve(m, g, &c.store, c.target), false);
	if (is_op(&c, "resolve"))
		return answer_one(m, g, c.target);
	if (is_op(&c, "current"))
		return answer_table(m, mig_current(m, g, &c.store), false);
	if (is_op(&c, "heads"))
		return answer_table(m, mig_heads(m, g, &c.store, false), false);
	if (is_op(&c, "branches"))
		return answer_table(m, mig_branches(m, g, &c.store), true);
	if (is_op(&c, "bases"))
		return answer_bases(m, g);
	if (is_op(&c, "draw"))
		return answer_text(m, mig_draw(m, g, &c.store, c.target));
	if (is_op(&c, "verbose"))
		return answer_text(m, mig_show(m, g, &c.store, c.target));
	return answer_info(m, g);
}

/* ---- lines ---- */

static void
print_error(const char *text)
{
	printf("{\"error\":\"MigError\",\"message\":\"");
	for (; *text; text++)
		if (*text == '\n')
			printf("\\n");
		else
			printf("%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
	printf("\"}\n");
}

int
main(void)
{
	char *line = NULL;
	size_t room = 0;

	(void) host_check; /* for tests by pairs */
	while (getline(&line, &room, stdin) > 0)
	{
		char *text = host_run(answer, line, -1);

		if (text[0] == '{')
			printf("%s\n", text);
		else
			print_error(text);
		fflush(stdout);
		free(text);
	}
	free(line);
	return 0;
}
