-- migrate:revision d48e61f50a2c
-- migrate:revises c3920be417fa
-- migrate:message first products
-- migrate:created 2026-01-21T08:30:00Z

-- migrate:upgrade
INSERT INTO product (id, sku, title, price_cents) VALUES
    (1, 'TEA-ASSAM-100', 'Assam, 100 g', 790),
    (2, 'TEA-SENCHA-100', 'Sencha, 100 g', 1290),
    (3, 'POT-CAST-08', 'Cast-iron pot, 0.8 l', 5900);
INSERT INTO stock (product_id, quantity) SELECT id, 25 FROM product;
INSERT INTO customer (id, email, name) VALUES (1, 'shop@example.org', 'Test Customer');
INSERT INTO customer_order (id, customer_id) VALUES (1, 1);
INSERT INTO order_line (order_id, line, product_id, quantity) VALUES (1, 1, 1, 2), (1, 2, 3, 1);

-- migrate:downgrade
DELETE FROM order_line WHERE order_id = 1;
DELETE FROM customer_order WHERE id = 1;
DELETE FROM customer WHERE id = 1;
DELETE FROM stock WHERE product_id IN (1, 2, 3);
DELETE FROM product WHERE id IN (1, 2, 3);
