create index entry_denials on entry (at, sequence) where standing = 'Denies'; -- the newest ones are asked for

-- How many rows an index finds, written down rather than measured: without it SQLite takes any index that fits, and reads every decision that there
-- ever was to find the newest about one object. What is written down stays right as the ledger grows.
analyze meta; -- makes the table
delete from sqlite_stat1;
insert into sqlite_stat1 (tbl, idx, stat) values
    ('entry', 'entry_once', '10000000 2000000 1'),
    ('entry', 'entry_decision', '10000000 4 1'),
    ('entry', 'entry_uid', '10000000 20 1'),
    ('entry', 'entry_kind', '10000000 2000000 1'),
    ('entry', 'entry_standing', '10000000 2000000 1'),
    ('entry', 'entry_denials', '1000000 1 1');
