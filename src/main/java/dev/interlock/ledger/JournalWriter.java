package dev.interlock.ledger;

import dev.interlock.decision.Journal.Journaled;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// The one writer of a ledger. Commits whatever queued while the last commit ran, in one transaction: no timer, no
/// window.
///
/// A commit that failed is never tried again as if nothing had happened: its entries are answered as not durable, and
/// the file is
/// opened anew and checked before the next. What turns out to be in it all the same is amended.
final class JournalWriter implements Runnable {
    private static final System.Logger LOG = System.getLogger(JournalWriter.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofHours(1);

    private final Path path;
    private final Inbox inbox;
    private final Repeats repeats;
    private final Room room;
    private final Connector connector;
    private final InstantSource time;

    private Optional<Appender> connected = Optional.empty();
    private final List<Row> amendments = new ArrayList<>();
    private final List<Ticket> doubtful = new ArrayList<>();
    private boolean suspect;
    private Optional<String> trouble = Optional.empty();

    JournalWriter(Path path, Inbox inbox, Repeats repeats, Room room, Connector connector, InstantSource time) {
        this.path = path;
        this.inbox = inbox;
        this.repeats = repeats;
        this.room = room;
        this.connector = connector;
        this.time = time;
    }

    /// Opens the file for writing.
    @FunctionalInterface
    interface Connector {
        Connection open() throws SQLException;
    }

    /// @param entry the id under which its decision is in the ledger
    /// @param added whether it made a row
    private record Placed(Ticket ticket, String entry, boolean added) {}

    @Override
    public void run() {
        boolean last;
        do {
            last = inbox.closed(); // read first: what is handed in after that is refused
            write(inbox.take(patience()), time.instant());
        } while (!last);
        write(List.of(), Instant.MAX);
        disconnect(true);
    }

    private Duration patience() {
        if (trouble.isEmpty() && !amendments.isEmpty()) {
            return Duration.ZERO;
        }
        return repeats.isEmpty() && amendments.isEmpty() && doubtful.isEmpty() ? IDLE : TICK;
    }

    /// Outlives whatever a batch does to it: it is the one thread that writes.
    private void write(List<Ticket> batch, Instant now) {
        try {
            List<Ticket> taken = batch.stream().filter(Ticket::take).toList();
            List<Repeats.Window> ended = repeats.close(now);
            if (!taken.isEmpty() || !ended.isEmpty() || !amendments.isEmpty() || !doubtful.isEmpty()) {
                write(taken, ended);
            }
            inbox.finish();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "the journal failed", e);
            disconnect(false);
            repeats.undo();
            inbox.finish();
            batch.forEach(ticket -> ticket.settle(new Journaled.NotDurable(
                    "the journal failed: " + e.getClass().getSimpleName())));
        }
    }

    private void write(List<Ticket> taken, List<Repeats.Window> ended) {
        List<Placed> placed = new ArrayList<>(taken.size());
        Optional<String> failure = attempt(taken, ended, placed);
        inbox.finish();
        report(failure);
        if (failure.isPresent()) {
            repeats.undo();
            placed.stream().filter(Placed::added).map(Placed::ticket).forEach(doubtful::add);
            taken.forEach(ticket -> ticket.settle(new Journaled.NotDurable(failure.get())));
        } else {
            repeats.keep();
            placed.forEach(this::answer);
        }
    }

    private void answer(Placed placed) {
        boolean inTime = placed.ticket().settle(new Journaled.Durable(placed.entry()));
        if (!inTime && placed.added()) {
            amendments.add(placed.ticket().amendment("the answer could not wait until this entry was durable"));
        }
    }

    /// Why nothing could be written; empty where all was.
    private Optional<String> attempt(List<Ticket> taken, List<Repeats.Window> ended, List<Placed> placed) {
        Optional<String> shortage = room.shortage(time.instant());
        if (shortage.isPresent()) {
            return shortage;
        }
        try {
            Appender appender = appender();
            for (Repeats.Window window : ended) {
                appender.add(window.row());
            }
            for (Row amendment : amendments) {
                appender.add(amendment);
            }
            for (Ticket ticket : taken) {
                placed.add(place(ticket, appender));
            }
            appender.commit();
            amendments.clear();
            return Optional.empty();
        } catch (SQLException e) {
            disconnect(false);
            return Optional.of(Sqlite.clause(e, path));
        }
    }

    private Placed place(Ticket ticket, Appender appender) throws SQLException {
        Row row = ticket.row();
        if (!ticket.denied()) {
            return new Placed(ticket, row.id(), appender.add(row));
        }
        Optional<String> first = repeats.count(ticket);
        if (first.isPresent()) {
            return new Placed(ticket, first.get(), false);
        }
        for (Repeats.Window window : repeats.close(ticket)) {
            appender.add(window.row());
        }
        boolean added = appender.add(row);
        if (added) {
            repeats.open(ticket);
        }
        return new Placed(ticket, row.id(), added);
    }

    private Appender appender() throws SQLException {
        if (connected.isPresent()) {
            return connected.get();
        }
        Connection connection = connector.open();
        try {
            if (suspect && Sqlite.damage(connection).isPresent()) {
                throw new SQLiteException("damaged", SQLiteErrorCode.SQLITE_CORRUPT);
            }
            Appender appender = new Appender(connection);
            for (Ticket ticket : doubtful) {
                if (appender.has(ticket.row())) {
                    amendments.add(ticket.amendment("writing this entry was reported as failed"));
                }
            }
            doubtful.clear();
            suspect = false;
            connected = Optional.of(appender);
            return appender;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private void disconnect(boolean whole) {
        suspect = !whole;
        try {
            if (connected.isPresent()) {
                try (Appender appender = connected.get()) {
                    if (whole) {
                        appender.checkpoint();
                    }
                }
            }
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.WARNING, "closing `{0}`: {1}", path, Sqlite.clause(e, path));
        } finally {
            connected = Optional.empty();
        }
    }

    /// Once for each change, not once for each entry.
    private void report(Optional<String> failure) {
        if (failure.equals(trouble)) {
            return;
        }
        failure.ifPresentOrElse(
                clause -> LOG.log(System.Logger.Level.WARNING, "decisions are not durable: {0}", clause),
                () -> LOG.log(System.Logger.Level.INFO, "decisions are durable again in `{0}`", path));
        trouble = failure;
    }
}
