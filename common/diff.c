/*
 * diff.c - two schemas -> what leads from the one to the other, and back
 *
 * One direction at a time: one_way() takes the schema that is there and the one
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
 */
#include "schema.h"

#include <stdlib.h>
#include <string.h>

typedef enum OpKind
{
	OP_RENAME,
	OP_ASIDE, /* a type gets another name, until it is dropped */
	OP_DROP,
	OP_CREATE,
	OP_ALTER
} OpKind;

typedef struct Op
{
	OpKind kind;
	Object *object; /* of a drop: in the schema that is there; else in the wanted one */
	MigText label;
	MigText text;
	bool destructive;
	MigText hint; /* null: none */
	struct Op **after;
	size_t nafter;
	size_t room;
	int mark;
} Op;

typedef struct Ops
{
	Op **at;
	size_t n;
	size_t room;
} Ops;

typedef struct Way
{
	Mig *m;
	MigSchema *from;
	MigSchema *to;
	const Renames *renames;
	bool online;
	bool outside;   /* some of the statements cannot run in a transaction */
	bool back;      /* alterations in the reverse of the order that the way there has */
	Objects spread; /* of from: what was replaced, dropped or broken, and not looked at yet */
	Ops ops;
	Ops done;
} Way;

static void
ops_add(Mig *m, Ops *list, Op *op)
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

static Op *
new_op(Way *way, OpKind kind, Object *object)
{
	Op *op = mig_alloc(way->m, 1, sizeof(Op));

	op->kind = kind;
	op->object = object;
	ops_add(way->m, &way->ops, op);
	return op;
}

static void
op_after(Way *way, Op *op, Op *before)
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
		schema->objects.at[i]->values = NULL;
		schema->objects.at[i]->key = schema_key(schema->m, schema->objects.at[i]);
	}
}

/* The schema that is there gets the new names, wherever they are compared or written. */
static void
rename_all(Way *way)
{
	if (way->renames->first == NULL)
		return;
	forget_names(way->from);
	forget_names(way->to);
	for (const Rename *r = way->renames->first; r; r = r->next)
		if (r->from)
		{
			before_rename(way, r)->renamed = after_rename(way, r);
			substitute_around(way->m, before_rename(way, r), after_rename(way, r));
		}
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

static void
match(Mig *m, const MigSchema *a, const MigSchema *b)
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

static bool
is_kind(const Object *object, const char *name)
{
	return strcmp(object->kind->name, name) == 0;
}

static MigText
current_value(const Object *object, size_t i)
{
	return object->values && i < object->given.nvalues ? object->values[i]
													   : schema_value(object, i);
}

static bool
differs(const Object *a, const Object *b, size_t i)
{
	MigText x = current_value(a, i);
	MigText y = current_value(b, i);

	return (x.at == NULL) != (y.at == NULL) || !mig_same(x, y);
}

/* The statement that gives a property its new value; NULL: there is none. */
static const char *
setter(const Property *property, MigText old, MigText new)
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

		if (!differs(old, new, i))
			continue;
		if (!setter(property, schema_value(old, i), schema_value(new, i)))
			return CHANGE_REPLACE;
		if (property->hard)
			old->broken = engine == MIG_POSTGRESQL;
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

/* Are all columns others?  PostgreSQL lets a table be without any meanwhile, SQLite does not. */
static bool
has_nothing_in_common(const Way *way, const Object *old)
{
	if (way->from->engine != MIG_SQLITE || !is_kind(old, "table"))
		return false;
	for (size_t i = 0; i < old->parts.n; i++)
		if (is_kind(old->parts.at[i], "column") && old->parts.at[i]->twin &&
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
		if (is_kind(old, "enum") || old->out || old->twin->out)
			continue;
		change = compare(way->from->engine, old, old->twin);
		if (change == CHANGE_REPLACE || has_nothing_in_common(way, old))
			replace(way, old);
		else if (old->broken)
			objects_add(way->m, &way->spread, old);
		if (change == CHANGE_ALTER && !old->replaced)
			old->twin->alter = new_op(way, OP_ALTER, old->twin);
	}
}

/* ---- enumerations ---- */

/* The literals of 'a', 'b', with their quotes. */
static MigList
enum_values(Mig *m, const Object *type)
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
	MigList a = enum_values(m, old);
	MigList b = enum_values(m, old->twin);
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

		if (old->twin == NULL || !is_kind(old, "enum") || !differs(old, old->twin, 0) || old->out ||
			old->twin->out)
			continue;
		if (can_add_values(way->m, old))
			old->twin->alter = new_op(way, OP_ALTER, old->twin);
		else
			replace(way, old);
	}
}

