-- Applications, one a candidate and batch. Never deleted: earlier rounds stay readable for the offices.

create table cases (
    id         text   not null primary key,
    -- Eight digits that people can speak.
    number     text   not null unique,
    -- Compare-and-swap, besides the session's.
    version    bigint not null,
    -- Who holds the candidate, or held it last.
    open_id    text   not null,
    -- Blind index of the exam number.
    exam_key   text   not null,
    batch      text   not null,
    -- The chosen place, in the clear for the offices' filters; null before it is chosen.
    city       text,
    district   text,
    -- `Stage::name`.
    stage      text   not null,
    round      bigint not null,
    -- When this stage and round were reached: the offices' queue is oldest first.
    entered_at bigint not null,
    -- When the last round was handed in, unless it was taken back, and when 「申请」 submitted it.
    handed_in_at bigint,
    submitted_at bigint,
    -- Pictures that the body names, by what decides when they go: turned down, of documents, portraits.
    kept_rejected  bigint not null default 0,
    kept_documents bigint not null default 0,
    kept_portraits bigint not null default 0,
    -- The hand-over (0011) with which the portrait was written out.
    handover   text,
    -- When the place wrote down that nobody came on its last day; null otherwise, and as soon as anything else is known.
    missed_at  bigint,
    -- Sealed JSON: the whole case.
    body       blob   not null,
    unique (exam_key, batch)
);

-- A queue is read stage by stage, oldest first, for the province, a city or a district: whatever the place, the rows
-- come out of one index in the order of the list, and nothing is sorted. The round is there to be filtered by, and so is
-- the other half of a place: whichever index is taken for a city's district, no row is looked at.
create index cases_queue on cases (batch, stage, entered_at, id, round);
create index cases_of_city on cases (city, batch, stage, entered_at, id, round, district);
create index cases_of_district on cases (district, batch, stage, entered_at, id, round, city);
-- The overview: what came in today, and how many people each place has to expect.
create index cases_handed_in on cases (batch, handed_in_at, city, district) where handed_in_at is not null;
create index cases_submitted on cases (batch, city, district) where submitted_at is not null;

-- What is to be deleted some day, with how much of it there is; in the order in which it goes.
create index cases_kept on cases (batch, id, stage, kept_rejected, kept_documents, kept_portraits, handover)
    where kept_rejected + kept_documents + kept_portraits > 0;

-- Nobody waits for these: they are taken off those who have no conclusion yet.
create index cases_missed on cases (batch, missed_at) where missed_at is not null;

-- Who is looking at a case, so that two do not review the same one. A lease that has ended is anybody's.
create table case_leases (
    case_id text   not null primary key,
    staff   text   not null,
    -- Wire time: moving the clock must not end what is under way.
    until   bigint not null
);

create index case_leases_until on case_leases (until);

-- What the offices decided, a row a decision, in the clear for statistics. The opinions are in the cases.
create table decisions (
    -- ULID.
    id            text   not null primary key,
    case_id       text   not null,
    batch         text   not null,
    -- The place as it was then.
    city          text   not null,
    district      text   not null,
    round         bigint not null,
    -- city, province.
    level         text   not null,
    -- What was approved, or what of it was turned down: portrait, documents, both.
    part          text   not null,
    -- approved, rejected.
    verdict       text   not null,
    -- Codes of the common reasons, with a blank between; empty for none.
    reasons       text   not null,
    staff         text   not null,
    -- Business time.
    at            bigint not null,
    -- When who decided took it back, before the candidate was told. Such a row counts for nothing.
    taken_back_at bigint
);

-- When the offices' last word on a batch was, which is asked with each step of its deletions.
create index decisions_last on decisions (batch, at) where taken_back_at is null;
-- The overview counts rejections by reason. The last two are only there so that SQLite sees that it need not look at the
-- rows, and takes this index and not the one above.
create index decisions_rejected on decisions (batch, reasons, city, district, verdict, taken_back_at)
    where verdict = 'rejected' and taken_back_at is null;
