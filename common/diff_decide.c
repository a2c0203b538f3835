/*
 * diff_decide.c - what becomes of each object on the way from a schema to another
 *
 * Steps 1 to 3 of diff.c: what is the same, what is dropped, created, altered or
 * replaced, and what must follow because it needs what changes.
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

/* ---- renames ---- */

/* A rename as this way goes. */
static Object *
before_rename(const Way *way, const Rename *rename)
{
	return way->back ? rename->to : rename->from;
}

static Object *
after_rename(const Way *way, const Rename *rename)
{
	return way->back ? rename->from : rename->to;
}

/* Those that rename something, in the order in which this way can carry them out. */
static const Rename **
in_order(const Way *way)
{
	const Rename **list = mig_alloc(way->m, way->renames->n, sizeof(Rename *));

	for (const Rename *r = way->renames->first; r; r = r->next)
		if (r->from)
			list[way->back ? way->renames->n - 1 - r->order : r->order] = r;
	return list;
}

void
diff_use_names(const Way *way, bool new)
{
	for (const Rename *r = way->renames->first; r; r = r->next)
		if (r->from)
			before_rename(way, r)->renamed =
				new && !before_rename(way, r)->replaced ? after_rename(way, r) : NULL;
}

/* A text in which a name is another one. */
static MigText
with_name(Mig *m, MigText text, MigText old, MigText new)
{
	Lexer l = lexer(text, LEX_BOTH, 1);
	MigBuf buf = mig_buf(m);

	for (Token token = lexer_next(&l); token.kind != TOKEN_END; token = lexer_next(&l))
		mig_buf_add(&buf, (token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED) &&
								  mig_same(token.text, old)
							  ? new
							  : token.text);
	return mig_buf_text(&buf);
}

/* What an object says once something that it needs has another name. */
static void
substitute(Mig *m, Object *object, const Object *old, const Object *new)
{
	size_t n = object->given.nvalues;
	MigText *values = mig_alloc(m, n, sizeof(MigText));

	for (size_t i = 0; i < n; i++)
	{
		values[i] = object->values ? object->values[i] : object->given.values[i];
		if (values[i].at)
			values[i] = with_name(m, values[i], old->given.name, new->given.name);
	}
	object->values = values;
}

/* The object, its parts, theirs, and all that needs one of them. */
static void
substitute_around(Mig *m, Object *old, const Object *new)
{
	Objects all = {NULL, 0, 0};

	objects_add(m, &all, old);
	for (size_t i = 0; i < all.n; i++)
	{
		for (size_t k = 0; k < all.at[i]->parts.n; k++)
			objects_add(m, &all, all.at[i]->parts.at[k]);
		for (size_t k = 0; k < all.at[i]->needed_by.n; k++)
			substitute(m, all.at[i]->needed_by.at[k], old, new);
	}
	for (size_t i = 0; i < all.n; i++)
		substitute(m, all.at[i], old, new);
}

static void
forget_names(MigSchema *schema)
{
	for (size_t i = 0; i < schema->objects.n; i++)
	{
		schema->objects.at[i]->renamed = NULL;
		schema->objects.at[i]->replaced = false;
		schema->objects.at[i]->values = NULL;
		schema->objects.at[i]->key = schema_key(schema->m, schema->objects.at[i]);
	}
}

/* The schema that is there gets the new names, wherever they are compared or written. */
void
diff_rename(Way *way)
{
	const Rename **renames;

	if (way->renames->n == 0)
		return;
	renames = in_order(way);
	forget_names(way->from);
	forget_names(way->to);
	diff_use_names(way, true);
	for (size_t i = 0; i < way->renames->n; i++)
		substitute_around(way->m, before_rename(way, renames[i]), after_rename(way, renames[i]));
	for (size_t i = 0; i < way->renames->n; i++)
		objects_add(way->m, &way->renamed, before_rename(way, renames[i]));
	for (size_t i = 0; i < way->from->objects.n; i++)
		way->from->objects.at[i]->key = schema_key(way->m, way->from->objects.at[i]);
}