/* A value stands behind the one before it, the first before the next. */
static void
add_new_values(Mig *m, MigLines *lines, const Object *new)
{
	MigList a = enum_values(m, new->twin);
	MigList b = enum_values(m, new);
	size_t k = 0;

	for (size_t i = 0; i < b.n; i++)
	{
		bool old = k < a.n && mig_same(a.at[k], b.at[i]);
		MigText next = i > 0 ? b.at[i - 1] : a.n > 0 ? a.at[0] : (MigText){NULL, 0};

		k += old;
		if (!old)
			mig_lines_add(lines, mig_text(mig_format(m, "ALTER TYPE %.*s ADD VALUE %.*s%s%.*s",
													 MIG_ARG(new->given.full), MIG_ARG(b.at[i]),
													 next.at == NULL ? ""
													 : i > 0         ? " AFTER "
																	 : " BEFORE ",
													 MIG_ARG(next))));
	}
}

/* ---- 3. spread ---- */

static bool
is_aside(const Object *object)
{
	return object->replaced && (object->kind->flags & KIND_TYPE) && !is_kind(object, "range");
}

/* A range's functions have its name, so it cannot wait: its columns are text meanwhile. */
static bool
is_swapped(const Object *object)
{
	return object->replaced && is_kind(object, "range");
}

static bool
waits_as_text(const Object *column)
{
	if (!column->broken || column->twin == NULL || column->replaced || !is_kind(column, "column"))
		return false;
	for (size_t i = 0; i < column->needs.n; i++)
		if (is_swapped(column->needs.at[i]))
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
		column->twin->alter = new_op(way, OP_ALTER, column->twin);
}

static bool
still_needs(const Object *object, const Object *need)
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
		if (object->kind->flags & KIND_BREAKS ||
			(is_kind(object, "column") && schema_value(object, 1).at))
			replace(way, object);
		return;
	}
	if (is_kind(object, "column") && (is_aside(changed) || is_swapped(changed)))
	{
		retype(way, object);
		for (size_t i = 0; is_swapped(changed) && i < object->needed_by.n; i++)
			if (object->needed_by.at[i]->twin)
				replace(way, object->needed_by.at[i]); /* no index of texts fits ranges */
	}
	else if (object->twin->alter && !still_needs(object, changed))
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

static bool
goes(const Object *old)
{
	return old->replaced || (old->twin == NULL && !old->stays);
}

static bool
comes(const Object *new)
{
	return new->twin == NULL ? !new->stays : new->twin->replaced;
}

/* A foreign key between two tables that both go: then neither order of them needs thought. */
static bool
joins_what_goes(const Object *key)
{
	for (size_t i = 0; is_kind(key, "foreign key") && i < key->needs.n; i++)
		if (goes(key->needs.at[i]) || (key->needs.at[i]->parent && goes(key->needs.at[i]->parent)))
			return true;
	return false;
}

/* Does the object vanish with its whole? */
static bool
vanishes(const Object *old)
{
	return old->parent && goes(old->parent) && !is_kind(old, "sequence owner") &&
		   !joins_what_goes(old);
}

static bool
comes_inside(const Object *new)
{
	return new->inside &&comes(new->parent);
}

static void
make_ops(Way *way)
{
	for (size_t i = way->from->objects.n; i-- > 0;)
	{
		Object *old = way->from->objects.at[i];

		if (goes(old) && !vanishes(old))
			old->drop = new_op(way, OP_DROP, old);
		if (is_aside(old) || waits_as_text(old))
			old->alter = new_op(way, OP_ASIDE, old);
	}
	for (size_t i = 0; i < way->to->objects.n; i++)
	{
		Object *new = way->to->objects.at[i];

		if (new->twin &&new->twin->replaced)
			new->alter = NULL;
		if (comes(new) && !comes_inside(new))
			new->create = new_op(way, OP_CREATE, new);
	}
}

/* ---- 4. order ---- */

static Op *
drop_of(const Object *old)
{
	while (old && goes(old) && old->drop == NULL)
		old = old->parent;
	return old && goes(old) ? old->drop : NULL;
}

/* What makes an object as it is wanted, or NULL where it is so already. */
static Op *
make_of(const Object *new)
{
	while (new &&comes(new) && new->create == NULL)
		new = new->parent;
	return new ? (new->create ? new->create : new->alter) : NULL;
}

