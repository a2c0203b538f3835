-- migrate:revision 29b4c7e1f05d
-- migrate:revises e5b7d3c8091f
-- migrate:message add product description
-- migrate:labels catalogue
-- migrate:created 2026-02-12T09:00:00Z

-- migrate:upgrade
ALTER TABLE product ADD COLUMN description text;
UPDATE product SET description = title;

-- migrate:downgrade
ALTER TABLE product DROP COLUMN description;
