package dev.interlock.benchmark;

import dev.interlock.decision.Entry;
import dev.interlock.decision.Journal.Journaled;
import dev.interlock.ledger.Entries;
import dev.interlock.ledger.Ledger;
import dev.interlock.ledger.LedgerJournal;
import dev.interlock.ledger.Places;
import dev.interlock.testing.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/// From handing in an entry to knowing that it is on the disk, for as many callers at once as the name says.
/// The files are made under `target/`, because what is measured is the disk: a temporary directory may be none.
@State(Scope.Benchmark)
@BenchmarkMode({Mode.Throughput, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 3)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class JournalBenchmark {
    private static final InstantSource TIME = InstantSource.system();
    private static final int CONTENTS = 100;

    private final AtomicLong next = new AtomicLong();
    private final List<Entry> templates = Stream.iterate(0, i -> i + 1)
            .limit(CONTENTS)
            .map(JournalBenchmark::template)
            .toList();
    /// Where the ledger is kept.
    @Param({"SQLite", "PostgreSQL"})
    public String engine;

    private Path directory;
    private Optional<Postgres> server = Optional.empty();
    private Ledger ledger;
    private LedgerJournal journal;

    private static Entry template(int content) {
        return Entries.allowed("template", "service-" + content, Instant.EPOCH);
    }

    @Setup
    public void open(BenchmarkParams parameters) throws IOException {
        directory = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "journal-benchmark");
        Ledger.Settings settings = new Ledger.Settings(0, Math.max(10_000, parameters.getThreads()), Duration.ZERO);
        server = engine.equals("PostgreSQL") ? Optional.of(Postgres.start(directory)) : Optional.empty();
        Places places = server.map(Postgres::fresh).orElse(Places.in(directory));
        ledger = Ledger.open(places.admissions(), settings);
        journal = LedgerJournal.start(ledger, TIME);
    }

    @TearDown
    public void close() throws IOException {
        journal.close();
        ledger.close();
        server.ifPresent(Postgres::close);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Benchmark
    @Threads(1)
    public Journaled oneCaller() {
        return append();
    }

    @Benchmark
    @Threads(10)
    public Journaled tenCallers() {
        return append();
    }

    @Benchmark
    @Threads(50)
    public Journaled fiftyCallers() {
        return append();
    }

    @Benchmark
    @Threads(200)
    public Journaled twoHundredCallers() {
        return append();
    }

    private Journaled append() {
        long number = next.incrementAndGet();
        Instant now = TIME.instant();
        Entry entry = Entries.again(templates.get((int) (number % CONTENTS)), "uid-" + number, now);
        Journaled journaled =
                journal.append(entry, now.plusSeconds(20)).toCompletableFuture().join();
        if (journaled instanceof Journaled.NotDurable(String cause)) {
            throw new IllegalStateException(cause);
        }
        return journaled;
    }
}
