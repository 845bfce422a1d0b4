/// Where evidence goes: one append-only SQLite file for each process that writes, made durable before anybody gets an
/// answer (law 5), and readable by others on the same host while it is written.
@NullMarked
package dev.interlock.ledger;

import org.jspecify.annotations.NullMarked;
