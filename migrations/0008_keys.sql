-- The installation's own: naming root, platform token, version counters.

create table roots (
    name   text not null primary key,
    -- Random bytes from which blind indexes and photo names are keyed, sealed with the data_key.
    sealed blob not null
);

create table tokens (
    name       text   not null primary key,
    -- Sealed.
    value      blob   not null,
    -- Wire time.
    expires_at bigint not null,
    -- Compare-and-swap: of several processes refreshing at once, one wins. 0: there was none yet.
    version    bigint not null,
    -- Until then one process fetches the next token and the others wait for it. Wire time; 0 when nobody does.
    claimed_until bigint not null default 0
);

-- Counted up by every import of candidates, of population answers, and (`world`) of plans, batches or schedules. Processes
-- compare the last to know that their copy is old; an import that was looked at first is refused when its own has moved.
create table versions (
    name    text   not null primary key,
    version bigint not null
);

insert into versions (name, version) values ('world', 1), ('candidates', 1), ('population', 1);
