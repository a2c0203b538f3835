-- migrate:revision 18f3a6c0d94b
-- migrate:revises 07d2e8b15c3a
-- migrate:message create payment
-- migrate:created 2026-02-18T15:20:00Z

-- migrate:upgrade
CREATE TABLE payment (
    id integer PRIMARY KEY,
    invoice_id integer NOT NULL REFERENCES invoice (id),
    cents integer NOT NULL CHECK (cents > 0),
    method varchar(20) NOT NULL CHECK (method IN ('card', 'transfer')),
    paid_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX payment_invoice ON payment (invoice_id);
CREATE VIEW invoice_due AS
    SELECT i.id, i.cents - coalesce((SELECT sum(p.cents) FROM payment p WHERE p.invoice_id = i.id), 0)
        AS cents
    FROM invoice i;

-- migrate:downgrade
DROP VIEW invoice_due;
DROP TABLE payment;