static Op *
alter_of(const Object *old)
{
	return old->twin && !old->replaced ? old->twin->alter : NULL;
}

/* Behind the drop of what needs it; what is only altered lets go of it, too. */
static void
order_drops(Way *way)
{
	for (size_t i = 0; i < way->from->objects.n; i++)
	{
		Object *old = way->from->objects.at[i];
		Op *drop = drop_of(old);
		Op *alter = alter_of(old);

		if (old->parent)
			op_after(way, drop_of(old->parent), drop);
		if (old->parent && alter_of(old->parent))
			op_after(way, alter_of(old->parent), drop);
		if (old->parent && waits_as_text(old->parent))
			op_after(way, old->parent->alter, drop);
		for (size_t k = 0; k < old->needs.n; k++)
		{
			Object *need = old->needs.at[k];

			if (is_swapped(need) && old->alter)
				op_after(way, drop_of(need), old->alter);
			else
				op_after(way, drop_of(need), drop ? drop : alter);
			if (drop && alter_of(need))
				op_after(way, alter_of(need), drop);
			if (drop && waits_as_text(need))
				op_after(way, need->alter, drop);
		}
	}
}

static void
order_creates(Way *way)
{
	for (size_t i = 0; i < way->to->objects.n; i++)
	{
		Object *new = way->to->objects.at[i];
		Op *make = make_of(new);

		if (make == NULL)
			continue;
		if (new->parent)
			op_after(way, make, make_of(new->parent));
		for (size_t k = 0; k < new->needs.n; k++)
			op_after(way, make, make_of(new->needs.at[k]));
		if (new->twin &&new->twin->replaced)
			op_after(way, new->create, is_aside(new->twin) ? new->twin->alter : drop_of(new->twin));
	}
}

static int
compare_full(const void *a, const void *b)
{
	return mig_compare((*(Op *const *) a)->object->given.full,
					   (*(Op *const *) b)->object->given.full);
}

static bool
has_name(const Op *op, OpKind kind)
{
	return op->kind == kind && op->object->given.full.len > 0 && op->object->kind->part == NULL;
}

/* A view may come where a table goes: a name is free behind the drop. */
static void
order_names(Way *way)
{
	Ops drops = {NULL, 0, 0};

	for (size_t i = 0; i < way->ops.n; i++)
		if (has_name(way->ops.at[i], OP_DROP) && !is_aside(way->ops.at[i]->object))
			ops_add(way->m, &drops, way->ops.at[i]);
	if (drops.n == 0)
		return;
	qsort(drops.at, drops.n, sizeof(Op *), compare_full);
	for (size_t i = 0; i < way->ops.n; i++)
	{
		Op **found = NULL;

		if (has_name(way->ops.at[i], OP_CREATE))
			found = bsearch(&way->ops.at[i], drops.at, drops.n, sizeof(Op *), compare_full);
		if (found)
			op_after(way, way->ops.at[i], *found);
	}
}

/* Depth first, without recursion; a circle stays as it is met. */
static void
put(Way *way, Op *first)
{
	Ops stack = {NULL, 0, 0};

	ops_add(way->m, &stack, first);
	while (stack.n > 0)
	{
		Op *top = stack.at[stack.n - 1];

		if (top->mark == 0)
		{
			top->mark = 1;
			for (size_t i = top->nafter; i-- > 0;)
				if (top->after[i]->mark == 0)
					ops_add(way->m, &stack, top->after[i]);
			continue;
		}
		stack.n--;
		if (top->mark == 1)
			ops_add(way->m, &way->done, top);
		top->mark = 2;
	}
}

/* The operations of one kind on the objects of a schema, from the first or the last on. */
static void
put_all(Way *way, const Objects *objects, OpKind kind, bool backwards)
{
	for (size_t i = 0; i < objects->n; i++)
	{
		Object *object = objects->at[backwards ? objects->n - 1 - i : i];
		Op *op = kind == OP_DROP     ? object->drop
				 : kind == OP_CREATE ? object->create
									 : object->alter;

		if (op && op->kind == kind)
			put(way, op);
	}
}

/* Wholes before their parts. */
static void
put_renames(Way *way)
{
	for (int parts = 0; parts < 2; parts++)
		for (size_t i = 0; i < way->from->objects.n; i++)
		{
			Object *old = way->from->objects.at[i];

			if (old->renamed && old->twin && (old->parent != NULL) == (parts > 0))
				ops_add(way->m, &way->done, new_op(way, OP_RENAME, old->twin));
		}
}

