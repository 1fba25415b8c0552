-- What ml-service knows of the shop's database. The tables belong to backend, whose migrations have more in them.
create table orders (
    id uuid primary key default gen_random_uuid(),
    created_at timestamptz not null,
    status text not null,
    synthetic boolean not null default false
);
create table order_lines (
    order_id uuid not null references orders (id) on delete cascade,
    product_id int not null,
    quantity int not null default 1,
    primary key (order_id, product_id)
);
create table models (
    version text primary key,
    created_at timestamptz not null default now(),
    metrics jsonb not null,
    payload bytea not null,
    current boolean not null default false
);
create unique index models_current on models (current) where current;
