-- migrate:revision 6df80b253e91
-- migrate:revises 5ce7fa142d80
-- migrate:message sell the first order
-- migrate:created 2026-03-05T08:50:00Z

-- migrate:upgrade
UPDATE stock SET quantity = quantity - 2 WHERE product_id = 1;
UPDATE stock SET quantity = quantity - 1 WHERE product_id = 3;
UPDATE customer_order SET status = 'sent' WHERE id = 1;

-- migrate:downgrade
UPDATE customer_order SET status = 'open' WHERE id = 1;
UPDATE stock SET quantity = quantity + 1 WHERE product_id = 3;
UPDATE stock SET quantity = quantity + 2 WHERE product_id = 1;
