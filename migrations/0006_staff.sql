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
    -- 1: somebody else chose the password; nothing else can be done before it is changed.
    must_change   bigint not null default 0,
    -- Sealed secret of the one-time codes; null where none are asked for.
    totp          blob,
    -- The last time step whose code was taken: each code opens once.
    totp_step     bigint not null default 0,
    -- Counted up by whatever must end what is signed in: another password, other codes, another role, a stop.
    stamp         bigint not null default 0,
    -- The account's own WeChat account, for previews and reminders; null while none is linked.
    open_id       text,
    -- Since when; null like it.
    linked_at     bigint,
    created_at    bigint not null
);

-- One WeChat account serves one staff account.
create unique index staff_open_id on staff (open_id) where open_id is not null;

-- Codes by which a WeChat account says whose it is: one an account, gone once used.
create table staff_links (
    -- HMAC of the code.
    code_key text   not null primary key,
    staff    text   not null,
    -- Wire time.
    until    bigint not null
);

-- Browsers that are signed in to the console.
create table sign_ins (
    -- HMAC of the cookie's value.
    hash  text   not null primary key,
    -- Sealed JSON: whose it is, when it was last used, the token of its forms.
    body  blob   not null,
    -- Wire time.
    until bigint not null
);

create index sign_ins_until on sign_ins (until);

-- Passwords tried in vain, by name, whether anybody has that name or not.
create table sign_in_attempts (
    -- Blind index of the name.
    name_key text   not null primary key,
    -- In a row; a success deletes the line.
    failures bigint not null,
    -- The last one, and until when no other is compared. Wire time.
    at       bigint not null,
    until    bigint not null
);
