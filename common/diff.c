/*
 * diff.c - two schemas -> what leads from the one to the other, and back
 *
 * One direction at a time: diff_one_way() takes the schema that is there and the one
 * that is wanted and returns operations in the order in which they can run.
 * Both directions are computed so, each by itself; then the ways there and back
 * are laid side by side, and what undoes each other shares a step.
 *
 *   1. match: the same key in both is the same object.
 *   2. decide: what is in one alone is dropped or created; what has other
 *      properties is altered where its kind can, else replaced.
 *   3. spread: what needs a replaced object is replaced, too, and what cannot
 *      be there while a column gets another type (KIND_BREAKS).
 *   4. order: an object is dropped behind all that needs it, created and altered
 *      behind all that it needs.
 *
 * A type cannot be dropped while columns have it.  So it is put aside under
 * another name, its columns get the new one, and then the old one is dropped.
 *
 * An example, PostgreSQL's: where
 *
 *   CREATE TYPE mood AS ENUM ('sad', 'ok');
 *   CREATE TABLE t (id int, m mood);           CREATE VIEW v AS SELECT m FROM t;
 *
 * is live, and mood is to be ('ok', 'glad'), then mood and v are twins (1); the values
 * differ, and no ADD VALUE takes 'sad' away, so mood is replaced (2); t.m has it and gets
 * the new type, v needs t.m and is in its way (3):
 *
 *   DROP VIEW v;  ALTER TYPE mood RENAME TO "mood (old)";  CREATE TYPE mood ...;
 *   ALTER TABLE t ALTER COLUMN m TYPE mood USING m::text::mood;
 *   DROP TYPE "mood (old)";  CREATE VIEW v ...;
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

void
diff_ops_add(Mig *m, Ops *list, Op *op)
{
	if (list->n == list->room)
	{
		size_t room = list->room ? list->room * 2 : 64;
		Op **at = mig_alloc(m, room, sizeof(Op *));

		if (list->n > 0)
			memcpy(at, list->at, list->n * sizeof(Op *));
		list->at = at;
		list->room = room;
	}
	list->at[list->n++] = op;
}

/*
 * Puts it on the way's list and on nothing else: whoever decided it also notes it at the object
 * (drop, create or alter), which is where the other files find it.
 */
Op *
diff_op(Way *way, OpKind kind, Object *object)
{
	Op *op = mig_alloc(way->m, 1, sizeof(Op));

	op->kind = kind;
	op->object = object;
	diff_ops_add(way->m, &way->ops, op);
	return op;
}

/*
 * Takes NULL and an operation behind itself, so that callers can pass on what drop_of() and
 * make_of() found without asking first.  The same pair may be told twice: the walk of put() sees
 * it once.
 */
void
diff_after(Way *way, Op *op, Op *before)
{
	if (op == NULL || before == NULL || op == before)
		return;
	if (op->nafter == op->room)
	{
		size_t room = op->room ? op->room * 2 : 4;
		Op **at = mig_alloc(way->m, room, sizeof(Op *));

		if (op->nafter > 0)
			memcpy(at, op->after, op->nafter * sizeof(Op *));
		op->after = at;
		op->room = room;
	}
	op->after[op->nafter++] = before;
}

/*
 * The names to be written change once on the way: drops that wait for nothing but drops stand at
 * the front of the list and say the old names, since the renames come right behind them; all that
 * follows says new ones.  The texts of renames themselves were written when they were put.
 */
Ops
diff_one_way(Mig *m, MigSchema *from, MigSchema *to, const Renames *renames, MigDesired *wanted,
			 bool back)
{
	Way way = {.m = m,
			   .from = from,
			   .to = to,
			   .renames = renames,
			   .online = wanted && wanted->online,
			   .own = wanted ? wanted->own : (MigText){NULL, 0},
			   .back = back};

	diff_decide(&way);
	diff_order(&way);
	diff_online_swap(&way);
	diff_use_names(&way, false);
	for (size_t i = 0; i < way.done.n; i++)
	{
		if (i == 0 || way.done.at[i - 1]->mark == DROPS_ALONE)
			diff_use_names(&way, way.done.at[i]->mark != DROPS_ALONE);
		diff_write(&way, way.done.at[i]);
	}
	diff_online_end(&way);
	if (wanted)
		wanted->outside |= way.outside;
	return way.done;
}

