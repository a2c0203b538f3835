-- migrate:revision 4bd6e9031f7c
-- migrate:revises 18f3a6c0d94b, 3ac5d8f2e16b
-- migrate:message merge billing and catalogue
-- migrate:created 2026-02-24T12:00:00Z

-- migrate:upgrade

-- migrate:downgrade
