-- What anybody did, in a log that nobody can change unnoticed without the installation's keys.
--
-- Lines are the links of chains. Each process writes a chain of its own (src/store/audit/chain.rs), so that processes
-- never wait for each other; a chain that begins tells how far it found the others. `graduation-bot audit verify`
-- follows all of them. What is called a MAC here is HMAC-SHA-256 under a key that is not in the database in the clear.

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
    detail  text   not null,
    -- Which chain the line belongs to, and which line of it this is, from 1 on without a gap.
    chain   bigint not null,
    seq     bigint not null,
    -- MAC over the link before it and all other columns.
    link    blob   not null
);

create index audit_of_subject on audit (subject, id);
create index audit_of_actor on audit (actor, id);
-- A search for an act that hardly anybody ever did must not read the whole log, nor all of somebody's lines.
create index audit_of_act on audit (act, id);
create index audit_of_actors_act on audit (actor, act, id);
create unique index audit_in_order on audit (chain, seq);

-- Written in the transaction of the lines it speaks of, so that a cut tail is noticed.
create table audit_chains (
    -- 1, 2, 3, …, in the order they began, without a gap.
    chain      bigint not null primary key,
    -- Business time of the first line.
    begun_at   bigint not null,
    -- Link 0: MAC over number, time and everything that it told in audit_told.
    begun      blob   not null,
    -- How many lines there have been, swept ones included, and the link of the last.
    length     bigint not null,
    head       blob   not null,
    -- MAC over the columns so far: a head alone could be copied from the line above it.
    seal       blob   not null,
    -- Lines up to this one were deleted when their time was over: the link of the last of them, which the next one
    -- builds on, and the MAC of both. In columns of their own, because the sweeper is another process than the writer.
    swept      bigint not null,
    swept_link blob   not null,
    swept_seal blob   not null
);

-- What a chain found of those before it when it began: how long they were, and the link they ended with. Only those
-- that had grown since somebody last told of them. A chain put back to an older state contradicts it.
create table audit_told (
    chain   bigint not null,
    earlier bigint not null,
    length  bigint not null,
    head    blob   not null,
    primary key (chain, earlier)
);

create index audit_told_of on audit_told (earlier, length);

-- One row, as old as the naming root: how many chains have begun, and its MAC. So that a whole chain cannot be missing.
create table audit_register (
    name   text   not null primary key,
    chains bigint not null,
    seal   blob   not null
);
