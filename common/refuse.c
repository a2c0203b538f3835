/*
 * refuse.c - what adapters refuse on both engines, in the same words
 */
#include "common.h"

void
mig_refuse_null(Mig *m, const char *argument)
{
	mig_raise(m, &(MigError){MIG_NULL_VALUE,
							 mig_format(m, "argument \"%s\" must not be null", argument), NULL,
							 NULL, NULL});
}

void
mig_refuse_nested(Mig *m, const char *function)
{
	mig_raise(m,
			  &(MigError){MIG_WRONG_STATE, mig_format(m, "a revision must not call %s()", function),
						  NULL, "Remove the call from the revision.", NULL});
}

void
mig_refuse_busy(Mig *m, const char *detail)
{
	mig_raise(m, &(MigError){MIG_BUSY, "another migration run is in progress", detail,
							 "Call again when it has ended.", NULL});
}

void
mig_refuse_transaction(Mig *m, const MigRevision *revision, const char *hint)
{
	mig_raise(m, &(MigError){MIG_UNSUPPORTED,
							 mig_format(m, "revision \"%.*s\" cannot run inside a transaction",
										MIG_ARG(revision->id)),
							 "Its script says \"-- migrate:transaction off\".", hint, NULL});
}

void
mig_refuse_removed(Mig *m, MigText revision)
{
	mig_raise(m, &(MigError){MIG_WRONG_STATE,
							 mig_format(m, "revision \"%.*s\" was removed", MIG_ARG(revision)),
							 NULL, "Run the call again.", NULL});
}

/* A run has planned from that row, and an UPDATE or DELETE of it has found none. */
void
mig_refuse_moved(Mig *m, MigText version)
{
	mig_raise(m,
			  &(MigError){MIG_WRONG_STATE,
						  mig_format(m, "version row \"%.*s\" is gone", MIG_ARG(version)),
						  "The table migrate_version was changed by somebody else during the run.",
						  "Look at migrate_current() and run the call again.", NULL});
}

void
mig_refuse_binary(Mig *m, const char *path)
{
	mig_raise(m, &(MigError){MIG_INVALID_VALUE, mig_format(m, "file \"%s\" is not text", path),
							 "It has NUL bytes.", NULL, NULL});
}

/* Bytes of the character at the start of text; 0: it is none (RFC 3629). */
static size_t
utf8_length(MigText text)
{
	const unsigned char *at = (const unsigned char *) text.at;
	size_t len = at[0] < 0x80 ? 1 : at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;

	if (len == 0 || at[0] > 0xF4 || len > text.len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	/* longer than it needs to be, a surrogate, beyond the last character */
	if ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
		(at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F))
		return 0;
	return len;
}

void
mig_check_utf8(Mig *m, MigText script, const char *path)
{
	for (size_t i = 0; i < script.len;)
	{
		size_t len = utf8_length((MigText){script.at + i, script.len - i});

		if (len == 0)
			mig_raise(m, &(MigError){"22021", "script is not UTF-8 text",
									 mig_format(m, "Byte 0x%02x on line %d is no part of it.",
												(unsigned char) script.at[i],
												1 + mig_count_lines((MigText){script.at, i})),
									 "Write the script as UTF-8 text.",
									 path ? mig_format(m, "file \"%s\"", path) : NULL});
		i += len;
	}
}

void
mig_refuse_overwriting(Mig *m, const char *path)
{
	mig_raise(m, &(MigError){MIG_WRONG_STATE,
							 mig_format(m, "file \"%s\" exists with other content", path), NULL,
							 "Move it away, or export to another directory.", NULL});
}
