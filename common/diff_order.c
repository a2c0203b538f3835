/*
 * diff_order.c - the order in which the operations of a diff can run
 *
 * Step 4 of diff.c.  An operation runs behind those that it was put behind with
 * diff_after(); where that leaves a choice, kinds of operations follow each other
 * as they read best.
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

/* ---- 4. order ---- */

/*
 * What takes an old object away: its own drop, or that of the whole with which it vanishes.  NULL:
 * no statement does, as it stays.
 */
static Op *
drop_of(const Object *old)
{
	while (old && diff_goes(old) && old->drop == NULL)
		old = old->parent;
	return old && diff_goes(old) ? old->drop : NULL;
}

/*
 * What makes an object as it is wanted: the CREATE of its own or of the whole that it stands in,
 * or what alters it.  A kind without a CREATE comes with the alteration of its whole (an
 * identity's sequence).  NULL: it is so already.
 */
static Op *
make_of(const Object *new)
{
	while (new &&diff_comes(new) && new->create == NULL)
		new = new->parent;
	return new ? (new->create ? new->create : new->alter) : NULL;
}

/* The old object's alteration is noted at its twin, as it is written of the wanted one. */
static Op *
alter_of(const Object *old)
{
	return old->twin && !old->replaced ? old->twin->alter : NULL;
}

/*
 * Tables are asked in the order of their distance; a table needs those that it inherits from, or
 * whose partition it is.
 */
Object *
diff_inherited(Mig *m, const Object *column)
{
	Objects tables = {NULL, 0, 0};

	if (object_is(column, "column"))
		objects_add(m, &tables, column->parent);
	for (size_t i = 0; i < tables.n; i++)
		for (size_t k = 0; k < tables.at[i]->needs.n; k++)
		{
			Object *parent = tables.at[i]->needs.at[k];

			if (!object_is(parent, "table") || objects_have(&tables, parent))
				continue;
			objects_add(m, &tables, parent);
			for (size_t j = 0; j < parent->parts.n; j++)
				if (object_is(parent->parts.at[j], "column") &&
					mig_same(parent->parts.at[j]->given.name, column->given.name))
					return parent->parts.at[j];
		}
	return NULL;
}

/*
 * A parent's column that a child declares, too, goes before that and comes behind it.  PostgreSQL
 * merges an added column with the one that a child has, but not the other way round, and refuses
 * to drop one from a child while that inherits it.
 */
static void
order_inherited(Way *way, Object *column, bool goes)
{
	Object *other = way->from->engine == MIG_POSTGRESQL ? diff_inherited(way->m, column) : NULL;

	if (other && goes)
		diff_after(way, column->drop, drop_of(other));
	else if (other)
		diff_after(way, make_of(other), column->create);
}

/* The object, the types that it is made of, and the attributes of those that are composite. */
static Objects
made_of(Mig *m, Object *object)
{
	Objects all = {NULL, 0, 0};

	objects_add(m, &all, object);
	for (size_t i = 0; i < all.n; i++)
	{
		const Object *it = all.at[i];

		for (size_t k = 0; k < it->needs.n; k++)
		{
			Object *need = it->needs.at[k];

			if (object_is_type(need) && !objects_have(&all, need))
				objects_add(m, &all, need);
		}
		for (size_t k = 0; object_is(it, "type") && k < it->parts.n; k++)
			objects_add(m, &all, it->parts.at[k]);
	}
	return all;
}

/* The attributes of the composite types that something has, and of those that these are made of. */
static Objects
attributes_of(Mig *m, Object *object)
{
	Objects all = made_of(m, object);
	Objects attributes = {NULL, 0, 0};

	for (size_t i = 1; i < all.n; i++)
		if (object_is(all.at[i], "attribute"))
			objects_add(m, &attributes, all.at[i]);
	return attributes;
}

/*
 * An attribute gets another type while no column has the composite type: those
 * that do are text.  Such a text has the values in the order of the attributes,
 * so none of these comes or goes meanwhile.
 */
static void
order_attributes(Way *way, Object *old)
{
	bool waits = diff_waits_as_text(old);
	Op *leaves = waits ? old->alter : drop_of(old);
	Objects attributes = {NULL, 0, 0};

	if (leaves)
		attributes = attributes_of(way->m, old);
	for (size_t i = 0; i < attributes.n; i++)
	{
		diff_after(way, alter_of(attributes.at[i]), leaves);
		diff_after(way, attributes.at[i]->alter, leaves);
		if (waits)
			diff_after(way, leaves, attributes.at[i]->drop);
	}
}

/*
 * The same from the other end: a column gets its composite type back once the attributes have
 * theirs, and what they gain comes behind that, as the text that is converted has no value for it.
 */
static void
order_new_attributes(Way *way, Object *new, Op *make)
{
	Objects attributes = attributes_of(way->m, new);
	bool waits = new->twin &&diff_waits_as_text(new->twin);

	for (size_t i = 0; i < attributes.n; i++)
	{
		diff_after(way, make, attributes.at[i]->alter);
		if (waits)
			diff_after(way, attributes.at[i]->create, make);
	}
}

