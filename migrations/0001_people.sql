-- Who chats and where they are. One row a person is the guard of everything about that person.
-- Conventions of all migrations: README.md beside this file.

create table sessions (
    open_id   text   not null primary key,
    -- Compare-and-swap: every change to the person's affairs writes version + 1. Rows are never deleted, because an
    -- upsert could not tell a deleted person from a new one.
    version   bigint not null,
    -- 1 follows the account, 0 unsubscribed.
    followed  bigint not null,
    -- Last message and last follow, scan or tap, in business time: they open the windows for pushes.
    talked_at bigint,
    acted_at  bigint,
    -- Sealed JSON: state, slots, way back.
    body      blob   not null,
    -- Plaintext mode: what the person's last signatures served for, twenty bytes each: timestamp, hashed nonce, keyed
    -- hash of the body. Not sealed: it tells less than the messages' rows do, and is most of what a message writes.
    signed    blob   not null
);

-- Who holds which candidate. Written only together with the holder's session.
create table bindings (
    -- Blind index of the exam number.
    exam_key text   not null primary key,
    -- One candidate a person, one person a candidate.
    open_id  text   not null unique,
    -- Blind indexes of name and document number, for people who look for a candidate.
    name_key   text not null,
    number_key text not null,
    -- The document's type, in the clear: announcements ask for it.
    document_type text not null,
    -- Sealed: the name alone. A list shows fifty, and must not open fifty records for it.
    name     blob   not null,
    -- Sealed JSON: the candidate's record as last read from the registry, exam number included.
    record   blob   not null,
    bound_at bigint not null
);

create index bindings_by_name on bindings (name_key);
create index bindings_by_number on bindings (number_key);

-- Attempts to bind that failed, by exam number, whether anybody has that number or not; a binding leaves a row, too.
create table attempts (
    -- Blind index of the exam number.
    exam_key text   not null primary key,
    -- The business day that is counted, YYYY-MM-DD; empty when none failed.
    day      text   not null,
    -- Of that day. At the limit the number is locked and the row stays as it is until staff deletes it.
    failures bigint not null
);

-- What the sweep looks for.
create index attempts_by_day on attempts (day);
