-- migrate:revision 07d2e8b15c3a
-- migrate:revises f1a90c46be72
-- migrate:message invoices for open orders
-- migrate:created 2026-02-11T10:45:00Z

-- migrate:upgrade
INSERT INTO invoice (id, order_id, cents)
    SELECT o.id, o.id, t.cents FROM customer_order o JOIN order_total t ON t.order_id = o.id;

-- migrate:downgrade
DELETE FROM invoice;
