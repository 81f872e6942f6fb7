-- The offices' own systems: their keys, and what was answered to their writes.

create table api_keys (
    -- Sixteen hex digits, in the clear at the beginning of what its owner has.
    id         text   not null primary key,
    -- In the audit as `staff:key:NAME`. A revoked key keeps its name: nobody else may answer for what it did.
    name       text   not null unique,
    -- As in `staff`.
    role       text   not null,
    scope      text   not null,
    -- What it may be used for, with blanks between: `cases:read onsite`.
    uses       text   not null,
    -- SHA-256 of 256 random bits: nothing to guess, so that a slow hash would protect nothing.
    hash       blob   not null,
    -- Business time, all four.
    created_at bigint not null,
    expires_at bigint not null,
    -- Written down at most once a minute.
    used_at    bigint,
    revoked_at bigint
);

create table api_answers (
    key_id     text   not null,
    -- The client's Idempotency-Key.
    name       text   not null,
    -- SHA-256 of method, path, query and body.
    asked      text   not null,
    -- Names the request that is at work on it.
    lease      text   not null,
    -- Until then nobody else begins the same. Wire time.
    leased_until bigint not null,
    -- Then it is forgotten. Wire time.
    until      bigint not null,
    -- Status and body, sealed; null while it is being worked on.
    answer     blob,
    primary key (key_id, name)
);

create index api_answers_until on api_answers (until);
