-- What is to be sent and what is to be done, each with a visible end.

create table outbox (
    id          text   not null primary key,
    -- ULID drawn when the row was written: a person's rows are sent in this order.
    position    text   not null,
    open_id     text   not null,
    case_id     text,
    -- Name in dialogs/notices.toml, or `reply` for the rest of an answer.
    event       text   not null,
    -- Sealed JSON: the rendered content.
    body        blob   not null,
    -- 1 may travel as a template message when no window is open.
    important   bigint not null,
    -- due, leased, held (until the person writes), paused (with its announcement), delivered, given_up, in_doubt.
    state       text   not null,
    -- 1 has been held: when it is due again, it comes together with the person's other such rows.
    waited      bigint not null default 0,
    attempts    bigint not null,
    -- How often a call ended without anybody knowing how (a crash, a cut connection). Sent again at most once.
    doubts      bigint not null,
    -- due, leased: from when on it may be sent. Null in every other state, which keeps the indexes small.
    due_at      bigint,
    -- When the lease ends, in wire time: a clock that is moved must not end what is under way. Null unless leased.
    leased_until bigint,
    -- Who is sending. Only the holder of the lease may say how it ended.
    lease       text,
    -- When the call of a customer message began, in wire time, while nobody knows its end. Without it a lease that ends
    -- leaves no doubt: nothing had been sent.
    called_at   bigint,
    -- 1: should nobody know its end, that call counts as one of the customer messages that the platform allows.
    counts      bigint not null default 0,
    -- When it was first tried as a template message, as long as nobody knows whether that arrived. Written before the
    -- call: from then on it is sent again as a template only, while the platform remembers its key.
    tried_at    bigint,
    held_at     bigint,
    -- custom, template or subscription.
    channel     text,
    -- How many customer messages it has cost, those in doubt included, and when the last one went: the platform allows
    -- so many since the person's last word. What came together in one message cost its first row one.
    spent       bigint not null default 0,
    spent_at    bigint,
    -- Why it was held, put off or given up: a word, for some with a number. Never personal.
    reason      text,
    -- The platform's message id: its delivery report names it.
    platform_id text,
    created_at  bigint not null,
    ended_at    bigint,
    -- The place of its case when it ended badly, in the clear: the offices count such ends by place.
    city        text,
    district    text,
    -- The decision that it tells of, while that may be taken back together with it; null for all others.
    decision    text,
    -- The announcement that it is of; null for all others.
    broadcast   text
);

create index outbox_due on outbox (due_at, position) where due_at is not null and leased_until is null;
create index outbox_leased on outbox (leased_until) where leased_until is not null;
create index outbox_waiting on outbox (open_id, position) where due_at is not null;
create index outbox_held on outbox (open_id) where held_at is not null;
create index outbox_spent on outbox (open_id, spent_at) where spent_at is not null;
-- What the offices are shown: deliveries that ended badly, of late.
create index outbox_ended_badly on outbox (ended_at, state, reason, city, district)
    where state in ('given_up', 'in_doubt');
create index outbox_decision on outbox (decision) where decision is not null;
-- How far an announcement is, and what is taken out of the queue when it pauses.
create index outbox_broadcast on outbox (broadcast, state, channel, reason) where broadcast is not null;
-- To whom nothing of it came; what is delivered at once never gets in there.
create index outbox_broadcast_missed on outbox (broadcast, id)
    where broadcast is not null and state in ('given_up', 'in_doubt', 'held');
-- Who may have it twice.
create index outbox_broadcast_doubts on outbox (broadcast, id) where broadcast is not null and doubts > 0;
create index outbox_platform on outbox (platform_id) where platform_id is not null;

-- What the platform has said of people whom we wrote to. It holds until they write or act after that.
create table refusals (
    open_id text   not null primary key,
    -- blocked, not_following.
    kind    text   not null,
    -- Business time.
    at      bigint not null
);

-- 订阅通知 to which people have agreed.
create table grants (
    open_id     text   not null,
    template_id text   not null,
    -- So many may be sent. One that lasts is never counted down.
    remaining   bigint not null,
    primary key (open_id, template_id)
);

create table jobs (
    id         text   not null primary key,
    open_id    text   not null,
    case_id    text,
    -- check_photo, clear_photos, verify_population, note_undelivered, predict.
    kind       text   not null,
    -- Sealed JSON.
    body       blob   not null,
    attempts   bigint not null,
    -- From when on to do it. Null when given up; a finished job's row is deleted.
    due_at     bigint,
    -- When the lease ends, in wire time. Null unless leased.
    leased_until bigint,
    lease      text,
    -- Kind and case, of jobs that a case needs one of: verify_population, predict. Null for others and when given up.
    once       text,
    reason     text,
    created_at bigint not null
);

create unique index jobs_once on jobs (once) where once is not null;

create index jobs_due on jobs (due_at) where due_at is not null and leased_until is null;
create index jobs_leased on jobs (leased_until) where leased_until is not null;
