-- migrate:revision 3ac5d8f2e16b
-- migrate:revises 29b4c7e1f05d
-- migrate:message categories
-- migrate:created 2026-02-16T17:35:00Z

-- migrate:upgrade
CREATE TABLE category (
    id integer PRIMARY KEY,
    title text NOT NULL UNIQUE
);
CREATE TABLE product_category (
    product_id integer NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    category_id integer NOT NULL REFERENCES category (id) ON DELETE CASCADE,
    PRIMARY KEY (product_id, category_id)
);
INSERT INTO category (id, title) VALUES (1, 'tea'), (2, 'pots');
INSERT INTO product_category (product_id, category_id)
    SELECT id, CASE WHEN sku LIKE 'TEA-%' THEN 1 ELSE 2 END FROM product;

-- migrate:downgrade
DROP TABLE product_category;
DROP TABLE category;
