/*
 * arena.c - memory of one call
 *
 * The host hands out blocks and drops them all when the call ends, also when
 * it ends in an error.  So nothing here has to be undone.
 */
#include "common.h"

#include <string.h>

#ifndef BLOCK
#define BLOCK (64 * 1024) /* tests make it small, so that every edge is met */
#endif
#define ALIGN 16

/*
 * The product is checked before it is made.  left is set to 0 before the host is asked for a
 * block, as that may raise: then m is as it was, but for what was left of the old block.
 */
void *
mig_alloc(Mig *m, size_t count, size_t size)
{
	char *p;

	if (size != 0 && count > (SIZE_MAX / 2 - ALIGN) / size)
		mig_raise(m, &(MigError){MIG_TOO_LARGE, "text is too large", NULL, NULL, NULL});
	size = (count * size + ALIGN - 1) / ALIGN * ALIGN;
	if (size == 0)
		size = ALIGN; /* nothing, too, is somewhere: memset() and memcpy() want no NULL */

	/* what would waste most of a block gets its own */
	if (size > BLOCK / 4)
		return memset(m->alloc(m, size), 0, size);
	if (size > m->left)
	{
		m->left = 0;
		m->free = m->alloc(m, BLOCK);
		m->left = BLOCK;
	}
	p = m->free;
	m->free += size;
	m->left -= size;
	return memset(p, 0, size);
}

#define FIRST_ROOM 8

/*
 * Full at 8, 16, 32...: so n alone tells, and a list needs no field for its room.  Whoever uses it
 * must add one at a time.
 */
void *
mig_grow(Mig *m, void *at, size_t n, size_t size)
{
	bool used_up = n == 0 || (n >= FIRST_ROOM && (n & (n - 1)) == 0);
	void *larger;

	if (!used_up)
		return at;
	larger = mig_alloc(m, n == 0 ? FIRST_ROOM : 2 * n, size);
	if (n > 0)
		memcpy(larger, at, n * size);
	return larger;
}
