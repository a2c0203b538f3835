/*
 * script_test.c - bundles: what is read, and the exact text of what is refused
 */
#include "host.h"

static void
print_list(MigBuf *buf, const char *name, MigList list)
{
	if (list.n > 0)
		mig_buf_format(buf, " %s=%.*s", name, MIG_ARG(mig_join(buf->m, list, "+")));
}

static void
print_section(MigBuf *buf, const MigRevision *r, MigDirection direction, MigEngine engine,
			  const char *name)
{
	MigSection s = mig_script_section(buf->m, r, direction, engine);

	mig_buf_format(buf, " %s@%d=[%.*s]", name, s.line, MIG_ARG(s.sql));
}

/* Header, bytes and PostgreSQL's upgrade section of each revision. */
static MigText
read_bundle(Mig *m, const char *input)
{
	MigRevisions all = mig_script_parse(m, mig_text(input));
	MigBuf buf = mig_buf(m);

	for (size_t i = 0; i < all.n; i++)
	{
		MigRevision *r = &all.at[i];

		mig_buf_format(&buf, "%.*s", MIG_ARG(r->id));
		print_list(&buf, "revises", r->revises);
		print_list(&buf, "depends", r->depends);
		print_list(&buf, "labels", r->labels);
		mig_buf_format(&buf, " message=%.*s created=%.*s%s bytes=%zu", MIG_ARG(r->message),
					   MIG_ARG(r->created), r->transactional ? "" : " off", r->script.len);
		print_section(&buf, r, MIG_UPGRADE, MIG_POSTGRESQL, "up");
		mig_buf_str(&buf, "\n");
	}
	return mig_buf_text(&buf);
}

#define UP "-- migrate:upgrade\n"