/* ---- there and back ---- */

enum
{
	STEP_NUMBER,
	STEP_OBJECT,
	STEP_UPGRADE,
	STEP_DOWNGRADE,
	STEP_DESTRUCTIVE,
	STEP_HINT,
	STEP_DOWNGRADE_DESTRUCTIVE,
	STEP_COLUMNS
};

const MigColumn mig_diff_columns[] = {
	[STEP_NUMBER] = {"step", MIG_INT},
	[STEP_OBJECT] = {"object", MIG_TEXT},
	[STEP_UPGRADE] = {"upgrade", MIG_TEXT},
	[STEP_DOWNGRADE] = {"downgrade", MIG_TEXT},
	[STEP_DESTRUCTIVE] = {"destructive", MIG_BOOL},
	[STEP_HINT] = {"hint", MIG_TEXT},
	[STEP_DOWNGRADE_DESTRUCTIVE] = {"downgrade_destructive", MIG_BOOL},
	[STEP_COLUMNS] = {NULL, MIG_TEXT},
};

/*
 * Does the one undo what the other does?  Keys are those that objects have after both ways were
 * found, which names both sides alike.  A rename, the row that is left out (0), undoes a rename.
 */
static bool
undoes(const Op *up, const Op *down)
{
	static const OpKind opposite[] = {
		[OP_ASIDE] = OP_DROP, [OP_DROP] = OP_CREATE, [OP_CREATE] = OP_DROP, [OP_ALTER] = OP_ALTER};

	return opposite[up->kind] == down->kind && mig_same(up->object->key, down->object->key);
}

/* An operation of a list and where it stands there. */
typedef struct Listed
{
	const Op *op;
	size_t at;
} Listed;

/*
 * By key and kind, which finds the one that is meant or none; only what is renamed by a detour has
 * two of a kind.
 */
static int
compare_listed(const void *a, const void *b)
{
	const Op *x = ((const Listed *) a)->op;
	const Op *y = ((const Listed *) b)->op;
	int order = mig_compare(x->object->key, y->object->key);

	return order ? order : (int) x->kind - (int) y->kind;
}

/* For each operation, where among the others the one is that undoes it; others.n: nowhere. */
static size_t *
find_partners(Mig *m, Ops ops, Ops others)
{
	Listed *sorted = mig_alloc(m, others.n, sizeof(Listed));
	size_t *partners = mig_alloc(m, ops.n, sizeof(size_t));

	for (size_t i = 0; i < others.n; i++)
		sorted[i] = (Listed){others.at[i], i};
	if (others.n > 1)
		qsort(sorted, others.n, sizeof(Listed), compare_listed);
	for (size_t i = 0; i < ops.n; i++)
	{
		partners[i] = others.n;
		for (int kind = OP_RENAME; kind <= OP_ALTER && others.n > 0; kind++)
		{
			Op undo = {.kind = (OpKind) kind, .object = ops.at[i]->object};
			Listed wanted = {&undo, 0};
			const Listed *found = NULL;

			if (undoes(&undo, ops.at[i]))
				found = bsearch(&wanted, sorted, others.n, sizeof(Listed), compare_listed);
			if (found)
				partners[i] = found->at;
		}
	}
	return partners;
}

