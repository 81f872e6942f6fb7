-- Links to the camera page: single use, for one application, on one device.

create table tickets (
    -- HMAC of the secret in the link.
    hash        text   not null primary key,
    case_id     text   not null,
    -- HMAC of the claiming device's cookie; null until claimed.
    device_hash text,
    claim_until bigint not null,
    -- How often the document's last characters were tried; a link that was not claimed by then is spent.
    tries       bigint not null,
    -- Null until claimed.
    use_until   bigint,
    -- 1 replaced by a newer one, or done.
    ended       bigint not null,
    created_at  bigint not null
);

create index tickets_over on tickets (claim_until);
create index tickets_of_case on tickets (case_id) where ended = 0;
