-- Written by ml-service: every published model, one of them current.
create table models (
    version text primary key,
    created_at timestamptz not null default now(),
    metrics jsonb not null,
    payload bytea not null,
    current boolean not null default false
);

create unique index models_current on models (current) where current;
