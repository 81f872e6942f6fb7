-- Messages taken in, with the answer given: a repeated delivery gets the same bytes again.

create table inbox (
    -- openid and MsgId, for events openid and SHA-256 of the XML. With the MsgId in front keys come in order, which
    -- spares a page of the index a message.
    key         text   not null primary key,
    -- Plaintext mode only: timestamp and nonce (all that a signature covers), which may come again with the same
    -- body only. A repeated delivery and the console's check have rows of their own for theirs.
    replay      text,
    -- SHA-256 of the inner XML: tells a retry from another message under the same key.
    body_hash   text   not null,
    -- Sealed inner XML of the answer; null while a verdict is awaited. Written once, by compare-and-swap.
    answer      blob,
    -- Until when a delivery waits for the verdict, in wire time: till then the verdict's words are the answer, after it
    -- they are a push. Null when nobody has to wait.
    awaited_until bigint,
    received_at bigint not null
);

create unique index inbox_replay on inbox (replay) where replay is not null;
