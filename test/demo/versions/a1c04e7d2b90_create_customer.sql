-- migrate:revision a1c04e7d2b90
-- migrate:message create customer
-- migrate:created 2026-01-12T09:14:00Z

-- migrate:upgrade
CREATE TABLE customer (
    id integer PRIMARY KEY,
    email varchar(200) NOT NULL,
    name text NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX customer_email ON customer (lower(email));

-- migrate:downgrade
DROP TABLE customer;
