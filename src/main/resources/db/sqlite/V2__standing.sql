-- What a row says of the object that it is about, so that approved contents are found without reading bodies. The check of the kinds goes:
-- the program knows them, and a reader passes by what it does not know.

create table entry_2 (
    sequence  integer primary key autoincrement,
    id        text not null,
    kind      text not null,
    decision  text not null,
    at        text not null, -- UTC, with milliseconds, so that text order is time order
    namespace text,
    input     text references input (digest),
    uid       text, -- of the object
    template  text, -- digest of its pod template
    standing  text check (standing in ('Approves', 'Covers', 'Denies', 'Keeps', 'Recalls')),
    body      text not null  -- canonical JSON
) strict;

-- Before there were paths everybody was a promoter. What was let in only because it was there already approves nothing.
insert into entry_2 (sequence, id, kind, decision, at, namespace, input, uid, standing, body)
select sequence, id, kind, decision, at, namespace, input,
       case when kind = 'Decision' and json_valid(body) then json_extract(body, '$.subject.uid') end,
       case when kind = 'Decision' and json_valid(body) then
           case when not json_extract(body, '$.admitted') then
                    case json_extract(body, '$.outcome') when 'Denied' then 'Denies' end
                when json_extract(body, '$.outcome') in ('Allowed', 'Warned')
                     and not exists (select 1 from json_each(body, '$.reasons') where json_extract(value, '$.alreadyPresent')) then 'Approves'
                else 'Covers' end
       end,
       body
from entry;

drop table entry;
alter table entry_2 rename to entry;

-- One occurrence is one row, however often it is handed in.
create unique index entry_once on entry (kind, id);
create index entry_decision on entry (decision, sequence);
create index entry_uid on entry (uid, sequence) where uid is not null;
create index entry_kind on entry (kind, sequence);
create index entry_standing on entry (standing, sequence) where standing is not null;

create trigger entry_update before update on entry begin select raise(abort, 'the ledger is append-only'); end;
create trigger entry_delete before delete on entry begin select raise(abort, 'the ledger is append-only'); end;
