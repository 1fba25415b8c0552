create table orders (
    id uuid primary key,
    created_at timestamptz not null default now(),
    status text not null check (status in ('paid', 'cancelled')),
    currency text not null default 'EUR' check (currency = 'EUR'),
    total_amount bigint not null check (total_amount >= 0),
    customer jsonb not null,
    token_hash bytea not null,
    -- The bearer is derived from this salt, the order's id and the caller's idempotency key. The key itself is never
    -- stored, so the table alone gives no bearer away.
    token_salt bytea not null,
    idempotency_key_hash bytea unique,
    request_hash bytea not null,
    -- A cart becomes at most one order, whatever keys its owner sends.
    cart_id uuid unique,
    synthetic boolean not null default false,
    source text not null default 'shop' check (source in ('shop', 'seed'))
);

create index orders_created_at on orders (created_at);

create table order_lines (
    order_id uuid not null references orders (id) on delete cascade,
    product_id int not null references products (id),
    quantity int not null check (quantity > 0),
    unit_price_amount bigint not null check (unit_price_amount >= 0),
    primary key (order_id, product_id)
);

-- One row per data set that `backend seed` has loaded, named by the checksum of everything that shaped it.
create table seeds (
    checksum text primary key,
    loaded_at timestamptz not null default now()
);
