package dev.interlock.ledger;

import dev.interlock.decision.Journal.Journaled.Durable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Writes until it is killed, and prints the id of each entry as soon as it is acknowledged.
final class CrashingWriter {
    private static final int CALLERS = 8;

    private CrashingWriter() {}

    /// The arguments of [#main] that name a place.
    static List<String> arguments(Place place) {
        return switch (place) {
            case Place.File(Path path) -> List.of(path.toString());
            case Place.Schema(Database database, String _) ->
                List.of(
                        database.url(),
                        database.user().orElseThrow(),
                        database.password().orElseThrow());
        };
    }

    private static Place place(String... arguments) {
        return arguments.length == 2
                ? new Place.File(Path.of(arguments[0]))
                : Places.in(new Database(arguments[0], Optional.of(arguments[1]), Optional.of(arguments[2])))
                        .admissions();
    }

    public static void main(String... arguments) {
        String run = arguments[arguments.length - 1];
        Ledger ledger = Ledger.open(place(arguments), new Ledger.Settings(0, 10_000, Duration.ZERO));
        LedgerJournal journal = LedgerJournal.start(ledger, InstantSource.system());
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            for (int caller = 0; caller < CALLERS; caller++) {
                String prefix = run + "-" + caller + "-";
                callers.execute(() -> {
                    for (long i = 0; ; i++) {
                        write(journal, prefix + i);
                    }
                });
            }
        }
    }

    private static void write(LedgerJournal journal, String id) {
        Instant now = InstantSource.system().instant();
        var journaled = journal.append(Entries.allowed(id, "checkout", now), now.plusSeconds(20))
                .toCompletableFuture()
                .join();
        if (journaled instanceof Durable(String entry)) {
            System.out.println(entry + ";"); // a line cut short by the kill lacks its end
        }
    }
}