/* up or down is NULL where a step has only the other one. */
static void
add_step(Mig *m, MigTable *table, MigText label, const Op *up, const Op *down)
{
	MigText *row = mig_table_row(m, table);

	row[STEP_NUMBER] = mig_cell_int(m, (int64_t) table->nrow);
	row[STEP_OBJECT] = label;
	if (up)
		row[STEP_UPGRADE] = up->text;
	if (down)
		row[STEP_DOWNGRADE] = down->text;
	row[STEP_DESTRUCTIVE] = mig_cell_bool(up && up->destructive);
	if (up)
		row[STEP_HINT] = up->hint;
	row[STEP_DOWNGRADE_DESTRUCTIVE] = mig_cell_bool(down && down->destructive);
}

/*
 * What was done last on the way there is undone first: only turned round do the two lists have
 * what belongs together in about the same order.
 */
static Ops
turn_round(Mig *m, Ops ops)
{
	Ops turned = {NULL, 0, 0};

	while (ops.n > 0)
		diff_ops_add(m, &turned, ops.at[--ops.n]);
	return turned;
}

/*
 * The way back is turned round and laid beside the way there, and what undoes each other shares a
 * row.  Neither list may change its order, so this is a merge: partners that cross each other stay
 * apart, each in a row of its own.  Where the lists are out of step, the one goes on alone whose
 * next partner is nearer.
 */
static MigTable *
side_by_side(Mig *m, Ops up, Ops down)
{
	MigTable *table = mig_table(m, mig_diff_columns);
	size_t *in_down;
	size_t *in_up;
	size_t i = 0;
	size_t k = 0;

	down = turn_round(m, down);
	in_down = find_partners(m, up, down);
	in_up = find_partners(m, down, up);
	while (i < up.n || k < down.n)
	{
		size_t next_down = i < up.n && in_down[i] >= k ? in_down[i] : down.n;
		size_t next_up = k < down.n && in_up[k] >= i ? in_up[k] : up.n;

		if (i < up.n && k < down.n && next_down == k)
			add_step(m, table, up.at[i]->label, up.at[i], down.at[k]), i++, k++;
		else if (i < up.n && (next_down == down.n || k == down.n ||
							  (next_up < up.n && next_up - i < next_down - k)))
			add_step(m, table, up.at[i]->label, up.at[i], NULL), i++;
		else
			add_step(m, table, down.at[k]->label, NULL, down.at[k]), k++;
	}
	return table;
}

/*
 * What is known by name alone (KIND_OTHER) and is live may be in the desired schema, too: then it
 * is the same.  Where it is not live, nothing here could make it: better refused before the first
 * step than left out without a word.
 */
static void
check_comparable(Mig *m, const MigSchema *desired)
{
	for (size_t i = 0; i < desired->objects.n; i++)
	{
		const Object *object = desired->objects.at[i];

		if ((object->kind->flags & KIND_OTHER) && object->twin == NULL && !object->out)
			mig_raise(m,
					  &(MigError){MIG_UNSUPPORTED,
								  mig_format(m, "cannot compare %.*s", MIG_ARG(object->given.full)),
								  "Its kind is not known here.",
								  "Make it in a revision of its own, and leave it out of the "
								  "desired schema.",
								  NULL});
	}
}

/* ---- filters ---- */

/*
 * "*" is any text, "?" any character.  Only the last star is ever gone back to, which is enough,
 * so neither a stack nor recursion is needed for a pattern that the user wrote.
 */
static bool
matches(MigText pattern, MigText name)
{
	size_t p = 0;
	size_t n = 0;
	size_t star = SIZE_MAX;
	size_t from = 0;

	while (n < name.len)
	{
		if (p < pattern.len && pattern.at[p] == '*')
		{
			star = p++;
			from = n;
		}
		else if (p < pattern.len && (pattern.at[p] == '?' || pattern.at[p] == name.at[n]))
		{
			p++;
			n++;
		}
		else if (star == SIZE_MAX)
			return false;
		else
		{
			p = star + 1;
			n = ++from;
		}
	}
	while (p < pattern.len && pattern.at[p] == '*')
		p++;
	return p == pattern.len;
}