/* Renames, types aside, drops from the last object on, alterations, what is made from the first on.
 */
static void
order(Way *way)
{
	order_drops(way);
	order_creates(way);
	order_names(way);
	put_renames(way);
	put_all(way, &way->from->objects, OP_ASIDE, false);
	put_all(way, &way->from->objects, OP_DROP, true);
	if (way->back)
		for (size_t i = way->from->objects.n; i-- > 0;)
		{
			Object *twin = way->from->objects.at[i]->twin;

			if (twin && twin->alter && twin->alter->kind == OP_ALTER)
				put(way, twin->alter);
		}
	else
		put_all(way, &way->to->objects, OP_ALTER, false);
	put_all(way, &way->to->objects, OP_CREATE, false);
}

/* ---- statements ---- */

/* The last part of a name, in which a type waits to be dropped. */
static MigText
aside_name(Mig *m, const Object *type)
{
	MigText name = type->twin->given.name; /* its own, or the one that it has got */

	if (name.at[0] == '"')
		return mig_text(mig_format(m, "%.*s (old)\"", (int) name.len - 1, name.at));
	return mig_text(mig_format(m, "\"%.*s (old)\"", MIG_ARG(name)));
}

static MigText
aside_full(Mig *m, const Object *type)
{
	MigText full = type->twin->given.full;
	size_t schema = full.len - type->twin->given.name.len;

	return mig_text(mig_format(m, "%.*s%s", (int) schema, full.at, aside_name(m, type).at));
}

static MigText
aside_text(Mig *m, const Object *type)
{
	if (is_kind(type, "column"))
		return mig_text(
			mig_format(m, "ALTER TABLE %.*s ALTER COLUMN %.*s TYPE text USING %.*s::text",
					   MIG_ARG(type->twin->parent->given.full), MIG_ARG(type->twin->given.name),
					   MIG_ARG(type->twin->given.name)));
	return mig_text(mig_format(m, "ALTER %s %.*s RENAME TO %s",
							   is_kind(type, "domain") ? "DOMAIN" : "TYPE",
							   MIG_ARG(type->twin->given.full), aside_name(m, type).at));
}

static MigText
drop_text(Mig *m, const Object *old)
{
	Object aside = *old;

	if (!is_aside(old))
		return schema_expand(m, old, old->kind->drop, (MigText){NULL, 0});
	aside.given.full = aside_full(m, old);
	aside.renamed = NULL;
	return schema_expand(m, &aside, old->kind->drop, (MigText){NULL, 0});
}

/* ---- types of columns ---- */

/* A column's type without modifier, and that of a domain's values: see the catalog. */
#define BASE_TYPE 8

static bool
has_cast(const MigSchema *schema, MigText from, MigText to)
{
	for (size_t i = 0; i < schema->casts.list.n; i += 2)
		if (mig_same(schema->casts.list.at[i], from) && mig_same(schema->casts.list.at[i + 1], to))
			return true;
	return false;
}

static bool
is_text(MigText type)
{
	return mig_same(type, mig_text("text")) || mig_same(type, mig_text("character varying")) ||
		   mig_same(type, mig_text("character"));
}

/* Arrays are converted element by element. */
static MigText
element(MigText type)
{
	while (type.len > 2 && memcmp(type.at + type.len - 2, "[]", 2) == 0)
		type.len -= 2;
	return type;
}

/* What has no cast goes by way of text; so does a type that has got its values anew. */
static const char *
conversion(const Way *way, const Object *old, const Object *new)
{
	MigText a = schema_value(old, BASE_TYPE);
	MigText b = schema_value(new, BASE_TYPE);
	bool same_shape = (element(a).len == a.len) == (element(b).len == b.len);

	if (!differs(old, new, 0))
		return "::text::";
	if (mig_same(a, b) || is_text(a) || is_text(b))
		return "::";
	if (same_shape && has_cast(way->to, element(a), element(b)))
		return "::";
	return "::text::";
}

static bool
has_collation(MigText type)
{
	return type.at && strstr(type.at, "COLLATE ") != NULL;
}

