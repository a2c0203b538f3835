-- migrate:revision c3920be417fa
-- migrate:revises b27f5a90c3e1
-- migrate:message create orders
-- migrate:created 2026-01-20T16:40:00Z

-- migrate:upgrade
CREATE TABLE customer_order (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customer (id),
    status varchar(20) NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'paid', 'sent', 'closed')),
    ordered_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE order_line (
    order_id integer NOT NULL REFERENCES customer_order (id) ON DELETE CASCADE,
    line integer NOT NULL,
    product_id integer NOT NULL REFERENCES product (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, line)
);
CREATE INDEX customer_order_customer ON customer_order (customer_id);

-- migrate:downgrade
DROP TABLE order_line;
DROP TABLE customer_order;