static const Pair bundles[] = {
	{"all directives",
	 "-- migrate:revision b\n-- migrate:revises a, c\n-- migrate:message two words \n"
	 "-- migrate:labels x-y,z\n-- migrate:depends d\n-- migrate:created 2026-11-20T19:24:00Z\n"
	 "-- migrate:transaction off\n\n" UP "SELECT 1;\n",
	 "b revises=a+c depends=d labels=x-y+z message=two words created=2026-11-20T19:24:00Z off "
	 "bytes=218 up@10=[SELECT 1;\n]\n"},
	{"several scripts keep their bytes",
	 "-- migrate:revision a\n" UP "S;\n\n-- migrate:revision b\n" UP "T",
	 "a message= created= bytes=45 up@3=[S;\n\n]\nb message= created= bytes=42 up@3=[T]\n"},
	{"the engine's own section wins",
	 "-- migrate:revision a\n" UP "plain\n-- migrate:upgrade sqlite\nlite\n"
	 "-- migrate:upgrade postgresql\npg\n",
	 "a message= created= bytes=111 up@7=[pg\n]\n"},
	{"up, down and dbmate's option",
	 "-- migrate:revision a\n-- migrate:up transaction:false\nS;\n-- migrate:down\nT;\n",
	 "a message= created= off bytes=76 up@3=[S;\n]\n"},
	{"CRLF and a byte order mark",
	 "\xEF\xBB\xBF-- migrate:revision a\r\n-- migrate:message hi\r\n" UP "S;\r\n"
	 "\xEF\xBB\xBF-- migrate:revision b\r\n" UP,
	 "a message=hi created= bytes=72 up@4=[S;\r\n]\nb message= created= bytes=45 up@3=[]\n"},
	{"comments above the first revision stay with it", "-- (c) us\n-- migrate:revision a\n" UP,
	 "a message= created= bytes=51 up@4=[]\n"},
	{"quotes and dollar quotes are one token",
	 "-- migrate:revision a\n" UP "SELECT '--', $x$ ' $x$, E'\\'', \"a\"\"b\";\n",
	 "a message= created= bytes=80 up@3=[SELECT '--', $x$ ' $x$, E'\\'', \"a\"\"b\";\n]\n"},
	{"no upgrade section for this engine", "-- migrate:revision a\n-- migrate:upgrade sqlite\n",
	 "55000: revision \"a\" has no upgrade section for postgresql\nHINT: Add a line \"-- "
	 "migrate:upgrade\" to its script, with the statements or with none, and add the script again "
	 "with migrate_add()."},
	{"empty bundle", " \n", ""},
	{"bundle with nothing but a comment", "-- nothing\n",
	 "42601: bundle has no revision\nHINT: A script starts with \"-- migrate:revision "
	 "<identifier>\"."},
	{"no upgrade section at all", "-- migrate:revision a\n-- migrate:downgrade\n",
	 "42601: revision has no upgrade section\nHINT: Add a line \"-- migrate:upgrade\"; the section "
	 "may be empty.\nCONTEXT: revision a, line 1"},
	{"unknown directive",
	 "-- migrate:revision a\n" UP "-- migrate:revision b\n-- migrate:mesage x\n",
	 "42601: unknown directive \"mesage\"\nHINT: Known are revision, revises, message, labels, "
	 "depends, created, transaction, upgrade and downgrade.\nCONTEXT: revision b, line 2"},
	{"directive given twice", "-- migrate:revision a\n-- migrate:message x\n-- migrate:message y\n",
	 "42601: second directive \"message\"\nHINT: Remove one; several values are separated by "
	 "commas.\nCONTEXT: revision a, line 3"},
	{"section given twice", "-- migrate:revision a\n" UP "-- migrate:up\n",
	 "42601: second upgrade section\nHINT: A revision has one section of a kind; put the "
	 "statements together.\nCONTEXT: revision a, line 3"},
	{"directive behind a section", "-- migrate:revision a\n" UP "-- migrate:labels x\n",
	 "42601: directive \"labels\" behind a section\nHINT: Move it up, below \"-- "
	 "migrate:revision\".\nCONTEXT: revision a, line 3"},
	{"directive before the first revision", "\n" UP,
	 "42601: directive \"upgrade\" before the first revision\nHINT: Start the script with \"-- "
	 "migrate:revision <identifier>\".\nCONTEXT: line 2"},
	{"statement before the first revision", "SELECT 1;",
	 "42601: statement before the first revision\nHINT: Start the script with \"-- "
	 "migrate:revision <identifier>\".\nCONTEXT: line 1"},
	{"statement outside a section", "-- migrate:revision a\n\nSELECT 1;",
	 "42601: statement outside a section\nHINT: Put a line \"-- migrate:upgrade\" or \"-- "
	 "migrate:downgrade\" above it.\nCONTEXT: revision a, line 3"},
	{"no final line feed before the next file",
	 "-- migrate:revision a\n" UP "SELECT 1;-- migrate:revision b\n" UP,
	 "42601: directive behind other text in its line\nHINT: A directive stands on a line of its "
	 "own, from the first column; does the file before it end without a line feed?\nCONTEXT: "
	 "revision a, line 3"},
	{"indented directive", "-- migrate:revision a\n  " UP,
	 "42601: directive behind other text in its line\nHINT: A directive stands on a line of its "
	 "own, from the first column; does the file before it end without a line feed?\nCONTEXT: "
	 "revision a, line 2"},
	{"misspelled prefix", "-- migrate:revision a\n" UP "--Migrate:down\n",
	 "42601: misspelled directive\nHINT: A directive starts with \"-- migrate:\", in lower case "
	 "and "
	 "with one space.\nCONTEXT: revision a, line 3"},
	{"directive inside an open quote",
	 "-- migrate:revision a\n" UP "SELECT 'it;\n-- migrate:downgrade\n",
	 "42601: directive inside a quote that begins on line 3\nHINT: Close it before the directive; "
	 "where the text is meant to be there, indent it.\nCONTEXT: revision a, line 4"},
	{"directive inside a dollar quote",
	 "-- migrate:revision a\n" UP "DO $$\n-- migrate:downgrade\n$$;\n",
	 "42601: directive inside a quote that begins on line 3\nHINT: Close it before the directive; "
	 "where the text is meant to be there, indent it.\nCONTEXT: revision a, line 4"},
	{"directive inside a comment", "-- migrate:revision a\n" UP "/*\n-- migrate:downgrade\n*/\n",
	 "42601: directive inside a comment that begins on line 3\nHINT: Close it before the "
	 "directive; where the text is meant to be there, indent it.\nCONTEXT: revision a, line 4"},
	{"illegal identifier", "-- migrate:revision a@b\n",
	 "22023: \"a@b\" is not allowed as a revision identifier\nDETAIL: An identifier is 1 to 64 of "
	 "the characters A-Z a-z 0-9 _ . and none of head, heads, base and current.\nHINT: Choose "
	 "another identifier.\nCONTEXT: revision a@b, line 1"},
	{"reserved identifier", "-- migrate:revision a\n-- migrate:revises head\n",
	 "22023: \"head\" is not allowed as a revision identifier\nDETAIL: An identifier is 1 to 64 of "
	 "the characters A-Z a-z 0-9 _ . and none of head, heads, base and current.\nHINT: Choose "
	 "another identifier.\nCONTEXT: revision a, line 2"},
	{"label with a digit after a dash", "-- migrate:revision a\n-- migrate:labels x-1\n",
	 "22023: \"x-1\" is not allowed as a branch label\nDETAIL: A label is 1 to 64 of the "
	 "characters "
	 "A-Z a-z 0-9 _ . and -, with no digit after a -, and none of head, heads, base and "
	 "current.\nHINT: Choose another label.\nCONTEXT: revision a, line 2"},
	{"parent named twice", "-- migrate:revision a\n-- migrate:revises b,b\n",
	 "42601: \"b\" is named twice\nHINT: Remove one of them.\nCONTEXT: revision a, line 2"},
	{"no such day", "-- migrate:revision a\n-- migrate:created 2026-02-29T00:00:00Z\n",
	 "42601: \"2026-02-29T00:00:00Z\" is not a time\nHINT: Write it in UTC, like "
	 "2026-11-20T19:24:00Z.\nCONTEXT: revision a, line 2"},
	{"transaction", "-- migrate:revision a\n-- migrate:transaction no\n",
	 "42601: \"no\" is neither on nor off\nHINT: Write \"-- migrate:transaction off\" where the "
	 "revision cannot run in a transaction.\nCONTEXT: revision a, line 2"},
	{"unknown engine", "-- migrate:revision a\n-- migrate:upgrade mysql\n",
	 "42601: unknown engine \"mysql\"\nHINT: A section is for postgresql, for sqlite, or, with no "
	 "engine named, for both.\nCONTEXT: revision a, line 2"},
};

