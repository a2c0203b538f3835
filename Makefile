# Builds and tests the core; see README.md.
CORE = $(wildcard common/*.c)
TESTS = $(patsubst test/core/%_test.c,build/core/%_test,$(wildcard test/core/*_test.c))
WARN = -std=c11 -Wall -Wextra -Wshadow

check: $(TESTS)
	@for t in $(TESTS); do $$t; done | tee build/core/out | grep -v '^ok' || true
	@passed=$$(grep -c '^ok' build/core/out); failed=$$(grep -c '^not ok' build/core/out); \
	echo "$$passed passed, $$failed failed"; test $$failed = 0 && test $$passed != 0

build/core/%_test: test/core/%_test.c test/core/host.h $(CORE) $(wildcard common/*.h include/*.h)
	@mkdir -p $(@D)
	$(CC) $(WARN) -g -fsanitize=address,undefined -DBLOCK=64 -Iinclude -Icommon -o $@ $< $(CORE)

.PHONY: check
