-- What the platform says that mass messages came to: MASSSENDJOBFINISH, once a message.

create table mass_reports (
    -- As broadcast_sends.msg_id; the report may come before the send is written down.
    msg_id   bigint not null primary key,
    -- send success, send fail, err(10001), …
    status   text   not null,
    -- People asked for; those left after the platform's filter; of these, who has it and whom it did not reach.
    total    bigint not null,
    filtered bigint not null,
    sent     bigint not null,
    failed   bigint not null,
    -- Business time.
    at       bigint not null
);
