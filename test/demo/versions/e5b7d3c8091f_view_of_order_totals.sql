-- migrate:revision e5b7d3c8091f
-- migrate:revises d48e61f50a2c
-- migrate:message view of order totals
-- migrate:created 2026-02-03T13:05:00Z

-- migrate:upgrade
CREATE VIEW order_total AS
    SELECT l.order_id, sum(l.quantity * p.price_cents) AS cents
    FROM order_line l JOIN product p ON p.id = l.product_id
    GROUP BY l.order_id;

-- migrate:downgrade
DROP VIEW order_total;
