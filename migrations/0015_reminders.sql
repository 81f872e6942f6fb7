-- Who was reminded of what, so that nobody is twice, and who wants no reminders.

-- Written together with the push, or without one where it was found that none is wanted. Nobody is reminded anew by a
-- change of their WeChat account: it is the application that was reminded of.
create table reminded (
    -- onsite_soon, window_opens, window_closes, apply_waits, reviews_late.
    kind     text   not null,
    -- What tells it from others of its kind: a day, a batch.
    occasion text   not null,
    -- The case; of window_opens the blind index of the exam number, of reviews_late the office.
    subject  text   not null,
    -- Business time.
    at       bigint not null,
    primary key (kind, occasion, subject)
);

-- What the sweep looks for.
create index reminded_at on reminded (at);

-- 「退订提醒」, until 「恢复提醒」.
create table reminders_off (
    open_id text   not null primary key,
    -- Business time.
    at      bigint not null
);
