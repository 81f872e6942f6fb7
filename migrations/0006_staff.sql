-- Who reviews.

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
