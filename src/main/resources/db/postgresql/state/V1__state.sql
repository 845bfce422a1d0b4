-- What the operator remembers beside its ledger. What it forgets it finds out again.

create table cursor (
    origin   text collate "C" not null primary key,
    sequence bigint not null
);

create table memory (
    topic text collate "C" not null,
    name  text collate "C" not null,
    value text not null,
    primary key (topic, name)
);