/* ---- 1. match ---- */

static int
compare_keys(const void *a, const void *b)
{
	return mig_compare((*(Object *const *) a)->key, (*(Object *const *) b)->key);
}

static Objects
by_key(Mig *m, const MigSchema *schema)
{
	Objects list = {mig_alloc(m, schema->objects.n, sizeof(Object *)), schema->objects.n, 0};

	for (size_t i = 0; i < list.n; i++)
	{
		list.at[i] = schema->objects.at[i];
		list.at[i]->twin = NULL;
		list.at[i]->drop = list.at[i]->create = list.at[i]->alter = NULL;
		list.at[i]->replaced = list.at[i]->broken = list.at[i]->stays = false;
	}
	if (list.n > 1)
		qsort(list.at, list.n, sizeof(Object *), compare_keys);
	return list;
}

void
diff_match(Mig *m, const MigSchema *a, const MigSchema *b)
{
	Objects x = by_key(m, a);
	Objects y = by_key(m, b);
	size_t i = 0;
	size_t k = 0;

	while (i < x.n && k < y.n)
	{
		int order = mig_compare(x.at[i]->key, y.at[k]->key);

		if (order == 0)
		{
			x.at[i]->twin = y.at[k];
			y.at[k]->twin = x.at[i];
		}
		i += order <= 0;
		k += order >= 0;
	}
}

/*
 * What is live and not desired, and is left alone: it stays, and on the way
 * back it is there already.
 */
static void
mark_what_stays(const MigSchema *live)
{
	for (size_t i = 0; i < live->objects.n; i++)
	{
		Object *object = live->objects.at[i];

		object->stays = object->twin == NULL && (object->kind->flags & KIND_STAYS);
	}
}

static void
mark_what_is_out(const MigSchema *schema)
{
	for (size_t i = 0; i < schema->objects.n; i++)
		if (schema->objects.at[i]->out && schema->objects.at[i]->twin == NULL)
			schema->objects.at[i]->stays = true;
}

/* ---- 2. decide ---- */

/* The statement that gives a property its new value; NULL: there is none. */
const char *
diff_setter(const Property *property, MigText old, MigText new)
{
	if (new.at == NULL)
		return property->unset;
	return old.at == NULL && property->add ? property->add : property->set;
}

typedef enum Change
{
	CHANGE_NONE,
	CHANGE_ALTER,
	CHANGE_REPLACE
} Change;

static Change
compare(MigEngine engine, Object *old, Object *new)
{
	Change change = CHANGE_NONE;

	for (size_t i = 0; old->kind->properties[i].name; i++)
	{
		const Property *property = &old->kind->properties[i];

		if (!object_differs(old, new, i))
			continue;
		if (!diff_setter(property, schema_value(old, i), schema_value(new, i)))
			return CHANGE_REPLACE;
		if (property->hard)
			old->broken = engine == MIG_POSTGRESQL || object_is(old, "primary key");
		change = CHANGE_ALTER;
	}
	return change;
}

/* A twin that is replaced: dropped and created. */
static void
replace(Way *way, Object *old)
{
	if (old->replaced)
		return;
	old->replaced = true;
	objects_add(way->m, &way->spread, old);
	for (size_t i = 0; i < old->parts.n; i++)
		if (old->parts.at[i]->twin)
			replace(way, old->parts.at[i]);
}

/* The rowid keeps its type as long as it is the key: SQLite has but one for it. */
static bool
is_rowid_of_other_type(const Object *key)
{
	if (!object_is(key, "primary key") || schema_value(key, 8).at == NULL)
		return false;
	for (size_t i = 0; i < key->needs.n; i++)
		if (key->needs.at[i]->twin && object_differs(key->needs.at[i], key->needs.at[i]->twin, 0))
			return true;
	return false;
}

