package dev.interlock.ledger;

import dev.interlock.decision.Journal.Journaled;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The one writer of a ledger. Commits whatever queued while the last commit ran, in one transaction: no
/// timer, no window.
///
/// A commit that failed is never tried again as if nothing had happened: its entries are answered as not
/// durable, and the ledger is opened anew and checked before the next. What turns out to be in it all the
/// same is amended.
final class JournalWriter implements Runnable {
    private static final System.Logger LOG = System.getLogger(JournalWriter.class.getName());
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Inbox inbox;
    private final Repeats repeats;
    private final Room room;
    private final Link link;
    private final InstantSource time;
    private final List<Row> amendments = new ArrayList<>();
    private final List<Ticket> doubtful = new ArrayList<>();
    private Optional<String> trouble = Optional.empty();

    JournalWriter(Inbox inbox, Repeats repeats, Room room, Link link, InstantSource time) {
        this.inbox = inbox;
        this.repeats = repeats;
        this.room = room;
        this.link = link;
        this.time = time;
    }

    /// @param entry the id under which its decision is in the ledger
    /// @param added whether it made a row
    private record Placed(Ticket ticket, String entry, boolean added) {}

    @Override
    public void run() {
        connect();
        boolean last;
        do {
            last = inbox.closed(); // read first: what is handed in after that is refused
            write(inbox.take(patience()), time.instant());
        } while (!last);
        write(List.of(), Instant.MAX);
        link.close();
    }

    /// Ahead of the first entry, which would have to wait for it otherwise. A ledger that cannot be opened
    /// now may be later.
    private void connect() {
        try {
            var _ = link.appender();
        } catch (SQLException e) {
            link.drop();
            LOG.log(
                    System.Logger.Level.WARNING,
                    "decisions are not durable yet: {0}",
                    link.engine().clause(e));
        }
    }

    private Duration patience() {
        if (trouble.isEmpty() && !amendments.isEmpty()) {
            return Duration.ZERO;
        }
        return repeats.isEmpty() && amendments.isEmpty() && doubtful.isEmpty()
                ? link.engine().patience()
                : TICK;
    }

    /// Outlives whatever a batch does to it: it is the one thread that writes.
    private void write(List<Ticket> batch, Instant now) {
        try {
            List<Ticket> taken = batch.stream().filter(Ticket::take).toList();
            List<Repeats.Window> ended = repeats.close(now);
            if (!taken.isEmpty() || !ended.isEmpty() || !amendments.isEmpty() || !doubtful.isEmpty()) {
                write(taken, ended);
            } else if (!now.equals(Instant.MAX)) {
                link.touch();
            }
            inbox.finish();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "the journal failed", e);
            link.drop();
            String clause = "the journal failed: " + e.getClass().getSimpleName();
            doubtful.addAll(failed(batch, clause));
        }
    }

    /// Answers what has no answer yet, and says which that was.
    private List<Ticket> failed(List<Ticket> tickets, String clause) {
        inbox.finish();
        report(Optional.of(clause));
        repeats.undo();
        return tickets.stream()
                .filter(ticket -> ticket.settle(new Journaled.NotDurable(clause)))
                .toList();
    }

    private void write(List<Ticket> taken, List<Repeats.Window> ended) {
        List<Placed> placed = new ArrayList<>(taken.size());
        Optional<String> failure = attempt(taken, ended, placed);
        if (failure.isPresent()) {
            placed.stream().filter(Placed::added).map(Placed::ticket).forEach(doubtful::add);
            var _ = failed(taken, failure.get());
            return;
        }
        inbox.finish();
        report(failure);
        repeats.keep();
        placed.forEach(this::answer);
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
            Appender appender = link.begun();
            amendDoubtful(appender);
            appender.expect(Stream.of(
                            ended.stream().map(Repeats.Window::row),
                            amendments.stream(),
                            taken.stream().map(Ticket::row))
                    .flatMap(rows -> rows)
                    .toList());
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
            link.drop();
            return Optional.of(link.engine().clause(e));
        }
    }

    private void amendDoubtful(Appender appender) throws SQLException {
        for (Ticket ticket : doubtful) {
            if (appender.has(ticket.row())) {
                amendments.add(ticket.amendment("writing this entry was reported as failed"));
            }
        }
        doubtful.clear();
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

    /// Once for each change, not once for each entry.
    private void report(Optional<String> failure) {
        if (failure.equals(trouble)) {
            return;
        }
        failure.ifPresentOrElse(
                clause -> LOG.log(System.Logger.Level.WARNING, "decisions are not durable: {0}", clause),
                () -> LOG.log(
                        System.Logger.Level.INFO,
                        "decisions are durable again in `{0}`",
                        link.engine().where()));
        trouble = failure;
    }
}