/*
 * A pattern is one of names, "app.*", or of what migrate_diff() shows: "index app.*".  A label is
 * its kind's word and then the name, as in "index %f", so the name begins where the template has
 * its "%".
 */
static bool
is_named(Mig *m, const Object *object, MigList patterns)
{
	MigText label = schema_label(m, object);
	const char *name = strchr(object->kind->label, '%'); /* behind the word for its kind */
	size_t skip = (size_t) (name - object->kind->label);

	for (size_t i = 0; i < patterns.n; i++)
		if (matches(patterns.at[i], label) ||
			matches(patterns.at[i], (MigText){label.at + skip, label.len - skip}))
			return true;
	return false;
}

/* Separated by commas, but for those inside of a quoted name or between a function's arguments. */
static MigList
read_patterns(Mig *m, MigText text)
{
	MigLines patterns = mig_lines(m);
	size_t from = 0;
	size_t depth = 0;
	bool quoted = false;

	if (text_trim(text).len == 0)
		return patterns.list;
	for (size_t i = 0; i <= text.len; i++)
	{
		char c = i < text.len ? text.at[i] : ',';

		quoted ^= c == '"';
		depth += c == '(';
		depth -= c == ')' && depth > 0;
		if (i < text.len && (c != ',' || quoted || depth > 0))
			continue;
		mig_lines_add(&patterns, text_trim((MigText){text.at + from, i - from}));
		from = i + 1;
	}
	return patterns.list;
}

/* Under one of its names, if it is renamed. */
static bool
is_called(Mig *m, const Object *object, MigList patterns)
{
	return is_named(m, object, patterns) || (object->twin && is_named(m, object->twin, patterns));
}

/* What it is left out with: a counter with its column, though it is no part of it. */
static const Object *
whole_of(const Object *object)
{
	return object_is(object, "sequence") ? rename_owner_column(object) : object->parent;
}

/*
 * Alembic's include_object, as patterns.  A part is out with its whole, and in with it unless it
 * is excluded itself: of "include => 'app.*'" the columns of app's tables need no pattern of their
 * own.
 */
static void
filter(Mig *m, const MigSchema *schema, MigList include, MigList exclude)
{
	for (size_t i = 0; i < schema->objects.n; i++)
	{
		Object *object = schema->objects.at[i];
		bool in = include.n == 0;

		for (const Object *o = object; o; o = whole_of(o))
		{
			in |= is_called(m, o, include);
			object->out |= is_called(m, o, exclude);
		}
		object->out |= !in;
	}
}

/* What is left out keeps its name, too.  True: such a rename was told. */
static bool
drop_renames_of_what_is_out(Renames *renames)
{
	bool any = false;

	for (Rename *r = renames->first; r; r = r->next)
		if (r->from && (r->from->out || r->to->out))
		{
			r->from = NULL;
			any = true;
		}
	return any;
}

/* Twins are known, so that both names of what is renamed count. */
static void
leave_out(Way *way, Renames *renames, const MigDesired *wanted)
{
	MigList include = read_patterns(way->m, wanted->include);
	MigList exclude = read_patterns(way->m, wanted->exclude);

	if (include.n == 0 && exclude.n == 0)
		return;
	diff_use_names(way, false);
	filter(way->m, way->from, include, exclude);
	filter(way->m, way->to, include, exclude);
	diff_use_names(way, true);
	if (drop_renames_of_what_is_out(renames))
	{
		diff_rename(way);
		diff_match(way->m, way->from, way->to);
	}
}

/*
 * Told renames first, as what is found depends on twins, and these on names.  Filters come between:
 * what is out is not taken for the old name of something.  The twins that it leaves are made anew
 * by each way.
 */
void
diff_find_renames(Mig *m, MigSchema *live, MigSchema *desired, Renames *renames,
				  const MigDesired *wanted)
{
	Way way = {.m = m, .from = live, .to = desired, .renames = renames};

	diff_rename(&way);
	diff_match(m, live, desired);
	if (wanted)
		leave_out(&way, renames, wanted);
	rename_find(m, live, desired, renames);
}

