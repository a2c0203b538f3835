/*
 * buf.c - growing text, lists of lines, tables
 *
 * All of them grow by doubling and leave what they outgrew to the arena: at
 * most as much again is lost, and nothing has to be freed.
 */
#include "common.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

MigBuf
mig_buf(Mig *m)
{
	return (MigBuf){m, NULL, 0, 0};
}

/* Makes room for more bytes and a final NUL. */
static void
reserve(MigBuf *buf, size_t more)
{
	size_t room = buf->room ? buf->room * 2 : 128;
	char *at;

	if (more >= SIZE_MAX / 2 - buf->len)
		mig_raise(buf->m, &(MigError){MIG_TOO_LARGE, "text is too large", NULL, NULL, NULL});
	if (buf->len + more + 1 <= buf->room)
		return;
	if (room < buf->len + more + 1)
		room = buf->len + more + 1;
	at = mig_alloc(buf->m, room, 1);
	if (buf->len > 0)
		memcpy(at, buf->at, buf->len);
	buf->at = at;
	buf->room = room;
}

void
mig_buf_add(MigBuf *buf, MigText text)
{
	reserve(buf, text.len);
	if (text.len > 0)
		memcpy(buf->at + buf->len, text.at, text.len);
	buf->len += text.len;
}

void
mig_buf_str(MigBuf *buf, const char *text)
{
	mig_buf_add(buf, mig_text(text));
}

/* Appends what vsnprintf makes of format; twice has its own va_list for the second pass. */
static void __attribute__((format(printf, 2, 0)))
add_formatted(MigBuf *buf, const char *format, va_list args, va_list twice)
{
	/* NOLINTNEXTLINE(*valist.Uninitialized): both lists are the caller's */
	int len = vsnprintf(NULL, 0, format, args);

	if (len < 0)
		mig_raise(buf->m, &(MigError){MIG_INTERNAL, "could not format a message", NULL,
									  "Please report this.", NULL});
	reserve(buf, (size_t) len);
	vsnprintf(buf->at + buf->len, (size_t) len + 1, format, twice);
	buf->len += (size_t) len;
}

void
mig_buf_format(MigBuf *buf, const char *format, ...)
{
	va_list args;
	va_list twice;

	va_start(args, format);
	va_copy(twice, args);
	add_formatted(buf, format, args, twice);
	va_end(twice);
	va_end(args);
}

/*
 * The NUL behind the end makes the text good for "%s" as well; the buffer may grow on after that.
 */
MigText
mig_buf_text(MigBuf *buf)
{
	reserve(buf, 0);
	buf->at[buf->len] = '\0';
	return (MigText){buf->at, buf->len};
}

/* For messages and statements: what is made is never freed, and ends with a NUL. */
char *
mig_format(Mig *m, const char *format, ...)
{
	MigBuf buf = mig_buf(m);
	va_list args;
	va_list twice;

	va_start(args, format);
	va_copy(twice, args);
	add_formatted(&buf, format, args, twice);
	va_end(twice);
	va_end(args);
	return buf.at;
}

MigText
mig_text(const char *text)
{
	return (MigText){text, text ? strlen(text) : 0};
}

MigText
mig_copy(Mig *m, MigText text)
{
	MigBuf buf = mig_buf(m);

	mig_buf_add(&buf, text);
	return mig_buf_text(&buf);
}

bool
mig_same(MigText a, MigText b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Byte by byte, as PostgreSQL's COLLATE "C" and SQLite's BINARY: no locale has a say. */
int
mig_compare(MigText a, MigText b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.at, b.at, len) : 0;

	if (order != 0)
		return order < 0 ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

MigText
mig_join(Mig *m, MigList list, const char *sep)
{
	MigBuf buf = mig_buf(m);

	for (size_t i = 0; i < list.n; i++)
	{
		if (i > 0)
			mig_buf_str(&buf, sep);
		mig_buf_add(&buf, list.at[i]);
	}
	return mig_buf_text(&buf);
}

/* The text between two quotes, those inside doubled. */
static MigText
in_quotes(Mig *m, MigText text, char quote)
{
	MigBuf buf = mig_buf(m);
	MigText one = {&quote, 1};

	mig_buf_add(&buf, one);
	for (size_t i = 0; i < text.len; i++)
	{
		mig_buf_add(&buf, (MigText){text.at + i, 1});
		if (text.at[i] == quote)
			mig_buf_add(&buf, one);
	}
	mig_buf_add(&buf, one);
	return mig_buf_text(&buf);
}

MigText
mig_quoted_name(Mig *m, MigText name)
{
	return in_quotes(m, name, '"');
}

MigText
mig_quoted_text(Mig *m, MigText text)
{
	return in_quotes(m, text, '\'');
}

MigText
text_trim(MigText text)
{
	while (text.len > 0 && is_blank(text.at[0]))
	{
		text.at++;
		text.len--;
	}
	while (text.len > 0 && is_blank(text.at[text.len - 1]))
		text.len--;
	return text;
}

/*
 * Blanks around the parts go, empty parts stay: "a,,b" has one for its caller to complain about; a
 * text of blanks alone has none.
 */
MigList
mig_split(Mig *m, MigText text)
{
	MigLines parts = mig_lines(m);

	if (text_trim(text).len == 0)
		return parts.list;
	for (;;)
	{
		const char *comma = memchr(text.at, ',', text.len);
		size_t len = comma ? (size_t) (comma - text.at) : text.len;

		mig_lines_add(&parts, text_trim((MigText){text.at, len}));
		if (comma == NULL)
			return parts.list;
		text.at += len + 1;
		text.len -= len + 1;
	}
}

MigLines
mig_lines(Mig *m)
{
	return (MigLines){m, {NULL, 0}};
}

void
mig_lines_add(MigLines *lines, MigText line)
{
	lines->list.at = mig_grow(lines->m, lines->list.at, lines->list.n, sizeof(MigText));
	lines->list.at[lines->list.n++] = line;
}

/* columns: static, ends with one without a name; it is not copied. */
MigTable *
mig_table(Mig *m, const MigColumn *columns)
{
	MigTable *table = mig_alloc(m, 1, sizeof(MigTable));

	table->columns = columns;
	while (columns[table->ncol].name != NULL)
		table->ncol++;
	return table;
}

MigText *
mig_table_row(Mig *m, MigTable *table)
{
	table->cells = mig_grow(m, table->cells, table->nrow, table->ncol * sizeof(MigText));
	return table->cells + table->nrow++ * table->ncol;
}

MigText
mig_cell_int(Mig *m, int64_t value)
{
	return mig_text(mig_format(m, "%lld", (long long) value));
}

MigText
mig_cell_bool(bool value)
{
	return mig_text(value ? "t" : "f");
}

bool
text_has(MigText text, MigText what)
{
	for (size_t i = 0; i + what.len <= text.len; i++)
		if (what.len == 0 || memcmp(text.at + i, what.at, what.len) == 0)
			return true;
	return false;
}

int
text_compare(const void *a, const void *b)
{
	return mig_compare(*(const MigText *) a, *(const MigText *) b);
}

MigText
text_one_line(Mig *m, MigText text)
{
	char *line = mig_alloc(m, text.len + 1, 1);

	for (size_t i = 0; i < text.len; i++)
		line[i] = text.at[i] == '\n' || text.at[i] == '\r' ? ' ' : text.at[i];
	return (MigText){line, text.len};
}
