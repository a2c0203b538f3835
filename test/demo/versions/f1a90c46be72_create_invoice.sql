-- migrate:revision f1a90c46be72
-- migrate:revises e5b7d3c8091f
-- migrate:message create invoice
-- migrate:labels billing
-- migrate:created 2026-02-10T10:10:00Z

-- migrate:upgrade
CREATE TABLE invoice (
    id integer PRIMARY KEY,
    order_id integer NOT NULL UNIQUE REFERENCES customer_order (id),
    cents integer NOT NULL CHECK (cents >= 0),
    issued_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- migrate:downgrade
DROP TABLE invoice;
