-- migrate:revision b27f5a90c3e1
-- migrate:revises a1c04e7d2b90
-- migrate:message create product and stock
-- migrate:created 2026-01-15T11:02:00Z

-- migrate:upgrade
CREATE TABLE product (
    id integer PRIMARY KEY,
    sku varchar(40) NOT NULL UNIQUE,
    title text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents >= 0)
);
CREATE TABLE stock (
    product_id integer PRIMARY KEY REFERENCES product (id) ON DELETE CASCADE,
    quantity integer NOT NULL DEFAULT 0 CHECK (quantity >= 0)
);

-- migrate:downgrade
DROP TABLE stock;
DROP TABLE product;
