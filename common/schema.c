/*
 * schema.c - a schema as a graph of objects, put in order
 *
 * The adapter tells objects, what is an alias of what, and what depends on
 * what, in any order.  schema_resolve() finds out the rest: parents, needs, and
 * one order in which each object stands behind what it needs.  It is a
 * depth-first walk over objects in the order of kinds and names, so that it is
 * the same for the same schema whatever the catalogs' order was.
 *
 * A part (a column, a default, a CHECK) normally stands inside the CREATE of
 * its whole; then the walk takes the whole and its parts as one.  A part that
 * needs what in turn needs the whole cannot: it gets a statement of its own.
 * So where f() reads t,
 *
 *   CREATE TABLE t (a integer DEFAULT f());
 *
 * is printed as CREATE TABLE t (a integer), CREATE FUNCTION f(), and then
 * ALTER TABLE t ALTER COLUMN a SET DEFAULT f().
 */
#include "schema.h"

#include <stdlib.h>
#include <string.h>

/* ---- building ---- */

MigSchema *
mig_schema(Mig *m, MigEngine engine)
{
	MigSchema *schema = mig_alloc(m, 1, sizeof(MigSchema));

	schema->m = m;
	schema->engine = engine;
	schema->texts = mig_lines(m);
	schema->casts = mig_lines(m);
	schema->assignments = mig_lines(m);
	return schema;
}

void
objects_add(Mig *m, Objects *list, Object *object)
{
	if (list->n == list->room)
	{
		size_t room = list->room ? list->room * 2 : 4;
		Object **at = mig_alloc(m, room, sizeof(Object *));

		if (list->n > 0)
			memcpy(at, list->at, list->n * sizeof(Object *));
		list->at = at;
		list->room = room;
	}
	list->at[list->n++] = object;
}

/* From the end: where a pair is told twice, the other one is near, as pairs come sorted. */
bool
objects_have(const Objects *list, const Object *object)
{
	for (size_t i = list->n; i-- > 0;)
		if (list->at[i] == object)
			return true;
	return false;
}

static void
pairs_add(Mig *m, Pairs *list, Pair pair)
{
	if (list->n == list->room)
	{
		size_t room = list->room ? list->room * 2 : 64;
		Pair *at = mig_alloc(m, room, sizeof(Pair));

		if (list->n > 0)
			memcpy(at, list->at, list->n * sizeof(Pair));
		list->at = at;
		list->room = room;
	}
	list->at[list->n++] = pair;
}

/*
 * The kind is looked up here, once; a name that kinds.c does not have is a mistake of an
 * adapter's.  PostgreSQL's values are taken as they will be printed once they were read: see
 * printed.c.
 */
void
mig_schema_add(MigSchema *schema, const MigItem *given)
{
	Object *object = mig_alloc(schema->m, 1, sizeof(Object));

	object->given = *given;
	object->kind = kind_find(given->kind);
	if (object->kind == NULL)
		mig_raise(schema->m, &(MigError){MIG_INTERNAL,
										 mig_format(schema->m, "unknown kind \"%s\"", given->kind),
										 NULL, "Please report this.", NULL});
	for (size_t i = 0; schema->engine == MIG_POSTGRESQL && i < given->nvalues; i++)
		object->given.values[i] = printed_again(schema->m, given->values[i]);
	objects_add(schema->m, &schema->objects, object);
}

/* Kept as it was told, like dependencies and comments: what they speak of may be told later. */
void
mig_schema_alias(MigSchema *schema, MigAddress alias, MigAddress of)
{
	pairs_add(schema->m, &schema->aliases, (Pair){alias, of});
}

void
mig_schema_depend(MigSchema *schema, MigAddress object, MigAddress on)
{
	pairs_add(schema->m, &schema->depends, (Pair){object, on});
}

void
mig_schema_cast(MigSchema *schema, MigText from, MigText to, bool assigned)
{
	MigLines *casts = assigned ? &schema->assignments : &schema->casts;

	mig_lines_add(casts, from);
	mig_lines_add(casts, to);
}

/* to.id is the place of column and text, one behind the other, in schema->texts. */
void
mig_schema_comment(MigSchema *schema, MigAddress object, MigText column, MigText text)
{
	pairs_add(schema->m, &schema->comments,
			  (Pair){object, {0, (uint32_t) schema->texts.list.n, 0}});
	mig_lines_add(&schema->texts, column);
	mig_lines_add(&schema->texts, text);
}