/* Files one after another, "name=text|name=text": identifiers and parents. */
static MigText
load_files(Mig *m, const char *input)
{
	MigFile files[8];
	size_t n = 0;
	MigBuf buf = mig_buf(m);
	MigRevisions all;

	for (const char *at = input; *at; n++)
	{
		size_t name = strcspn(at, "=");
		size_t text = strcspn(at + name + 1, "|");

		files[n] = (MigFile){{at, name}, {at + name + 1, text}};
		at += name + 1 + text;
		at += *at == '|';
	}
	all = mig_script_load(m, files, n);
	for (size_t i = 0; i < all.n; i++)
	{
		mig_buf_add(&buf, all.at[i].id);
		print_list(&buf, "revises", all.at[i].revises);
		mig_buf_format(&buf, " (%.*s)%s", MIG_ARG(all.at[i].message),
					   all.at[i].plain ? "" : " own");
		print_section(&buf, &all.at[i], MIG_UPGRADE, MIG_SQLITE, "up");
		mig_buf_str(&buf, "\n");
	}
	return mig_buf_text(&buf);
}

static const Pair folders[] = {
	{"plain files are a chain in name order", "10_c.sql=C;|2_b.sql=B;|1_a.sql=A;",
	 "1 (a) up@5=[A;]\n2 revises=1 (b) up@6=[B;]\n10 revises=2 (c) up@6=[C;]\n"},
	{"a dbmate file", "20260101_add_user.sql=-- migrate:up\nU;\n-- migrate:down\nD;\n",
	 "20260101 (add user) up@5=[U;\n]\n"},
	{"files with a revision stand for themselves",
	 "0001_a.sql=A|x.sql=-- migrate:revision q\n-- migrate:upgrade\n",
	 "q () own up@3=[]\n0001 (a) up@5=[A]\n"},
	{"a pair of files up and down", "0001_a.up.sql=A;|0001_a.down.sql=D;",
	 "0001 (a) up@5=[A;\n]\n"},
	{"a name without a version", "schema.sql=S;",
	 "42601: file \"schema.sql\" is not a migration\nHINT: Begin it with a line \"-- "
	 "migrate:revision <identifier>\", or its name with a version, like 0001_name.sql."},
	{"the file of an error is named", "0001_a.sql=A;\n-- migrate:oops\n",
	 "42601: unknown directive \"oops\"\nHINT: Known are revision, revises, message, labels, "
	 "depends, created, transaction, upgrade and downgrade.\nCONTEXT: file \"0001_a.sql\", "
	 "revision 0001, line 2"},
};