static void
add_type_change(Way *way, MigLines *lines, const Object *new)
{
	Mig *m = way->m;
	MigText name = new->given.name;
	MigText type = schema_value(new, 0);
	MigBuf buf = mig_buf(m);

	mig_buf_format(&buf, "ALTER TABLE %.*s ALTER COLUMN %.*s TYPE %.*s",
				   MIG_ARG(new->parent->given.full), MIG_ARG(name), MIG_ARG(type));
	if (way->to->engine == MIG_POSTGRESQL)
		mig_buf_format(&buf, " USING %.*s%s%.*s", MIG_ARG(name), conversion(way, new->twin, new),
					   MIG_ARG(type));
	else if (has_collation(schema_value(new->twin, 0)) && !has_collation(type))
		mig_buf_str(&buf, " COLLATE binary"); /* SQLite's keeps its collation else */
	mig_lines_add(lines, mig_buf_text(&buf));
}

/* "numeric" and 10, 2 of "numeric(10,2)"; limits are -1 where there is none. */
static MigText
split_type(MigText type, int limits[2])
{
	const char *open = type.len > 0 ? memchr(type.at, '(', type.len) : NULL;
	int n = 0;

	limits[0] = limits[1] = -1;
	if (open == NULL)
		return type;
	for (const char *p = open + 1; p < type.at + type.len && *p != ')'; p++)
	{
		if (*p == ',' && n == 0)
			n++;
		else if (*p >= '0' && *p <= '9' && limits[n] < 100000000)
			limits[n] = (limits[n] < 0 ? 0 : limits[n]) * 10 + (*p - '0');
	}
	return (MigText){type.at, (size_t) (open - type.at)};
}

static int
integer_size(MigText type)
{
	static const char *const names[] = {"smallint", "integer", "bigint", "numeric"};

	for (int i = 0; i < 4; i++)
		if (mig_same(type, mig_text(names[i])))
			return i;
	return -1;
}

/* Does the new type have every value of the old one? */
static bool
holds_all(MigText old, MigText new)
{
	int from[2];
	int to[2];
	MigText a = split_type(old, from);
	MigText b = split_type(new, to);

	if (mig_same(b, mig_text("text")) || (mig_same(b, mig_text("character varying")) && to[0] < 0))
		return true;
	if (integer_size(a) >= 0 && integer_size(a) < 3 && to[0] < 0)
		return integer_size(a) <= integer_size(b);
	if (!mig_same(a, b))
		return false;
	return to[0] < 0 || (from[0] >= 0 && from[1] <= to[1] && from[0] - from[1] <= to[0] - to[1]);
}

/* ---- alterations ---- */

/* What has no clause in a CREATE is lost with the old type. */
static void
add_change(Way *way, MigLines *lines, const Object *new, size_t i)
{
	const Object *old = new->twin;
	MigText value = schema_value(new, i);
	const char *template = setter(&new->kind->properties[i], schema_value(old, i), value);

	if (i == 0 && is_kind(new, "column") && (old->broken || differs(old, new, 0)))
		add_type_change(way, lines, new);
	else if (differs(old, new, i) || (old->broken && value.at && !new->kind->properties[i].clause))
		mig_lines_add(lines, schema_expand(way->m, new, template, value));
}

/* First what goes, from the last property on, then what comes. */
static MigText
alter_text(Way *way, const Object *new)
{
	Mig *m = way->m;
	MigLines lines = mig_lines(m);
	size_t n = 0;

	if (is_kind(new, "enum"))
		add_new_values(m, &lines, new);
	else
		while (new->kind->properties[n].name)
			n++;
	for (size_t i = n; i-- > 0;)
		if (schema_value(new, i).at == NULL)
			add_change(way, &lines, new, i);
	for (size_t i = 0; i < n; i++)
		if (schema_value(new, i).at)
			add_change(way, &lines, new, i);
	return mig_join(m, lines.list, ";\n");
}

/* ---- what may be a rename ---- */

/* Has the one every column that the other has, of the same type? */
static bool
has_same_columns(const Object *a, const Object *b)
{
	size_t n = 0;

	for (size_t i = 0; i < a->parts.n; i++)
	{
		const Object *column = a->parts.at[i];
		bool found = false;

		if (!is_kind(column, "column"))
			continue;
		for (size_t k = 0; k < b->parts.n; k++)
			found |= b->parts.at[k]->kind == column->kind &&
					 mig_same(b->parts.at[k]->given.name, column->given.name) &&
					 !differs(b->parts.at[k], column, 0);
		if (!found)
			return false;
		n++;
	}
	return n > 0;
}

