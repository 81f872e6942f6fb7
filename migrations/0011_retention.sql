-- What is kept longer than usual, and what was given away.

-- 暂缓删除: nothing of a batch, or of one of its cases, is deleted by date before a day, for instance in a dispute.
create table retention_holds (
    -- ULID.
    id         text   not null primary key,
    batch      text   not null,
    -- Null for the whole batch.
    case_id    text,
    -- Sealed: why.
    reason     blob   not null,
    -- Business time.
    until      bigint not null,
    staff      text   not null,
    created_at bigint not null,
    -- Ended by hand before that.
    ended_at   bigint
);

create index retention_holds_of_batch on retention_holds (batch, until);

-- What people asked to have deleted that could not go at once.
create table deletions (
    -- ULID.
    id         text   not null primary key,
    case_id    text   not null,
    -- Who asked, and is told.
    open_id    text   not null,
    -- Business time.
    created_at bigint not null,
    ended_at   bigint,
    -- person, system, staff:NAME.
    ended_by   text
);

-- One that is open for a case.
create unique index deletions_open on deletions (case_id) where ended_at is null;

-- Portraits written out for whoever makes the certificates. Only once somebody has confirmed that they arrived are the
-- ones here deleted.
create table handovers (
    -- ULID.
    id           text   not null primary key,
    batch        text   not null,
    staff        text   not null,
    -- Business time.
    created_at   bigint not null,
    confirmed_by text,
    confirmed_at bigint
);

create index handovers_of_batch on handovers (batch, id);