/* Are all columns others?  PostgreSQL lets a table be without any meanwhile, SQLite does not. */
static bool
has_nothing_in_common(const Way *way, const Object *old)
{
	if (way->from->engine != MIG_SQLITE || !object_is(old, "table"))
		return false;
	for (size_t i = 0; i < old->parts.n; i++)
		if (object_is(old->parts.at[i], "column") && old->parts.at[i]->twin &&
			schema_value(old->parts.at[i], 1).at == NULL)
			return false;
	return true;
}

static void
decide(Way *way)
{
	for (size_t i = 0; i < way->from->objects.n; i++)
	{
		Object *old = way->from->objects.at[i];
		Change change;

		if (old->twin == NULL)
		{
			if (!old->stays)
				objects_add(way->m, &way->spread, old);
			continue;
		}
		if (object_is(old, "enum") || old->out || old->twin->out)
			continue;
		change = compare(way->from->engine, old, old->twin);
		if (change == CHANGE_REPLACE || old->rewritten || is_rowid_of_other_type(old) ||
			has_nothing_in_common(way, old))
			replace(way, old);
		else if (old->broken || (change == CHANGE_ALTER && object_is(old, "primary key")))
			objects_add(way->m, &way->spread, old);
		if (change == CHANGE_ALTER && !old->replaced)
			old->twin->alter = diff_op(way, OP_ALTER, old->twin);
	}
}

/* ---- enumerations ---- */

/* The literals of 'a', 'b', with their quotes. */
MigList
diff_enum_values(Mig *m, const Object *type)
{
	Lexer l = lexer(schema_value(type, 0), LEX_POSTGRESQL, 1);
	MigLines values = mig_lines(m);

	for (;;)
	{
		Token token = lexer_next_word(&l);

		if (token.kind == TOKEN_END)
			return values.list;
		if (token.kind == TOKEN_STRING)
			mig_lines_add(&values, token.text);
	}
}

/*
 * Values can be added to an enumeration, but what uses them in the same
 * transaction fails.  So whatever has the type must be as it was.
 */
static bool
can_add_values(Mig *m, const Object *old)
{
	MigList a = diff_enum_values(m, old);
	MigList b = diff_enum_values(m, old->twin);
	size_t k = 0;

	for (size_t i = 0; i < b.n && k < a.n; i++)
		k += mig_same(a.at[k], b.at[i]);
	for (size_t i = 0; i < old->twin->needed_by.n; i++)
	{
		const Object *user = old->twin->needed_by.at[i];

		if (user->twin == NULL || user->twin->replaced || user->alter)
			return false;
	}
	return k == a.n;
}

/* Once it is known what becomes of all else. */
static void
decide_enums(Way *way)
{
	for (size_t i = 0; i < way->from->objects.n; i++)
	{
		Object *old = way->from->objects.at[i];

		if (old->twin == NULL || !object_is(old, "enum") || !object_differs(old, old->twin, 0) ||
			old->out || old->twin->out)
			continue;
		if (can_add_values(way->m, old))
			old->twin->alter = diff_op(way, OP_ALTER, old->twin);
		else
			replace(way, old);
	}
}

/* ---- 3. spread ---- */

bool
diff_is_aside(const Object *object)
{
	return object->replaced && (object->kind->flags & KIND_TYPE) && !object_is(object, "range");
}

bool
diff_is_swapped(const Object *object)
{
	return object->replaced && object_is(object, "range");
}

bool
diff_waits_as_text(const Object *column)
{
	if (!column->broken || column->twin == NULL || column->replaced || !object_is(column, "column"))
		return false;
	for (size_t i = 0; i < column->needs.n; i++)
		if (diff_is_swapped(column->needs.at[i]))
			return true;
	return false;
}

/* A column of a type that is replaced gets the new type. */
static void
retype(Way *way, Object *column)
{
	if (column->broken)
		return;
	column->broken = true;
	objects_add(way->m, &way->spread, column);
	if (column->twin->alter == NULL)
		column->twin->alter = diff_op(way, OP_ALTER, column->twin);
}