/* Is a dropped object like one that is created, but for its name? */
static bool
is_like(const Object *old, const Object *new)
{
	if (old->kind != new->kind || new->twin || new->create == NULL)
		return false;
	if (is_kind(old, "table"))
		return has_same_columns(old, new) && has_same_columns(new, old);
	return is_kind(old, "column") && old->parent->twin == new->parent && !differs(old, new, 0);
}

static void
suspect_rename(Way *way, Op *op)
{
	const Object *old = op->object;

	for (size_t i = 0; old->twin == NULL && i < way->to->objects.n; i++)
	{
		const Object *new = way->to->objects.at[i];

		if (!is_like(old, new))
			continue;
		op->hint = mig_text(mig_format(way->m,
									   "If it is now %.*s, put the comment migrate:renamed-from "
									   "%.*s behind that name in the desired schema.",
									   MIG_ARG(new->given.name), MIG_ARG(old->given.name)));
		return;
	}
}

/* ---- forms that let others go on ---- */

/* Of a table that is there before and stays: a new one is nobody's yet. */
static bool
is_of_live_table(const Object *part)
{
	const Object *table = part->parent;

	return table && is_kind(table, "table") && table->twin && !table->replaced &&
		   !table->twin->replaced;
}

/* With a word behind INDEX; not of a partitioned table, which the server refuses. */
static MigText
concurrently(Way *way, const Object *index, MigText text)
{
	const char *at = strstr(text.at, "INDEX ");

	if (at == NULL || schema_value(index->parent, 4).at)
		return text;
	way->outside = true;
	return mig_text(mig_format(way->m, "%.*sINDEX CONCURRENTLY %s", (int) (at - text.at), text.at,
							   at + strlen("INDEX ")));
}

/* Rows are checked in a statement of its own, which lets others write. */
static MigText
validated_later(Way *way, const Object *constraint, MigText text)
{
	MigText definition = schema_value(constraint, 0);
	bool checks = is_kind(constraint, "foreign key") ||
				  (definition.len > 5 && memcmp(definition.at, "CHECK", 5) == 0);

	if (!checks || schema_value(constraint, 1).at)
		return text;
	way->outside = true;
	return mig_text(
		mig_format(way->m, "%.*s NOT VALID;\n%s", MIG_ARG(text),
				   schema_expand(way->m, constraint, "ALTER TABLE %P VALIDATE CONSTRAINT %n",
								 (MigText){NULL, 0})
					   .at));
}

/* SET NOT NULL reads no row where a constraint says it already. */
static MigText
not_null_later(Way *way, const Object *column, MigText text)
{
	MigText set = schema_expand(way->m, column, "ALTER TABLE %P ALTER COLUMN %n SET NOT NULL",
								(MigText){NULL, 0});
	const char *at = strstr(text.at, set.at);
	const char *table = mig_copy(way->m, column->parent->given.full).at;
	const char *name = mig_copy(way->m, column->given.name).at;

	if (at == NULL || !differs(column->twin, column, 2))
		return text;
	way->outside = true;
	return mig_text(mig_format(
		way->m,
		"%.*sALTER TABLE %s ADD CONSTRAINT migrate_not_null CHECK (%s IS NOT NULL) NOT VALID;\n"
		"ALTER TABLE %s VALIDATE CONSTRAINT migrate_not_null;\n%s;\n"
		"ALTER TABLE %s DROP CONSTRAINT migrate_not_null%s",
		(int) (at - text.at), text.at, table, name, table, set.at, table, at + set.len));
}

static MigText
online_text(Way *way, const Op *op)
{
	const Object *object = op->object;

	if (!way->online || way->to->engine != MIG_POSTGRESQL || !is_of_live_table(object))
		return op->text;
	if (is_kind(object, "index") && (op->kind == OP_CREATE || op->kind == OP_DROP))
		return concurrently(way, object, op->text);
	if (op->kind == OP_CREATE && (is_kind(object, "constraint") || is_kind(object, "foreign key")))
		return validated_later(way, object, op->text);
	if (op->kind == OP_ALTER && is_kind(object, "column"))
		return not_null_later(way, object, op->text);
	return op->text;
}

