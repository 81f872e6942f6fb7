-- What the offices import, and what stands in for the registry and the population source.

create table candidates (
    -- Blind index of the exam number.
    exam_key   text not null primary key,
    -- Blind indexes of name and document number, as in `bindings`.
    name_key   text not null,
    number_key text not null,
    -- Sealed JSON.
    record     blob not null
);

create index candidates_by_name on candidates (name_key);
create index candidates_by_number on candidates (number_key);

create table population (
    -- Blind index of the document number.
    number_key text not null primary key,
    -- Sealed JSON.
    answer     blob not null
);

create table plans (
    id   text not null primary key,
    -- JSON, public.
    body text not null
);

create table batches (
    id   text not null primary key,
    -- JSON, public.
    body text not null
);

create table schedules (
    -- The batch.
    batch text not null primary key,
    -- The CSV as imported, public.
    body  text not null
);
