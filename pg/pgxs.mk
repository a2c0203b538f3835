# The extension, built by the server's own rules; called by the Makefile from the top folder.

ifeq ($(shell $(PG_CONFIG) --pgxs 2>/dev/null),)
$(error $(PG_CONFIG) does not work: install the server's development package, like postgresql-server-dev-15)
endif

EXTENSION = pg/migrate
DATA = pg/migrate--$(VERSION).sql
MODULE_big = migrate
OBJS = $(patsubst %.c,build/pg/%.o,$(wildcard common/*.c pg/*.c))
ISOLATION = $(patsubst test/isolation/specs/%.spec,%,$(wildcard test/isolation/specs/*.spec))
ISOLATION_OPTS = --inputdir=test/isolation
REGRESS = $(patsubst sql/%.sql,%,$(wildcard sql/*.sql))

# -isystem: warnings are about our code, not about the server's headers
PG_CPPFLAGS = -Iinclude -isystem $(shell $(PG_CONFIG) --includedir-server) \
	-DMIGRATE_VERSION='"$(VERSION)"'
PG_CFLAGS = -Wall -Wextra -Wshadow -Werror=implicit-function-declaration \
	-Wno-declaration-after-statement -MMD -MP
# clang is handed options that are gcc's
ifneq ($(findstring clang,$(CC)),)
PG_CFLAGS += -Wno-unknown-warning-option -Wno-ignored-optimization-argument
endif

PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# The server shows its modules' names to each other: the core keeps its own.
build/pg/common/%.o: override CFLAGS += -fvisibility=hidden

build/pg/%.o: %.c pg/migrate.control
	@mkdir -p $(@D)
	$(COMPILE.c) -o $@ $<

-include $(OBJS:.o=.d)