static void
write_op(Way *way, Op *op)
{
	Mig *m = way->m;
	Object *object = op->object;

	op->label = schema_label(m, object);
	if (op->kind == OP_RENAME)
		op->text = schema_expand(m, object, object->kind->rename, (MigText){NULL, 0});
	else if (op->kind == OP_ASIDE)
		op->text = aside_text(m, object);
	else if (op->kind == OP_DROP)
		op->text = drop_text(m, object);
	else if (op->kind == OP_CREATE)
		op->text = schema_create(m, object);
	else
		op->text = alter_text(way, object);
	op->text = online_text(way, op);
	if (op->kind == OP_DROP && (object->kind->flags & KIND_DATA))
	{
		op->destructive = true;
		suspect_rename(way, op);
	}
	else if (op->kind == OP_ALTER && object->twin->broken)
		op->destructive = !is_kind(object, "column") || !differs(object, object->twin, 0) ||
						  !holds_all(schema_value(object->twin, 0), schema_value(object, 0));
}

/* The operations that lead from the one schema to the other, in order. */
static Ops
one_way(Mig *m, MigSchema *from, MigSchema *to, const Renames *renames, MigDesired *wanted,
		bool back)
{
	Way way = {.m = m,
			   .from = from,
			   .to = to,
			   .renames = renames,
			   .online = wanted && wanted->online,
			   .back = back};

	rename_all(&way);
	match(m, from, to);
	mark_what_stays(back ? to : from);
	mark_what_is_out(from);
	mark_what_is_out(to);
	decide(&way);
	decide_enums(&way);
	spread(&way);
	make_ops(&way);
	order(&way);
	for (size_t i = 0; i < way.done.n; i++)
		write_op(&way, way.done.at[i]);
	if (wanted)
		wanted->outside |= way.outside;
	return way.done;
}

/* ---- there and back ---- */

const MigColumn mig_diff_columns[] = {
	{"step", MIG_INT},         {"object", MIG_TEXT}, {"upgrade", MIG_TEXT}, {"downgrade", MIG_TEXT},
	{"destructive", MIG_BOOL}, {"hint", MIG_TEXT},   {NULL, MIG_TEXT},
};

/* Does the one undo what the other does? */
static bool
undoes(const Op *up, const Op *down)
{
	static const OpKind opposite[] = {
		[OP_ASIDE] = OP_DROP, [OP_DROP] = OP_CREATE, [OP_CREATE] = OP_DROP, [OP_ALTER] = OP_ALTER};

	return opposite[up->kind] == down->kind && mig_same(up->object->key, down->object->key);
}

/* Index of the operation that undoes another, from an index on; ops.n if there is none. */
static size_t
find_partner(Ops ops, size_t from, const Op *other)
{
	while (from < ops.n && !undoes(ops.at[from], other))
		from++;
	return from;
}

static void
add_step(Mig *m, MigTable *table, MigText label, const Op *up, const Op *down)
{
	MigText *row = mig_table_row(m, table);

	row[0] = mig_cell_int(m, (int64_t) table->nrow);
	row[1] = label;
	if (up)
		row[2] = up->text;
	if (down)
		row[3] = down->text;
	row[4] = mig_cell_bool(up && up->destructive);
	if (up)
		row[5] = up->hint;
}

static Ops
turn_round(Mig *m, Ops ops)
{
	Ops turned = {NULL, 0, 0};

	while (ops.n > 0)
		ops_add(m, &turned, ops.at[--ops.n]);
	return turned;
}

/*
 * The way back is turned round and laid beside the way there.  Where they are
 * out of step, the one goes on alone whose next partner is nearer.
 */
static MigTable *
side_by_side(Mig *m, Ops up, Ops down)
{
	MigTable *table = mig_table(m, mig_diff_columns);
	size_t i = 0;
	size_t k = 0;

	down = turn_round(m, down);
	while (i < up.n || k < down.n)
	{
		size_t next_down = i < up.n ? find_partner(down, k, up.at[i]) : down.n;
		size_t next_up = k < down.n ? find_partner(up, i, down.at[k]) : up.n;

		if (i < up.n && next_down == k)
			add_step(m, table, up.at[i]->label, up.at[i], down.at[k]), i++, k++;
		else if (i < up.n && (next_down == down.n || k == down.n ||
							  (next_up < up.n && next_up - i < next_down - k)))
			add_step(m, table, up.at[i]->label, up.at[i], NULL), i++;
		else
			add_step(m, table, down.at[k]->label, NULL, down.at[k]), k++;
	}
	return table;
}

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

/* Adds those that are seen once the told ones are known. */
static void
find_renames(Mig *m, MigSchema *live, MigSchema *desired, Renames *renames)
{
	Way way = {.m = m, .from = live, .to = desired, .renames = renames};

	rename_all(&way);
	match(m, live, desired);
	rename_find(m, live, desired, renames);
}

