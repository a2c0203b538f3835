/*
 * compat.h - newer servers' names for older servers (13 to 18)
 *
 * The code is written for the newest server; what an older one lacks is here.
 */
#ifndef COMPAT_H
#define COMPAT_H

#include "catalog/pg_authid.h"
#include "executor/spi.h"
#include "tcop/dest.h"

#if PG_VERSION_NUM < 140000
#define ROLE_PG_READ_SERVER_FILES DEFAULT_ROLE_READ_SERVER_FILES
#define ROLE_PG_WRITE_SERVER_FILES DEFAULT_ROLE_WRITE_SERVER_FILES
#endif

#if PG_VERSION_NUM < 150000
#define MarkGUCPrefixReserved(prefix) EmitWarningsOnPlaceholders(prefix)
#define pg_analyze_and_rewrite_fixedparams(tree, sql, types, n, env)                               \
	pg_analyze_and_rewrite(tree, sql, types, n, env)
#endif

#if PG_VERSION_NUM >= 180000
#define PortalRun(portal, count, top, once, dest, altdest, completion)                             \
	PortalRun(portal, count, top, dest, altdest, completion)
#endif

/*
 * Runs one statement and throws its rows away, so that a SELECT of a million
 * rows for its side effects needs no memory.  13 cannot and collects them.
 */
static inline int
execute_discarding(const char *sql)
{
#if PG_VERSION_NUM >= 140000
	SPIExecuteOptions options = {0};

	options.dest = None_Receiver;
	return SPI_execute_extended(sql, &options);
#else
	int result = SPI_execute(sql, false, 0);

	SPI_freetuptable(SPI_tuptable);
	return result;
#endif
}

#endif