/* ---- finding by address ---- */

/* Field by field: memcmp() would go by the machine's order of bytes. */
static int
compare_addresses(MigAddress a, MigAddress b)
{
	if (a.class != b.class)
		return a.class < b.class ? -1 : 1;
	if (a.id != b.id)
		return a.id < b.id ? -1 : 1;
	return (a.sub > b.sub) - (a.sub < b.sub);
}

/*
 * Objects and aliases by address, sorted: found in log n, as a schema has as many dependencies as
 * rows of pg_depend.
 */
typedef struct Place
{
	MigAddress address;
	MigAddress of;  /* of an alias */
	Object *object; /* NULL: an alias */
} Place;

/* Sorted, see compare_places(). */
typedef struct Places
{
	Place *at;
	size_t n;
} Places;

/* An object before an alias of the same address: what is told wins. */
static int
compare_places(const void *a, const void *b)
{
	const Place *x = a;
	const Place *y = b;
	int order = compare_addresses(x->address, y->address);

	return order ? order : (x->object == NULL) - (y->object == NULL);
}

/* Made twice by schema_resolve(), as comments become objects in between. */
static Places
all_places(const MigSchema *schema)
{
	size_t n = schema->objects.n + schema->aliases.n;
	Places places = {mig_alloc(schema->m, n, sizeof(Place)), 0};

	for (size_t i = 0; i < schema->objects.n; i++)
		places.at[places.n++] =
			(Place){schema->objects.at[i]->given.address, {0}, schema->objects.at[i]};
	for (size_t i = 0; i < schema->aliases.n; i++)
		places.at[places.n++] = (Place){schema->aliases.at[i].from, schema->aliases.at[i].to, NULL};
	qsort(places.at, places.n, sizeof(Place), compare_places);
	return places;
}