bool
diff_still_needs(const Object *object, const Object *need)
{
	const Object *twin = need->twin;

	for (size_t i = 0; twin && i < object->twin->needs.n; i++)
		if (object->twin->needs.at[i] == twin)
			return true;
	return false;
}

/* What becomes of an object that needs one that changes. */
static void
spread_to(Way *way, Object *object, const Object *changed)
{
	if (object->twin == NULL || object->replaced || object->out ||
		(object->kind->flags & KIND_STAYS))
		return;
	if (changed->twin && !changed->replaced)
	{
		if (object->kind->flags & KIND_BREAKS || object_is(changed, "primary key") ||
			(object_is(object, "column") && schema_value(object, 1).at))
			replace(way, object);
		return;
	}
	if (object_is(object, "column") && (diff_is_aside(changed) || diff_is_swapped(changed)))
	{
		retype(way, object);
		for (size_t i = 0; diff_is_swapped(changed) && i < object->needed_by.n; i++)
			if (object->needed_by.at[i]->twin)
				replace(way, object->needed_by.at[i]); /* no index of texts fits ranges */
	}
	else if (object->twin->alter && !diff_still_needs(object, changed))
		return;
	else
		replace(way, object);
}

static void
spread(Way *way)
{
	for (size_t i = 0; i < way->spread.n; i++)
	{
		Object *changed = way->spread.at[i];

		for (size_t k = 0; k < changed->needed_by.n; k++)
			spread_to(way, changed->needed_by.at[k], changed);
		for (size_t k = 0; k < changed->parts.n; k++)
			if (changed->parts.at[k]->kind->flags & KIND_BREAKS)
				spread_to(way, changed->parts.at[k], changed);
	}
}

/* ---- drops and creates ---- */

bool
diff_goes(const Object *old)
{
	return old->replaced || (old->twin == NULL && !old->stays);
}

bool
diff_comes(const Object *new)
{
	return new->twin == NULL ? !new->stays : new->twin->replaced;
}

/* A foreign key between two tables that both go: then neither order of them needs thought. */
static bool
joins_what_goes(const Object *key)
{
	for (size_t i = 0; object_is(key, "foreign key") && i < key->needs.n; i++)
		if (diff_goes(key->needs.at[i]) ||
			(key->needs.at[i]->parent && diff_goes(key->needs.at[i]->parent)))
			return true;
	return false;
}

/* Does the object vanish with its whole? */
static bool
vanishes(const Object *old)
{
	return old->parent && diff_goes(old->parent) && !object_is(old, "sequence owner") &&
		   !joins_what_goes(old);
}

static bool
comes_inside(const Object *new)
{
	return new->inside &&diff_comes(new->parent);
}

static void
make_ops(Way *way)
{
	for (size_t i = way->from->objects.n; i-- > 0;)
	{
		Object *old = way->from->objects.at[i];

		if (diff_goes(old) && !vanishes(old))
			old->drop = diff_op(way, OP_DROP, old);
		if (diff_is_aside(old) || diff_waits_as_text(old))
			old->alter = diff_op(way, OP_ASIDE, old);
	}
	for (size_t i = 0; i < way->to->objects.n; i++)
	{
		Object *new = way->to->objects.at[i];

		if (new->twin &&new->twin->replaced)
			new->alter = NULL;
		if (diff_comes(new) && !comes_inside(new))
			new->create = diff_op(way, OP_CREATE, new);
	}
}

void
diff_decide(Way *way)
{
	diff_rename(way);
	diff_match(way->m, way->from, way->to);
	mark_what_stays(way->back ? way->to : way->from);
	mark_what_is_out(way->from);
	mark_what_is_out(way->to);
	decide(way);
	decide_enums(way);
	spread(way);
	make_ops(way);
}
