/*
 * script.h - what the files that read scripts share
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "common.h"

#define PREFIX "-- migrate:"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define BOM "\xEF\xBB\xBF"
#define BOM_LEN 3

/* Which engine a section is for; the last is the plain section. */
#define ENGINES 3
#define PLAIN 2

typedef struct Section
{
	bool present;
	MigText sql;
	int line;
} Section;

struct Script
{
	MigRevision revision;
	Section sections[2][ENGINES]; /* by MigDirection */
	unsigned seen;                /* directives that it has, by their place in the table */
	int line;                     /* line of the bundle on which it begins */
	struct Script *next;
};

/* Where a text is from, for messages. */
typedef struct Source
{
	MigText file; /* or null */
	int above;    /* lines of a header that the file itself does not have */
} Source;

/* Does a directive begin here? */
extern bool script_has_prefix(const char *at, const char *end);
/* The scripts of a bundle, the first one or NULL; raises as mig_script_parse(). */
extern Script *script_parse(Mig *m, MigText bundle, Source source);
/* Their revisions. */
extern MigRevisions script_array(Mig *m, const Script *first);

#endif
