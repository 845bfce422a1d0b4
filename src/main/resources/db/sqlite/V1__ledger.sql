-- The ledger of one process: what it decided, in the order in which it became durable. Rows are added and never changed.

pragma application_id = 1229868099; -- 'INLC': tells this file from any other SQLite database

-- origin: names this file. salt: of the digests that stand in for values which must not be kept (law 18).
create table meta (
    key   text not null primary key,
    value text not null
) strict;

insert into meta (key, value) values ('origin', '${origin}'), ('salt', '${salt}');

-- The significant content that was decided about: named by its digest, kept once.
create table input (
    digest text not null primary key,
    body   text not null
) strict;

create table entry (
    sequence  integer primary key autoincrement,
    id        text not null,
    kind      text not null check (kind in ('Decision', 'Repeat', 'Amendment')),
    decision  text not null,
    at        text not null, -- UTC, with milliseconds, so that text order is time order
    namespace text,
    input     text references input (digest),
    body      text not null  -- canonical JSON
) strict;

-- One occurrence is one row, however often it is handed in.
create unique index entry_once on entry (kind, id);
create index entry_decision on entry (decision, sequence);

create trigger meta_update before update on meta begin select raise(abort, 'the ledger is append-only'); end;
create trigger meta_delete before delete on meta begin select raise(abort, 'the ledger is append-only'); end;
create trigger input_update before update on input begin select raise(abort, 'the ledger is append-only'); end;
create trigger input_delete before delete on input begin select raise(abort, 'the ledger is append-only'); end;
create trigger entry_update before update on entry begin select raise(abort, 'the ledger is append-only'); end;
create trigger entry_delete before delete on entry begin select raise(abort, 'the ledger is append-only'); end;