/*
 * The last one first: the number in a name that SQLite has made up is the constraint's place among
 * those of that name, so what stands before the one that goes keeps its number.
 */
static void
order_namesakes(Way *way, const Object *old)
{
	for (size_t i = 0; old->parent && old->drop && i < old->parent->parts.n; i++)
	{
		const Object *other = old->parent->parts.at[i];

		if (diff_is_namesake(old, other) && other->given.position > old->given.position)
			diff_after(way, old->drop, other->drop);
	}
}

/*
 * Does what is only altered let go of it, and not need it by way of a type that is made of it?  A
 * column that moves from a domain to a composite type over that domain does not.
 */
static bool
lets_go(Mig *m, const Object *old, const Object *need)
{
	Objects all = made_of(m, old->twin);

	for (size_t i = 0; i < all.n; i++)
		if (objects_have(&all.at[i]->needs, need->twin))
			return false;
	return true;
}

/*
 * A drop runs behind the drop of all that needs the object, and behind the alteration by which
 * something lets go of it.  What is altered while something is in its way is altered behind the
 * drop of that: of its own parts, such as a default, and of what needs it, such as a view.  The
 * same holds for a column that becomes text for a while (waits as text): its OP_ASIDE stands in
 * for an alteration.
 */
static void
order_drops(Way *way)
{
	for (size_t i = 0; i < way->from->objects.n; i++)
	{
		Object *old = way->from->objects.at[i];
		Op *drop = drop_of(old);
		Op *alter = alter_of(old);

		order_attributes(way, old);
		order_namesakes(way, old);
		if (diff_is_aside(old))
			diff_after(way, drop, old->alter);
		if (old->parent)
			diff_after(way, drop_of(old->parent), drop);
		if (old->parent && alter_of(old->parent))
			diff_after(way, alter_of(old->parent), drop);
		if (old->parent && diff_waits_as_text(old->parent))
			diff_after(way, old->parent->alter, drop);
		if (old->drop)
			order_inherited(way, old, true);
		for (size_t k = 0; k < old->needs.n; k++)
		{
			Object *need = old->needs.at[k];

			if (alter && alter_of(need) && lets_go(way->m, old, need))
				diff_after(way, alter_of(need), alter);
			if (diff_is_swapped(need) && old->alter)
				diff_after(way, drop_of(need), old->alter);
			else
				diff_after(way, drop_of(need), drop ? drop : alter);
			if (drop && alter_of(need))
				diff_after(way, alter_of(need), drop);
			if (drop && diff_waits_as_text(need))
				diff_after(way, need->alter, drop);
		}
	}
}

/*
 * SQLite's CREATE TABLE takes foreign keys to what is not there yet, so two may need each other; a
 * part that stands in it waits for nothing.
 */
static bool
asks_for_nothing(const Way *way, const Object *new)
{
	return way->to->engine == MIG_SQLITE && new->inside &&diff_comes(new->parent);
}

/*
 * An object is made behind all that it needs, its whole included, and what is replaced behind the
 * drop of the old one.  Of a type the old one only has to be put aside: it is dropped last of all.
 */
static void
order_creates(Way *way)
{
	for (size_t i = 0; i < way->to->objects.n; i++)
	{
		Object *new = way->to->objects.at[i];
		Op *make = make_of(new);

		if (make == NULL)
			continue;
		order_new_attributes(way, new, make);
		if (new->parent)
			diff_after(way, make, make_of(new->parent));
		if (new->create)
			order_inherited(way, new, false);
		for (size_t k = 0; k < new->needs.n && !asks_for_nothing(way, new); k++)
			diff_after(way, make, make_of(new->needs.at[k]));
		if (new->twin &&new->twin->replaced)
			diff_after(way, new->create,
					   diff_is_aside(new->twin) ? new->twin->alter : drop_of(new->twin));
	}
}

/* A name that is free behind a drop; see diff_held_name(). */
typedef struct Freed
{
	MigText name;
	Op *drop;
} Freed;

static int
compare_freed(const void *a, const void *b)
{
	return mig_compare(((const Freed *) a)->name, ((const Freed *) b)->name);
}

/*
 * Is it dropped in the place where it is, and not put aside, by itself or with its whole?  What is
 * put aside gives its name free at once, so nothing has to wait for its drop; and as that drop
 * waits for columns to change, waiting for it could be a circle.
 */
static bool
goes_in_place(const Object *old)
{
	return diff_goes(old) && !diff_is_aside(old) && !(old->parent && diff_is_aside(old->parent));
}

/*
 * A view may come where a table goes, an index where a key goes: a name is free behind the drop.
 * Each object has up to two names, so each is asked twice (i / 2, i % 2).
 */