/* The checksum is of the upgrade's tokens alone. */
static MigText
same_checksum(Mig *m, const char *input)
{
	MigRevisions all = mig_script_parse(m, mig_text(input));

	return mig_text(mig_same(all.at[0].checksum, all.at[1].checksum) ? "same" : "other");
}

#define TWO(a, b) "-- migrate:revision a\n" UP a "\n-- migrate:revision b\n" UP b "\n"

static const Pair checksums[] = {
	{"blanks and comments do not count", TWO("SELECT  1 ; -- one", "/* x */SELECT\n1;"), "same"},
	{"the downgrade does not count", TWO("S;\n-- migrate:downgrade\nT;", "S;"), "same"},
	{"a token counts", TWO("SELECT 1;", "SELECT 2;"), "other"},
	{"a blank in a quote counts", TWO("SELECT 'a b';", "SELECT 'a  b';"), "other"},
	{"two tokens are not one", TWO("a b;", "ab;"), "other"},
	{"a section's engine counts", TWO("", "-- migrate:upgrade sqlite"), "other"},
};

static MigText
sha256(Mig *m, const char *input)
{
	return mig_sha256(m, mig_text(input));
}

/* FIPS 180-4, examples of the algorithm's publication */
static const Pair sums[] = {
	{"sha256 of nothing", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"sha256 of one block", "abc",
	 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"sha256 of two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static MigText
filename(Mig *m, const char *input)
{
	MigRevision r = {.id = mig_text("ab12"), .message = mig_text(input)};

	return mig_script_filename(m, &r);
}

static const Pair filenames[] = {
	{"slug", "Add user-profiles  table!", "ab12_add_user_profiles_table.sql"},
	{"no slug", "", "ab12.sql"},
	{"long slug", "one two three four five six seven eight nine ten",
	 "ab12_one_two_three_four_five_six_seven_eight.sql"},
	{"slug that is one word", "abcdefghijabcdefghijabcdefghijabcdefghijabc",
	 "ab12_abcdefghijabcdefghijabcdefghijabcdefghij.sql"},
};

#define CHECK(body, pairs) host_check(body, pairs, sizeof(pairs) / sizeof(pairs[0]))

int
main(void)
{
	return CHECK(read_bundle, bundles) + CHECK(load_files, folders) +
			   CHECK(same_checksum, checksums) + CHECK(sha256, sums) + CHECK(filename, filenames) >
		   0;
}
