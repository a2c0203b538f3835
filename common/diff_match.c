/*
 * diff_match.c - which object of the one schema is which of the other
 */
#include "diff.h"

#include <stdlib.h>

/*
 * Which of the object and its wholes get other names, a bit each, the outermost one the highest;
 * 0: none.
 */
static int
moves_around(const Object *object)
{
	int all = 0;

	for (int bit = 1; object; object = object->parent, bit *= 2)
		all += object->moves ? bit : 0;
	return all;
}

/*
 * Who gets a name before who has it and goes.  Where a was renamed to b, and a new column is
 * called a, the way back has two with the key of a, once names are new: the one that is renamed
 * back must find the live one, so that its rows stay.
 */
static int
compare_keys(const void *a, const void *b)
{
	const Object *x = *(Object *const *) a;
	const Object *y = *(Object *const *) b;
	int order = mig_compare(x->key, y->key);

	return order ? order : moves_around(y) - moves_around(x);
}

/*
 * Also forgets what an earlier way has decided: both directions, and the search for renames before
 * them, work on the same objects.
 */
static Objects
by_key(Mig *m, const MigSchema *schema)
{
	Objects list = {mig_alloc(m, schema->objects.n, sizeof(Object *)), schema->objects.n, 0};

	for (size_t i = 0; i < list.n; i++)
	{
		list.at[i] = schema->objects.at[i];
		list.at[i]->twin = NULL;
		list.at[i]->drop = list.at[i]->create = list.at[i]->alter = NULL;
		list.at[i]->replaced = list.at[i]->swapped = false;
		list.at[i]->broken = list.at[i]->stays = false;
	}
	if (list.n > 1)
		qsort(list.at, list.n, sizeof(Object *), compare_keys);
	return list;
}

/*
 * A merge of two lists in the order of keys.  Keys hold the names that objects get, so
 * diff_rename() comes before; a key has the names of all wholes, so a part's whole has its twin
 * before it.
 */
void
diff_match(Mig *m, const MigSchema *a, const MigSchema *b)
{
	Objects x = by_key(m, a);
	Objects y = by_key(m, b);
	size_t i = 0;
	size_t k = 0;

	while (i < x.n && k < y.n)
	{
		Object *p = x.at[i];
		Object *q = y.at[k];
		int order = mig_compare(p->key, q->key);

		/* wholes come before their parts, and a part of another whole is another part */
		if (order == 0 && p->parent && p->parent->twin != q->parent)
			order = moves_around(q) ? 1 : -1;
		if (order == 0)
		{
			p->twin = q;
			q->twin = p;
		}
		i += order <= 0;
		k += order >= 0;
	}
}
