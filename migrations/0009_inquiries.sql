-- What people left for the offices to answer.

create table inquiries (
    -- ULID: sorts by time.
    id         text   not null primary key,
    open_id    text   not null,
    -- The application of then, if there was one.
    case_id    text,
    -- Its place, in the clear for the offices' lists; null before one is chosen: then every office sees it.
    city       text,
    district   text,
    -- Sealed JSON: the words, and whose candidate the person held.
    body       blob   not null,
    -- open, answered, closed.
    state      text   not null,
    -- Who answered or closed it, the account's name.
    ended_by   text,
    -- Sealed: what was answered, for whoever is asked about it later.
    answer     blob,
    created_at bigint not null,
    ended_at   bigint
);

create index inquiries_open on inquiries (id) where state = 'open';
-- How many of one person's wait.
create index inquiries_waiting on inquiries (open_id) where state = 'open';
-- What else the same person wrote.
create index inquiries_of on inquiries (open_id, id);
