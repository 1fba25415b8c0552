create table categories (
    id text primary key check (id ~ '^[a-z0-9-]{1,40}$'),
    name text not null,
    position int not null
);

create table products (
    id int primary key check (id > 0),
    name text not null check (name <> ''),
    description text not null,
    category text not null references categories (id),
    price_amount bigint not null check (price_amount > 0),
    currency text not null default 'EUR' check (currency = 'EUR'),
    stock int not null check (stock >= 0),
    -- What the picture shows, as '<shape>:<colour>'; unknown or empty draws a plain parcel.
    artwork text not null default '',
    created_at timestamptz not null default now(),
    -- Stems find "knives" for "knife"; the plain words beside them let an unfinished word match by its first letters.
    search tsvector not null generated always as (
        setweight(to_tsvector('english', name), 'A')
        || setweight(to_tsvector('simple', name), 'A')
        || setweight(to_tsvector('simple', replace(category, '-', ' ')), 'B')
        || setweight(to_tsvector('english', description), 'D')
    ) stored
);

create index products_search on products using gin (search);
create index products_category on products (category, id);

-- Every word must match: as a stem, or as the beginning of a word. Callers pass bare words (letters and digits only).
-- A stop word has no stem and would demand its literal presence, so it is left out unless nothing else remains.
-- The words that a word stands for: "knife" and "knives" have different stems.
create function search_word(word text) returns tsquery
language sql immutable parallel safe as $$
    select to_tsquery('english', word || ':*') || to_tsquery('simple', word || ':*')
        || case when word ~ '.ves$' then to_tsquery('simple', regexp_replace(word, 'ves$', 'f') || ':*')
                when word ~ '.fe?$' then to_tsquery('simple', regexp_replace(word, 'fe?$', 'ves'))
                else ''::tsquery end
$$;

create function search_query(words text[]) returns tsquery
language plpgsql immutable parallel safe as $$
declare
    word text;
    stem tsquery;
    found tsquery;
begin
    foreach word in array words loop
        if numnode(to_tsquery('english', word)) > 0 then
            stem := search_word(word);
            found := case when found is null then stem else found && stem end;
        end if;
    end loop;
    if found is null then
        foreach word in array words loop
            stem := to_tsquery('simple', word || ':*');
            found := case when found is null then stem else found && stem end;
        end loop;
    end if;
    return coalesce(found, ''::tsquery);
end
$$;
