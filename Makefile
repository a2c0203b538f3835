# migrate: a PostgreSQL extension and a SQLite module from the same core
#
#   make              both                    make sqlite, make pg    one of them
#   make demo         a history in an embedded database, drawn
#   make check        builds everything and passes all tests
#   make sanitize     all that a sanitizer and valgrind see, every allocation failed once: minutes
#   make lint         cppcheck and clang-tidy
#   make crash        kill -9 a few hundred times, on both engines
#   make install      both: the extension for PG_CONFIG's server, the module into $(libdir)/migrate
#   make installcheck the regression tests on a running server
#   make alembic      random cases against the installed Alembic: make alembic SEED=1 COUNT=20000
#   make fuzz-alter   10,000 random ALTER TABLE statements on SQLite
#   make fuzz         2,000 random pairs of schemas an engine, there and back
#   make bench        times beside the same SQL by hand, Alembic and dbmate
#
# The version stands in pg/migrate.control alone.  The server's build rules are in pg/pgxs.mk, so
# that the SQLite module needs nothing of PostgreSQL.

VERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" pg/migrate.control)
PG_CONFIG ?= pg_config
PGXS_MAKE = $(MAKE) -f pg/pgxs.mk PG_CONFIG=$(PG_CONFIG) VERSION=$(VERSION) with_llvm=no srcdir=.
prefix ?= /usr/local
libdir ?= $(prefix)/lib

# B: where the module is built; another one for each compiler or sanitizer, beside the usual one
CFLAGS ?= -O2 -g
B ?= build/sqlite
WARNINGS := -Wall -Wextra -Wshadow -Werror=implicit-function-declaration
SOURCES := $(wildcard common/*.c) $(filter-out sqlite/onefile.c,$(wildcard sqlite/*.c))
# onefile.c includes all the others
OBJS := $(SOURCES:%.c=$(B)/%.o)

all: sqlite pg

sqlite: $(B)/migrate.so

$(B)/migrate.so: $(OBJS)
	$(CC) -shared $(CFLAGS) $(COPT) -o $@ $^

# the control file has the version, which is compiled in
$(B)/%.o: %.c pg/migrate.control
	@mkdir -p $(@D)
	$(CC) -std=c11 $(CFLAGS) -fPIC -fvisibility=hidden $(WARNINGS) $(COPT) -Iinclude \
		-DMIGRATE_VERSION='"$(VERSION)"' -MMD -MP -c -o $@ $<

# which headers an object was made of, as the compiler wrote it down
-include $(OBJS:.o=.d)

pg:
	$(PGXS_MAKE) all

install: install-pg install-sqlite

install-pg: pg
	$(PGXS_MAKE) install

install-sqlite: sqlite
	install -d $(DESTDIR)$(libdir)/migrate
	install -m 755 $(B)/migrate.so $(DESTDIR)$(libdir)/migrate/

installcheck:
	$(PGXS_MAKE) installcheck

demo:
	@test/setup demo
	@$(MAKE) -s sqlite
	@test/demo/run

check:
	@test/check

sanitize:
	@FULL=full STRIDE=1 KILLS=40 test/check sanitize

lint:
	@FULL=full test/check lint

crash:
	@KILLS=300 test/check test/crash

alembic:
	@test/setup alembic
	@$(MAKE) -s sqlite
	@test/oracle/run $(SEED) $(COUNT) $(SIZE)

fuzz-alter: sqlite
	MIGRATE_SO=$(CURDIR)/$(B)/migrate.so /usr/bin/python3 test/fuzz/alter.py $(or $(CASES),10000)

fuzz:
	@PAIRS=2000 test/check test/extra/random_schemas

bench:
	@test/setup check
	@$(MAKE) -s sqlite
	@bench/run

dist:
	git archive --prefix=migrate-$(VERSION)/ -o migrate-$(VERSION).tar.gz HEAD

clean:
	rm -rf build results migrate.so

.PHONY: all sqlite pg install install-pg install-sqlite installcheck demo check sanitize lint crash
.PHONY: alembic fuzz-alter fuzz bench dist clean