/* ---- all of it ---- */

/* The way back is found behind the way there: see Way. */
MigTable *
mig_diff(Mig *m, MigSchema *live, MigSchema *desired, MigDesired *wanted)
{
	Renames renames;
	Ops up;
	Ops down;

	if (wanted->online && live->engine == MIG_SQLITE)
		mig_raise(m, &(MigError){MIG_UNSUPPORTED, "online forms are for PostgreSQL", NULL,
								 "Leave online out: SQLite has one writer at a time.", NULL});
	schema_resolve(live);
	schema_resolve(desired);
	renames = rename_read(m, live, desired, wanted->text);
	diff_find_renames(m, live, desired, &renames, wanted);
	check_comparable(m, desired);
	up = diff_one_way(m, live, desired, &renames, wanted, false);
	down = diff_one_way(m, desired, live, &renames, wanted, true);
	return side_by_side(m, up, down);
}

/* ---- what is made of the steps ---- */

/*
 * Has a step a statement of this direction on a function or a procedure?  A body in quotes names
 * what no catalog tells, so it may stand before what it calls; then the script switches the check
 * off.
 */
static bool
changes_programs(const MigTable *diff, bool up)
{
	for (const MigText *row = diff->cells; row < diff->cells + diff->nrow * diff->ncol;
		 row += diff->ncol)
		if (row[up ? STEP_UPGRADE : STEP_DOWNGRADE].at &&
			(strncmp(row[STEP_OBJECT].at, "function ", strlen("function ")) == 0 ||
			 strncmp(row[STEP_OBJECT].at, "procedure ", strlen("procedure ")) == 0))
			return true;
	return false;
}

/*
 * Downgrades are read from the last step to the first, see mig_diff().  The hints are for who
 * reads the upgrade: they are about what it will do.
 */
MigText
mig_diff_script(Mig *m, const MigTable *diff, MigDirection direction)
{
	bool up = direction == MIG_UPGRADE;
	MigBuf buf = mig_buf(m);

	if (changes_programs(diff, up))
		mig_buf_str(&buf, UNCHECKED_BODIES);
	for (size_t i = 0; i < diff->nrow; i++)
	{
		const MigText *row = diff->cells + (up ? i : diff->nrow - 1 - i) * diff->ncol;

		if (row[up ? STEP_UPGRADE : STEP_DOWNGRADE].at == NULL)
			continue;
		if (row[up ? STEP_DESTRUCTIVE : STEP_DOWNGRADE_DESTRUCTIVE].at[0] == 't')
			mig_buf_format(&buf, "-- destructive: %.*s\n",
						   MIG_ARG(text_one_line(m, row[STEP_OBJECT])));
		if (up && row[STEP_HINT].at)
			mig_buf_format(&buf, "-- %.*s\n", MIG_ARG(text_one_line(m, row[STEP_HINT])));
		mig_buf_format(&buf, "%.*s;\n", MIG_ARG(row[up ? STEP_UPGRADE : STEP_DOWNGRADE]));
	}
	return mig_buf_text(&buf);
}

/*
 * Alembic's check: an error is what makes a build fail.  A difference may have steps for the way
 * back alone, so the number of rows decides and not the statements.
 */
MigText
mig_diff_check(Mig *m, const MigTable *diff)
{
	MigLines lines = mig_lines(m);

	for (size_t i = 0; i < diff->nrow; i++)
		if (diff->cells[i * diff->ncol + STEP_UPGRADE].at)
			mig_lines_add(&lines, diff->cells[i * diff->ncol + STEP_UPGRADE]);
	if (diff->nrow == 0)
		return mig_text("schema is as desired");
	mig_raise(m, &(MigError){
					 MIG_WRONG_STATE, "schema is not as desired", mig_join(m, lines.list, ";\n").at,
					 "Make a revision of the differences with migrate_autogenerate().", NULL});
}