/* The first of an address: an object, if there is one. */
static const Place *
find_place(const Places *places, MigAddress address)
{
	size_t low = 0;
	size_t high = places->n;

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;

		if (compare_addresses(places->at[middle].address, address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < places->n && compare_addresses(places->at[low].address, address) == 0)
		return &places->at[low];
	return NULL;
}

/*
 * The object with an address or alias; what one of the system's columns is its table is, and so is
 * a column that was not told.  NULL: nothing that the schema has.  Aliases of aliases are
 * followed, no further than there are places, so that a circle of them ends.
 */
static Object *
find_object(const Places *places, MigAddress address)
{
	for (size_t hops = 0; hops <= places->n; hops++)
	{
		const Place *place = find_place(places, address);

		if (place == NULL && address.sub > 0)
			place = find_place(places, (MigAddress){address.class, address.id, 0});
		if (place == NULL)
			return NULL;
		if (place->object)
			return place->object;
		address = place->of;
	}
	return NULL;
}

/* ---- parents, parts, keys ---- */

static bool
is_none(MigAddress address)
{
	return address.class == 0 && address.id == 0 && address.sub == 0;
}

/*
 * A part of a column that is not told is its table's; one of what an extension has is nobody's.
 * An alias is no whole: what is inherited has its parts where it comes from.
 */
static Object *
find_whole(const Places *places, MigAddress address)
{
	const Place *place = find_place(places, address);

	if (place == NULL && address.sub > 0)
		place = find_place(places, (MigAddress){address.class, address.id, 0});
	return place ? place->object : NULL;
}

/* Does the outermost one stand alone, and not claim a parent that the schema does not have? */
static bool
is_whole_there(const Object *object)
{
	while (object->parent)
		object = object->parent;
	return is_none(object->given.parent);
}

/*
 * A whole that the schema does not have, a table of an extension's: what is a part of it, and of
 * that, is not shown either, nor is it found by what needs it.  Needs are found later, so places
 * go, too.
 */
static void
find_parents(MigSchema *schema, Places *places)
{
	Objects kept = {NULL, 0, 0};
	size_t n = 0;

	for (size_t i = 0; i < schema->objects.n; i++)
	{
		Object *object = schema->objects.at[i];

		if (!is_none(object->given.parent))
			object->parent = find_whole(places, object->given.parent);
		if (object->parent == object)
			object->parent = NULL;
	}
	for (size_t i = 0; i < schema->objects.n; i++)
		if (is_whole_there(schema->objects.at[i]))
			objects_add(schema->m, &kept, schema->objects.at[i]);
	schema->objects = kept;
	for (size_t i = 0; i < kept.n; i++)
		if (kept.at[i]->parent)
			objects_add(schema->m, &kept.at[i]->parent->parts, kept.at[i]);
	for (size_t i = 0; i < places->n; i++)
		if (places->at[i].object == NULL || is_whole_there(places->at[i].object))
			places->at[n++] = places->at[i];
	places->n = n;
}

/* Words in any case are the same to SQLite, strings are not. */
static MigText
fold_words(Mig *m, MigText text)
{
	Lexer l = lexer(text, LEX_SQLITE, 1);
	MigBuf buf = mig_buf(m);

	for (Token token = lexer_next(&l); token.kind != TOKEN_END; token = lexer_next(&l))
		for (size_t i = 0; i < token.text.len; i++)
		{
			char c = token.text.at[i];

			c = token.kind == TOKEN_WORD ? to_lower(c) : c;
			mig_buf_add(&buf, (MigText){&c, 1});
		}
	return mig_buf_text(&buf);
}

/*
 * What has no name is known by its definition, in which names may be new: an unnamed CHECK of
 * SQLite's is the same one after a column in it was renamed.
 */
static MigText
current_same(const Object *object)
{
	MigText same = object->given.same;

	return object->values && mig_same(same, schema_value(object, 0)) ? object->values[0] : same;
}

/* What tells an object from others of its kind.  Names in it are folded already. */
static MigText
key_part(Mig *m, const Object *object)
{
	const MigItem *given = object->now ? object->now : &object->given;
	MigText same = object->moves ? given->same : current_same(object);

	if (given->same.at)
		return given->folds ? fold_words(m, same) : same;
	return object->parent ? given->name : given->full;
}

/*
 * "table a/column b": of parts, without the names of wholes but the outermost, as theirs are in
 * the chain already.  What is renamed itself is known by what it becomes.
 */
MigText
schema_key(Mig *m, const Object *object)
{
	MigBuf buf = mig_buf(m);
	const Object *chain[8];
	size_t n = 0;

	for (const Object *o = object; o && n < 8; o = o->parent)
		chain[n++] = o;
	while (n-- > 0)
		mig_buf_format(&buf, "%s %.*s/", chain[n]->kind->name, MIG_ARG(key_part(m, chain[n])));
	return mig_buf_text(&buf);
}

/* Kinds in their order in kinds.c, which is that of their rows in memory; then names. */
static int
compare_kinds(const void *a, const void *b)
{
	const Object *x = *(Object *const *) a;
	const Object *y = *(Object *const *) b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return mig_compare(x->key, y->key);
}

/* Columns as they stand, comments in the order of keys. */
static int
compare_positions(const void *a, const void *b)
{
	const Object *x = *(Object *const *) a;
	const Object *y = *(Object *const *) b;

	if (x->kind == y->kind && x->given.position != y->given.position)
		return x->given.position < y->given.position ? -1 : 1;
	return compare_kinds(a, b);
}

static void
sort_objects(const MigSchema *schema, Objects *list)
{
	if (list->n > 1)
		qsort(list->at, list->n, sizeof(Object *),
			  schema->by_name ? compare_kinds : compare_positions);
}

/* ---- comments ---- */

/*
 * A comment is an object of its own and needs an address that no other has: the class of what it
 * is on, with its highest bit turned.
 */
static MigAddress
comment_address(MigAddress of)
{
	return (MigAddress){of.class + 0x80000000u, of.id, of.sub};
}

/* What of this kind an index or a type is an alias of; NULL: of none. */
static const Object *
alias_of(const Places *places, const Place *alias, const char *kind)
{
	const Place *place = alias && !alias->object ? find_place(places, alias->of) : NULL;

	return place && place->object && object_is(place->object, kind) ? place->object : NULL;
}

/*
 * Objects of their own, so that they are compared and dropped like any other.  Of three kinds, as
 * the statement needs another name: on an object that was told, on a column that was not, and on
 * the index that a constraint has.
 */
static void
add_comments(MigSchema *schema, const Places *places)
{
	for (size_t i = 0; i < schema->comments.n; i++)
	{
		MigAddress address = schema->comments.at[i].from;
		MigText *column = &schema->texts.list.at[schema->comments.at[i].to.id];
		const Place *place = find_place(places, address);
		const Object *key = alias_of(places, place, "constraint");
		const Object *type = alias_of(places, place, "type");
		const Object *of;
		bool is_told = (place && place->object) || column->at == NULL;
		MigItem comment = {.kind = key       ? "index comment"
								   : is_told ? "comment"
											 : "column comment",
						   .address = comment_address(address),
						   .name = is_told ? mig_text("") : *column,
						   .values = column + 1,
						   .nvalues = 1};

		if (!is_told)
			place = find_place(places, (MigAddress){address.class, address.id, 0});
		of = key ? key : type ? type : place ? place->object : NULL;
		if (of == NULL || of->kind->on == NULL || (of->kind->flags & KIND_STAYS))
			continue;
		comment.parent = of->given.address;
		comment.full = key ? key->given.values[3] : of->given.full;
		mig_schema_add(schema, &comment);
	}
}

/* ---- needs ---- */

static int
compare_pairs(const void *a, const void *b)
{
	int order = compare_addresses(((const Pair *) a)->from, ((const Pair *) b)->from);

	return order ? order : compare_addresses(((const Pair *) a)->to, ((const Pair *) b)->to);
}

/* Is the one the other, or a whole around it? */
static bool
is_within(const Object *part, const Object *whole)
{
	while (part && part != whole)
		part = part->parent;
	return part != NULL;
}

/*
 * What an object has inside of it, and what it stands in, says nothing about order that parents do
 * not say already; nor does what is told twice.
 */
static void
add_need(MigSchema *schema, Object *object, Object *need)
{
	if (object == NULL || need == NULL || is_within(need, object) || object->parent == need ||
		objects_have(&object->needs, need))
		return;
	objects_add(schema->m, &object->needs, need);
	objects_add(schema->m, &need->needed_by, object);
}

/*
 * An inherited column is that which it comes from; what needs it needs its table, too, since by
 * way of the alias only the parent's would be known.
 */
static void
find_needs(MigSchema *schema, const Places *places)
{
	if (schema->depends.n > 1)
		qsort(schema->depends.at, schema->depends.n, sizeof(Pair), compare_pairs);
	for (size_t i = 0; i < schema->depends.n; i++)
	{
		MigAddress to = schema->depends.at[i].to;
		Object *object = find_object(places, schema->depends.at[i].from);
		Object *need = find_object(places, to);
		Object *whole = find_object(places, (MigAddress){to.class, to.id, 0});

		add_need(schema, object, need);
		if (to.sub > 0 && object && need && need->parent != object->parent)
			add_need(schema, object, whole);
	}
}

/* ---- what stands inside of what ---- */

bool
object_is(const Object *object, const char *name)
{
	return strcmp(object->kind->name, name) == 0;
}

bool
object_is_type(const Object *object)
{
	return (object->kind->flags & KIND_TYPE) || object_is(object, "type");
}

bool
object_is_named_alone(const Object *object)
{
	return object->parent == NULL || object_is(object, "index") ||
		   object_is(object, "identity sequence");
}

/*
 * Does from need the whole, through whatever?  A walk by a list, with marks that are cleared at
 * the end; it also goes up to wholes, as what needs a part cannot be there without its whole.
 */
static bool
leads_to(MigSchema *schema, Object *from, const Object *whole)
{
	Objects todo = {NULL, 0, 0};
	bool found = false;

	objects_add(schema->m, &todo, from);
	from->mark = 1;
	for (size_t i = 0; i < todo.n && !found; i++)
	{
		Object *object = todo.at[i];

		found = is_within(object, whole);
		if (object->parent && !object->parent->mark)
		{
			object->parent->mark = 1;
			objects_add(schema->m, &todo, object->parent);
		}
		for (size_t k = 0; k < object->needs.n; k++)
			if (!object->needs.at[k]->mark)
			{
				object->needs.at[k]->mark = 1;
				objects_add(schema->m, &todo, object->needs.at[k]);
			}
	}
	for (size_t i = 0; i < todo.n; i++)
		todo.at[i]->mark = 0;
	return found;
}

/* The table of a default of a column. */
static Object *
schema_root(Object *object)
{
	while (object->parent)
		object = object->parent;
	return object;
}

/* What a key says of its columns; null: it is none. */
static MigText
key_columns(const Object *object)
{
	MigText text = schema_value(object, 0);
	const char *columns = text.at ? memchr(text.at, '(', text.len) : NULL;

	if (!object_is(object, "constraint") || columns == NULL || text.at[0] == 'C')
		return (MigText){NULL, 0};
	return (MigText){columns, (size_t) (text.at + text.len - columns)};
}

/*
 * PostgreSQL makes one key of two that a CREATE TABLE has of the same columns (UNIQUE and PRIMARY
 * KEY, in transformIndexConstraints()): so the second one in the order stands behind it.
 */
static bool
is_second_key(const MigSchema *schema, const Object *object)
{
	MigText columns = key_columns(object);

	if (schema->engine != MIG_POSTGRESQL || columns.at == NULL)
		return false;
	for (size_t i = 0; object->parent->parts.at[i] != object; i++)
		if (mig_same(key_columns(object->parent->parts.at[i]), columns))
			return true;
	return false;
}

/*
 * Only what is a program can need a table that it is a part of:  CREATE TABLE t (a int DEFAULT
 * f()) where f reads t.  Such a part comes by a statement of its own, as does what the CREATE
 * would make something else.
 */
static bool
can_stand_inside(MigSchema *schema, const Object *object)
{
	if (object->parent == NULL || object->kind->part == NULL)
		return false;
	if ((object_is(object, "constraint") || object_is(object, "domain constraint")) &&
		schema_value(object, 1).at)
		return false; /* NOT VALID: a CREATE of the whole would make it valid, or refuse it */
	if (is_second_key(schema, object))
		return false;
	for (size_t i = 0; i < object->needs.n; i++)
		if (object_is(object->needs.at[i], "function") &&
			leads_to(schema, object->needs.at[i], schema_root((Object *) object)))
			return false;
	return true;
}

/* For ALTER TABLE: the default of a column is one of the table's. */
const Object *
schema_owner(const Object *part)
{
	do
		part = part->parent;
	while (part->kind->part && part->parent);
	return part;
}

Object *
schema_whole(Object *object)
{
	while (object->inside)
		object = object->parent;
	return object;
}

/* ---- the order ---- */

/* Of order_objects(): the stack instead of recursion, and what is in order already. */
typedef struct Walk
{
	MigSchema *schema;
	Objects stack;
	Objects done;
} Walk;

/* What is on the stack twice is passed over when it is met again, as its mark tells. */
static void
push(Walk *walk, Object *object)
{
	if (object->mark == 0)
		objects_add(walk->schema->m, &walk->stack, object);
}

/* A key, or an index that is one: both can be what a foreign key leans on. */
static bool
is_unique(const Object *object)
{
	static const char *const create = "CREATE UNIQUE ";
	MigText text = schema_value(object, 0);

	return key_columns(object).at || (object_is(object, "index") && text.len > strlen(create) &&
									  memcmp(text.at, create, strlen(create)) == 0);
}

/* Has another key or unique index all those columns of the one that a foreign key needs? */
static bool
would_do(const Object *foreign, const Object *key, const Object *other)
{
	for (size_t i = 0; i < foreign->needs.n; i++)
		if (objects_have(&key->needs, foreign->needs.at[i]) &&
			!objects_have(&other->needs, foreign->needs.at[i]))
			return false;
	return is_unique(other);
}

/*
 * Of several keys that a foreign key could refer to, PostgreSQL takes that which was made
 * first, and no text says which it was.  So it stands behind all of them.
 */
static void
push_keys(Walk *walk, const Object *foreign)
{
	for (size_t i = 0; i < foreign->needs.n; i++)
	{
		const Object *key = foreign->needs.at[i];

		for (size_t k = 0; is_unique(key) && k < key->parent->parts.n; k++)
			if (would_do(foreign, key, key->parent->parts.at[k]))
				push(walk, schema_whole(key->parent->parts.at[k]));
	}
}

/*
 * What must come before the object: its whole, what it and the parts inside of it need.  Pushed
 * last to first, so that what stands first in the order is met first.
 */
static void
push_needs(Walk *walk, Object *object)
{
	Objects inside = {NULL, 0, 0};

	objects_add(walk->schema->m, &inside, object);
	for (size_t i = 0; i < inside.n; i++)
	{
		Object *part = inside.at[i];

		for (size_t k = part->needs.n; k-- > 0;)
			push(walk, schema_whole(part->needs.at[k]));
		for (size_t k = 0; k < part->parts.n; k++)
			if (part->parts.at[k]->inside)
				objects_add(walk->schema->m, &inside, part->parts.at[k]);
	}
	if (object_is(object, "foreign key") && walk->schema->engine == MIG_POSTGRESQL)
		push_keys(walk, object);
	if (object->parent)
		push(walk, schema_whole(object->parent));
}

/*
 * The object and the parts inside, in order.  Those have no turn of their own: they come with it.
 */
static void
finish(Walk *walk, Object *object)
{
	size_t first = walk->done.n;

	object->mark = 2;
	objects_add(walk->schema->m, &walk->done, object);
	for (size_t i = first; i < walk->done.n; i++)
		for (size_t k = 0; k < walk->done.at[i]->parts.n; k++)
		{
			Object *part = walk->done.at[i]->parts.at[k];

			if (part->inside && part->mark == 0)
			{
				part->mark = 2;
				objects_add(walk->schema->m, &walk->done, part);
			}
		}
}

/*
 * Was the walk led to the object by what its whole needs?  Then it is met again behind that.  A
 * table is begun (1), and its unique index met by way of a foreign key inside of it: the index
 * cannot come before.
 */
static bool
is_early(const Object *object)
{
	return object->parent && schema_whole(object->parent)->mark == 1;
}

/*
 * Depth first; what is met while it is begun is a circle that no order can mend.  Each object is
 * met twice: when it is begun, to push what it needs, and when that is done, to put it behind.
 */
static void
walk_from(Walk *walk, Object *object)
{
	push(walk, object);
	while (walk->stack.n > 0)
	{
		Object *top = walk->stack.at[walk->stack.n - 1];

		if (top->mark == 0 && is_early(top))
			walk->stack.n--;
		else if (top->mark == 0)
		{
			top->mark = 1;
			push_needs(walk, top);
		}
		else
		{
			walk->stack.n--;
			if (top->mark == 1)
				finish(walk, top);
		}
	}
}

/* Each object, then its parts that have statements of their own. */
static void
order_objects(MigSchema *schema)
{
	Walk walk = {schema, {NULL, 0, 0}, {NULL, 0, 0}};
	Objects tree = {NULL, 0, 0};

	for (size_t i = 0; i < schema->objects.n; i++)
		if (schema->objects.at[i]->parent == NULL)
		{
			size_t first = tree.n;

			objects_add(schema->m, &tree, schema->objects.at[i]);
			for (size_t k = first; k < tree.n; k++)
				for (size_t p = 0; p < tree.at[k]->parts.n; p++)
					objects_add(schema->m, &tree, tree.at[k]->parts.at[p]);
		}
	for (size_t i = 0; i < tree.n; i++)
		walk_from(&walk, schema_whole(tree.at[i]));
	schema->objects = walk.done;
	for (size_t i = 0; i < walk.done.n; i++)
		walk.done.at[i]->mark = 0;
}

/*
 * Comments become objects before parents are looked for, so places are made twice; keys come
 * before the sort that goes by them, and what stands inside is known before the walk.
 */
void
schema_resolve(MigSchema *schema)
{
	Places places;

	if (schema->resolved)
		return;
	places = all_places(schema);
	add_comments(schema, &places);
	places = all_places(schema);
	find_parents(schema, &places);
	for (size_t i = 0; i < schema->objects.n; i++)
		schema->objects.at[i]->key = schema_key(schema->m, schema->objects.at[i]);
	find_needs(schema, &places);
	sort_objects(schema, &schema->objects);
	for (size_t i = 0; i < schema->objects.n; i++)
	{
		sort_objects(schema, &schema->objects.at[i]->parts);
		sort_objects(schema, &schema->objects.at[i]->needs);
	}
	for (size_t i = 0; i < schema->objects.n; i++)
		schema->objects.at[i]->inside = can_stand_inside(schema, schema->objects.at[i]);
	order_objects(schema);
	schema->resolved = true;
}