static void
order_names(Way *way)
{
	const Objects *from = &way->from->objects;
	const Objects *to = &way->to->objects;
	Freed *freed = mig_alloc(way->m, from->n * 2, sizeof(Freed));
	size_t n = 0;

	for (size_t i = 0; i < from->n * 2; i++)
	{
		const Object *old = from->at[i / 2];
		MigText name = {NULL, 0};

		if (goes_in_place(old))
			name = diff_held_name(way->m, old, NULL, i % 2 > 0);
		if (name.at)
			freed[n++] = (Freed){name, drop_of(old)};
	}
	if (n > 1)
		qsort(freed, n, sizeof(Freed), compare_freed);
	for (size_t i = 0; n > 0 && i < to->n * 2; i++)
	{
		const Object *new = to->at[i / 2];
		Freed wanted = {{NULL, 0}, NULL};
		const Freed *found = NULL;

		if (diff_comes(new))
			wanted.name = diff_held_name(way->m, new, NULL, i % 2 > 0);
		if (wanted.name.at)
			found = bsearch(&wanted, freed, n, sizeof(Freed), compare_freed);
		if (found)
			diff_after(way, make_of(new), found->drop);
	}
}

static bool
alters_extension(const Op *op)
{
	return op->kind == OP_ALTER && object_is(op->object, "extension");
}

/*
 * Statements name what an extension has where it is live.  So it moves to another schema when all
 * else is done, and back before all else; the schemas themselves come and go around that.
 */
static void
order_moves(Way *way)
{
	for (size_t i = 0; i < way->from->objects.n; i++)
	{
		const Object *old = way->from->objects.at[i];
		Op *move = object_is(old, "extension") ? alter_of(old) : NULL;

		for (size_t k = 0; move && k < way->ops.n; k++)
			if (!object_is(way->ops.at[k]->object, "schema") && !alters_extension(way->ops.at[k]))
				diff_after(way, way->back ? way->ops.at[k] : move,
						   way->back ? move : way->ops.at[k]);
	}
}

/*
 * Depth first, without recursion.  An operation goes to the list when it is met the second time,
 * with all that it runs behind there already.  A circle stays as it is met: what closes it is
 * passed over, as it is begun, and the engine says what is wrong.
 */
static void
put(Way *way, Op *first)
{
	Ops stack = {NULL, 0, 0};

	diff_ops_add(way->m, &stack, first);
	while (stack.n > 0)
	{
		Op *top = stack.at[stack.n - 1];

		if (top->mark == 0)
		{
			top->mark = 1;
			for (size_t i = top->nafter; i-- > 0;)
				if (top->after[i]->mark == 0)
					diff_ops_add(way->m, &stack, top->after[i]);
			continue;
		}
		stack.n--;
		if (top->mark == 1)
			diff_ops_add(way->m, &way->done, top);
		top->mark = 2;
	}
}

/*
 * The operations of one kind on the objects of a schema, from the first or the last on, each
 * behind what it waits for, whatever kind that has.  Objects are in an order in which they can be
 * created, so drops go from the last one on.
 */
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

/* Does a drop follow what is no drop, or one that does? */
static bool
waits(const Op *op)
{
	for (size_t i = 0; i < op->nafter; i++)
		if (op->after[i]->kind != OP_DROP || op->after[i]->mark != DROPS_ALONE)
			return true;
	return false;
}

/*
 * Finds the drops with nothing but drops before them.  These may follow each other in a circle, so
 * all are alone until one is found that is not; then those behind it are asked again.
 */
static void
mark_drops_alone(const Ops *drops)
{
	bool found = true;

	for (size_t i = 0; i < drops->n; i++)
		if (drops->at[i]->kind == OP_DROP)
			drops->at[i]->mark = DROPS_ALONE;
	while (found)
	{
		found = false;
		for (size_t i = 0; i < drops->n; i++)
			if (drops->at[i]->mark == DROPS_ALONE && waits(drops->at[i]))
			{
				drops->at[i]->mark = 2;
				found = true;
			}
	}
}

/*
 * What is dropped goes before anything is renamed, under the name that it has: then names are
 * free, and those that SQLite makes up for constraints hold.  But not what waits for an
 * alteration: that comes behind the renames, with all that was put for it.
 */
static void
put_drops(Way *way)
{
	Ops all;

	put_all(way, &way->from->objects, OP_DROP, true);
	all = way->done;
	way->done = (Ops){NULL, 0, 0};
	mark_drops_alone(&all);
	for (size_t i = 0; i < all.n; i++)
		if (all.at[i]->mark == DROPS_ALONE)
			diff_ops_add(way->m, &way->done, all.at[i]);
	diff_put_renames(way);
	for (size_t i = 0; i < all.n; i++)
		if (all.at[i]->mark != DROPS_ALONE)
			diff_ops_add(way->m, &way->done, all.at[i]);
}

/*
 * Drops from the last object on, renames, types aside, alterations, what is made from the first
 * on.  Each of these walks takes along what its operations wait for.  On the way back alterations
 * go in the reverse of the order that they have on the way there, so that side_by_side() can pair
 * them.
 */
void
diff_order(Way *way)
{
	order_drops(way);
	order_creates(way);
	order_names(way);
	order_moves(way);
	put_drops(way);
	put_all(way, &way->from->objects, OP_ASIDE, false);
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
