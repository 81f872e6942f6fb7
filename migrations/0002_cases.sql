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
    -- Sealed JSON: the whole case.
    body       blob   not null,
    unique (exam_key, batch)
);

create index cases_queue on cases (batch, stage, entered_at);
