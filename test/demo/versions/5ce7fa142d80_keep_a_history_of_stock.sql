-- migrate:revision 5ce7fa142d80
-- migrate:revises 4bd6e9031f7c
-- migrate:message keep a history of stock
-- migrate:created 2026-03-02T14:15:00Z

-- migrate:upgrade postgresql
CREATE TABLE stock_change (
    product_id integer NOT NULL,
    before integer NOT NULL,
    after integer NOT NULL,
    changed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE FUNCTION stock_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stock_change (product_id, before, after)
        VALUES (new.product_id, old.quantity, new.quantity);
    RETURN new;
END
$$;
CREATE TRIGGER stock_changed AFTER UPDATE OF quantity ON stock
    FOR EACH ROW EXECUTE FUNCTION stock_changed();

-- migrate:upgrade sqlite
CREATE TABLE stock_change (
    product_id integer NOT NULL,
    before integer NOT NULL,
    after integer NOT NULL,
    changed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER stock_changed AFTER UPDATE OF quantity ON stock
BEGIN
    INSERT INTO stock_change (product_id, before, after)
        VALUES (new.product_id, old.quantity, new.quantity);
END;

-- migrate:downgrade postgresql
DROP TRIGGER stock_changed ON stock;
DROP FUNCTION stock_changed();
DROP TABLE stock_change;

-- migrate:downgrade sqlite
DROP TRIGGER stock_changed;
DROP TABLE stock_change;
