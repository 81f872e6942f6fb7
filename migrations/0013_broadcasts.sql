-- Announcements: what is said to whom, who wrote and who approved it, and how far it has come.

create table broadcasts (
    id          text   not null primary key,
    -- By which people name it: 公告 12.
    number      bigint not null unique,
    -- What the offices call it; nobody else sees it.
    title       text   not null,
    -- draft, proposed, approved, running, paused, ended, cancelled.
    state       text   not null,
    -- Counted up by every edit: an approval is of one version.
    version     bigint not null,
    -- Sealed JSON: audience, message, route, pace.
    body        blob   not null,
    -- Who wrote it, and who changed it last: that account never approves it.
    author      text   not null,
    edited_by   text   not null,
    edited_at   bigint not null,
    approved_by text,
    approved_at bigint,
    -- When it starts by itself; null waits for somebody to start it.
    starts_at   bigint,
    -- After this nothing of it is sent any more, whatever still waits.
    lapses_at   bigint not null,
    -- 1: does not heed the quiet hours; why is in the body and in the audit.
    urgent      bigint not null,
    -- Single messages a second.
    rate        bigint not null,
    created_at  bigint not null,
    started_at  bigint,
    ended_at    bigint,
    -- While paused: a word (staff, quota, quiet, refused N), and when it goes on by itself; null waits for somebody.
    pause       text,
    resumes_at  bigint,
    -- Its people are gathered page by page in the order of openids, up to and with this one. When all are.
    gathered    text   not null default '',
    gathered_at bigint,
    -- JSON: how many people by route and by why they are left out, once all are gathered.
    counted     text,
    -- Up to whom single messages stand in the outbox, and up to whom lists are made. A page and its mark are one
    -- transaction, guarded by the mark before: two workers never write the same page.
    sent_to     text   not null default '',
    listed_to   text   not null default '',
    lists       bigint not null default 0,
    -- All singles are in the outbox; all lists are made.
    singles_out bigint not null default 0,
    lists_out   bigint not null default 0,
    -- First by single messages, then by mass sends: whoever no single message could reach has been put into the lists.
    rerouted    bigint not null default 0,
    -- When the next page of singles may be written. Wire time: the platform's servers feel the pace.
    next_at     bigint not null default 0
);

-- What a worker looks at, once a second.
create index broadcasts_open on broadcasts (state);
create index broadcasts_ended on broadcasts (ended_at) where ended_at is not null;

-- The picture of an announcement, sealed.
create table broadcast_pictures (
    broadcast text not null primary key,
    -- image/jpeg or image/png.
    media_type text not null,
    bytes      blob not null
);

-- Everybody in the audience as it was when the announcement started. Whoever stands here is reached once or not at all.
create table broadcast_people (
    broadcast text not null,
    open_id   text not null,
    -- single, mass, none.
    route     text not null,
    -- Why none: not_following, blocked, month_full. Null otherwise.
    reason    text,
    primary key (broadcast, open_id)
);

-- Mass sends, a row a list: the people after one openid up to another whose route is mass.
create table broadcast_sends (
    broadcast    text   not null,
    -- From 1. With the announcement's id it is the key under which the platform sends once.
    nth          bigint not null,
    after        text   not null,
    through      text   not null,
    people       bigint not null,
    -- due, leased, taken, failed, cancelled.
    state        text   not null,
    attempts     bigint not null default 0,
    -- While due: from when on. Business time.
    due_at       bigint,
    -- Wire time.
    leased_until bigint,
    lease        text,
    -- When it was last asked for, in wire time: the platform takes sixty a minute, whoever asks.
    called_at    bigint,
    -- The draft that it shows, where it shows articles: made once, before the call.
    media_id     text,
    -- The platform's number: its report names it (mass_reports).
    msg_id       bigint,
    reason       text,
    -- When the platform took it, when somebody wished it taken back, and when it was.
    taken_at     bigint,
    unwanted_at  bigint,
    deleted_at   bigint,
    primary key (broadcast, nth)
);

create index broadcast_sends_called on broadcast_sends (called_at) where called_at is not null;
create index broadcast_sends_unwanted on broadcast_sends (unwanted_at) where unwanted_at is not null;
create index broadcast_sends_message on broadcast_sends (msg_id) where msg_id is not null;

-- Mass messages that somebody has had in a month (2026-06): the platform lets four through.
create table mass_received (
    open_id  text   not null,
    month    text   not null,
    received bigint not null,
    primary key (open_id, month)
);
