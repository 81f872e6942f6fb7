-- Whom announcements are for, where the bot's own rows do not say it: lists, and who follows.

create table audience_lists (
    -- ULID; `tag:` and the platform's number for one of its tags; `followers` while a night's followers are compared.
    id      text   not null primary key,
    -- import, tag, followers.
    kind    text   not null,
    name    text   not null,
    count   bigint not null,
    -- Under which its members are kept; null before they are all there.
    members text,
    -- Under which others are being written that will replace them, page by page; null when none are.
    filling text,
    made_by text   not null,
    -- Business time. Of a tag: when its people were fetched last.
    made_at bigint not null
);

create table audience_members (
    list   text not null,
    -- Of an import the blind index of an exam number, of the others an openid.
    member text not null,
    primary key (list, member)
);

-- What is done once a business day, over all processes.
create table syncs (
    name text not null primary key,
    -- The day on which it was last begun, YYYY-MM-DD.
    day  text not null
);
