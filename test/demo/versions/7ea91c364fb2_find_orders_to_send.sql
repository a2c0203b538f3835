-- migrate:revision 7ea91c364fb2
-- migrate:revises 6df80b253e91
-- migrate:message find orders to send
-- migrate:created 2026-03-09T16:25:00Z

-- migrate:upgrade
CREATE INDEX customer_order_open ON customer_order (ordered_at) WHERE status IN ('open', 'paid');

-- migrate:downgrade
DROP INDEX customer_order_open;
