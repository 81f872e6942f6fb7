-- Who reviews, and what anybody did.

create table staff (
    name          text   not null primary key,
    -- PHC string of Argon2id.
    password_hash text   not null,
    -- city, district, province, announcer, admin.
    role          text   not null,
    -- The city or district of the first two roles, else empty.
    scope         text   not null,
    -- 0 may no longer sign in; rows stay, the audit names them.
    active        bigint not null,
    created_at    bigint not null
);

create table audit (
    -- ULID: sorts by time.
    id      text   not null primary key,
    at      bigint not null,
    -- person, system, operator, or staff:NAME.
    actor   text   not null,
    act     text   not null,
    -- The case's id, or the openid where there is none; what else was acted on: a kind of import, an account, the row of
    -- a push or a job.
    subject text   not null,
    -- What changed, without personal data.
    detail  text   not null
);

create index audit_of_subject on audit (subject, id);
