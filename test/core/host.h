/*
 * host.h - a host for the core without a database: answers and errors as text,
 * and no memory at any allocation that a test names
 */
#ifndef HOST_H
#define HOST_H

#include "common.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Host
{
	Mig mig; /* first: the core's handle is the host */
	void *blocks[1 << 16];
	int used;
	int fail_at;  /* this allocation fails; -1: none */
	char *answer; /* what the body returned or raised */
	jmp_buf landing;
} Host;

/* A body turns an input into text; what it raises becomes text, too. */
typedef MigText (*Body)(Mig *m, const char *input);

static void *
host_alloc(Mig *m, size_t size)
{
	Host *host = (Host *) m;

	if (host->used == host->fail_at)
		longjmp(host->landing, 2);
	return host->blocks[host->used++] = malloc(size);
}

static char *
host_copy(const char *at, size_t len)
{
	char *copy = malloc(len + 1);

	if (len > 0)
		memcpy(copy, at, len);
	copy[len] = '\0';
	return copy;
}

static void
host_raise(Mig *m, const MigError *e)
{
	Host *host = (Host *) m;
	const char *parts[] = {e->sqlstate, ": ",
						   e->message,  e->detail ? "\nDETAIL: " : "",
						   e->detail,   e->hint ? "\nHINT: " : "",
						   e->hint,     e->context ? "\nCONTEXT: " : "",
						   e->context};
	char text[10000] = "";

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i])
			strncat(text, parts[i], sizeof(text) - strlen(text) - 1);
	host->answer = host_copy(text, strlen(text));
	longjmp(host->landing, 1);
}

static void
host_body(Host *host, Body body, const char *input)
{
	MigText text = body(&host->mig, input);

	host->answer = host_copy(text.at, text.len);
}

/* 0: returned, 1: raised, 2: out of memory.  No locals here, see setjmp(3). */
static int
host_protect(Host *host, Body body, const char *input)
{
	switch (setjmp(host->landing))
	{
		case 0:
			host_body(host, body, input);
			return 0;
		case 1:
			return 1;
		default:
			return 2;
	}
}

/* The answer, to be freed; NULL where memory ran out at allocation fail_at. */
static char *
host_run(Body body, const char *input, int fail_at)
{
	static Host host;

	host.mig = (Mig){host_alloc, host_raise, NULL, 0};
	host.used = 0;
	host.fail_at = fail_at;
	host.answer = NULL;
	host_protect(&host, body, input);
	while (host.used > 0)
		free(host.blocks[--host.used]);
	return host.answer;
}

typedef struct Pair
{
	const char *name;
	const char *input;
	const char *expected;
} Pair;

/* Each pair gives its answer, and lands safely with each of its first allocations failing. */
static int
host_check(Body body, const Pair *pairs, size_t n)
{
	int failed = 0;

	for (size_t i = 0; i < n; i++)
	{
		char *answer = host_run(body, pairs[i].input, -1);
		int good = strcmp(answer, pairs[i].expected) == 0;

		printf("%s - %s\n", good ? "ok" : "not ok", pairs[i].name);
		if (!good)
			printf("# expected:\n%s\n# got:\n%s\n", pairs[i].expected, answer);
		failed += !good;
		free(answer);
		for (int k = 0; k < 200; k++)
			free(host_run(body, pairs[i].input, k));
	}
	return failed;
}

#endif