/* ---- filters ---- */

/* "*" is any text, "?" any character; without regard to the case of letters in SQLite. */
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

/* A pattern is one of names, "app.*", or of what migrate_diff() shows: "index app.*". */
static bool
is_named(Mig *m, const Object *object, MigList patterns)
{
	MigText label = schema_label(m, object);
	const char *name = memchr(label.at, ' ', label.len);
	size_t skip = strlen(object->kind->name) + 1;

	if (name == NULL || skip > label.len)
		skip = 0;
	for (size_t i = 0; i < patterns.n; i++)
		if (matches(patterns.at[i], label) ||
			matches(patterns.at[i], (MigText){label.at + skip, label.len - skip}))
			return true;
	return false;
}

/* A part is out with its whole, and in with it unless it is excluded itself. */
static void
filter(Mig *m, const MigSchema *schema, const MigDesired *wanted)
{
	MigList include = mig_split(m, wanted->include);
	MigList exclude = mig_split(m, wanted->exclude);

	if (include.n == 0 && exclude.n == 0)
		return;
	for (size_t i = 0; i < schema->objects.n; i++)
	{
		Object *object = schema->objects.at[i];
		bool in = include.n == 0;

		for (const Object *o = object; o; o = o->parent)
		{
			in |= is_named(m, o, include);
			object->out |= is_named(m, o, exclude);
		}
		object->out |= !in;
	}
}

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
	filter(m, live, wanted);
	filter(m, desired, wanted);
	renames = rename_read(m, live, desired, wanted->text);
	find_renames(m, live, desired, &renames);
	check_comparable(m, desired);
	up = one_way(m, live, desired, &renames, wanted, false);
	down = one_way(m, desired, live, &renames, wanted, true);
	return side_by_side(m, up, down);
}

/* ---- what is made of the steps ---- */

MigText
mig_diff_script(Mig *m, const MigTable *diff, MigDirection direction)
{
	bool up = direction == MIG_UPGRADE;
	MigBuf buf = mig_buf(m);

	for (size_t i = 0; i < diff->nrow; i++)
	{
		const MigText *row = diff->cells + (up ? i : diff->nrow - 1 - i) * diff->ncol;

		if (row[up ? 2 : 3].at == NULL)
			continue;
		if (up && row[4].at[0] == 't')
			mig_buf_format(&buf, "-- destructive: %.*s\n", MIG_ARG(row[1]));
		if (up && row[5].at)
			mig_buf_format(&buf, "-- %.*s\n", MIG_ARG(row[5]));
		mig_buf_format(&buf, "%.*s;\n", MIG_ARG(row[up ? 2 : 3]));
	}
	return mig_buf_text(&buf);
}

MigText
mig_diff_check(Mig *m, const MigTable *diff)
{
	MigLines lines = mig_lines(m);

	for (size_t i = 0; i < diff->nrow; i++)
		if (diff->cells[i * diff->ncol + 2].at)
			mig_lines_add(&lines, diff->cells[i * diff->ncol + 2]);
	if (diff->nrow == 0)
		return mig_text("schema is as desired");
	mig_raise(m, &(MigError){
					 MIG_WRONG_STATE, "schema is not as desired", mig_join(m, lines.list, ";\n").at,
					 "Make a revision of the differences with migrate_autogenerate().", NULL});
}

/* ---- drift ---- */

const MigColumn mig_drift_columns[] = {
	{"object", MIG_TEXT}, {"change", MIG_TEXT}, {"undo", MIG_TEXT}, {NULL, MIG_TEXT}};

MigTable *
mig_drift(Mig *m, MigSchema *live, MigSchema *left)
{
	static const char *const changes[] = {[OP_RENAME] = "renamed",
										  [OP_ASIDE] = "changed",
										  [OP_DROP] = "added",
										  [OP_CREATE] = "removed",
										  [OP_ALTER] = "changed"};
	MigTable *table = mig_table(m, mig_drift_columns);
	Renames renames = {NULL};
	Ops ops;

	schema_resolve(live);
	schema_resolve(left);
	find_renames(m, live, left, &renames);
	ops = one_way(m, live, left, &renames, NULL, false);
	for (size_t i = 0; i < ops.n; i++)
	{
		MigText *row = mig_table_row(m, table);

		row[0] = ops.at[i]->label;
		row[1] = mig_text(changes[ops.at[i]->kind]);
		row[2] = ops.at[i]->text;
	}
	return table;
}
