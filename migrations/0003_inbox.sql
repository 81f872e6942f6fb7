-- Messages taken in, with the answer given: a repeated delivery gets the same bytes again.

create table inbox (
    -- openid and MsgId, for events openid and SHA-256 of the XML. With the MsgId in front keys come in order, which
    -- spares a page of the index a message.
    key         text   not null primary key,
    -- Plaintext mode: keyed hash of the body, which tells a retry from other words under the same key. Empty when the
    -- message came sealed, because then its key is as good as its signature.
    body_hash   text   not null,
    -- Sealed inner XML of the answer; null while a verdict is awaited. Written once, by compare-and-swap.
    answer      blob,
    -- Until when a delivery waits for the verdict, in wire time: till then the verdict's words are the answer, after it
    -- they are a push. Null when nobody has to wait.
    awaited_until bigint,
    received_at bigint not null
);
