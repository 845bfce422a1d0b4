package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// Options that several commands have.
final class Options {
    private Options() {}

    /// Which cluster.
    static final class Cluster {
        @Option(
                names = "--kubeconfig",
                paramLabel = "FILE",
                description = "The kubeconfig; else what KUBECONFIG says, else ~/.kube/config.")
        private Optional<Path> kubeconfig = Optional.empty();

        @Option(
                names = "--context",
                paramLabel = "NAME",
                description = "The context in the kubeconfig; else its current one.")
        private Optional<String> context = Optional.empty();

        ClusterView connect(Terminal terminal) {
            try {
                return terminal.connector().connect(kubeconfig, context);
            } catch (IllegalArgumentException e) {
                throw new Problem(ExitCode.USAGE, String.valueOf(e.getMessage()));
            }
        }
    }

    /// Which namespaces.
    static final class Where {
        @Option(
                names = {"-n", "--namespace"},
                paramLabel = "NAME",
                description = "The namespace; else that of the context.")
        private Optional<String> namespace = Optional.empty();

        @Option(
                names = {"-A", "--all-namespaces"},
                description = "All namespaces.")
        private boolean everywhere;

        /// The namespace; empty for all.
        Optional<String> in(ClusterView view) {
            check();
            return everywhere ? Optional.empty() : Optional.of(namespace.orElseGet(view::namespace));
        }

        void check() {
            if (everywhere && namespace.isPresent()) {
                throw new Problem(ExitCode.USAGE, "-n and -A exclude each other; give one of them");
            }
        }

        /// Whether the person named the one namespace.
        boolean named() {
            return namespace.isPresent();
        }
    }

    /// Whether what people read is coloured.
    static final class Colour {
        @Option(
                names = "--no-color",
                description = "No colours, as with a value in NO_COLOR. There are none where output is no terminal.")
        private boolean none;

        boolean on(Terminal terminal) {
            return terminal.coloured() && !none;
        }
    }

    /// For how long something is asked again and again.
    static final class Patience {
        /// So many in a row, because there may be several API servers and several webhooks.
        private static final int IN_A_ROW = 3;

        private static final Duration BETWEEN = Duration.ofSeconds(1);

        @Option(
                names = "--timeout",
                paramLabel = "DURATION",
                converter = Time.class,
                description = "How long to try, as `30s` or `5m`; 2m where none is given.")
        private Duration timeout = Duration.ofMinutes(2);

        /// Looks again and again, until it is as it should be a few times in a row.
        ///
        /// @param look why it is not as it should be yet; empty where it is
        /// @throws Problem with the last reason, when the time is over
        void until(Terminal terminal, Supplier<Optional<String>> look) {
            Instant end = terminal.clock().instant().plus(timeout);
            String said = "";
            for (int good = 0; good < IN_A_ROW; ) {
                Optional<String> reason = reason(terminal, end, look);
                good = reason.isEmpty() ? good + 1 : 0;
                if (reason.isPresent() && !terminal.clock().instant().isBefore(end)) {
                    throw new Problem(
                            ExitCode.FOUND, "not so within %ds: %s".formatted(timeout.toSeconds(), reason.get()));
                }
                if (reason.isPresent() && !reason.get().equals(said)) {
                    said = reason.get();
                    terminal.progress("waiting: " + said);
                }
                if (good < IN_A_ROW) {
                    terminal.pause().take(BETWEEN);
                }
            }
        }

        /// A cluster that does not answer is asked again too, until the time is over.
        private static Optional<String> reason(Terminal terminal, Instant end, Supplier<Optional<String>> look) {
            try {
                return look.get();
            } catch (ClusterView.Unavailable e) {
                if (!terminal.clock().instant().isBefore(end)) {
                    throw e;
                }
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }

        private static final class Time implements CommandLine.ITypeConverter<Duration> {
            @Override
            public Duration convert(String value) {
                if (!value.matches("[1-9][0-9]{0,4}[smh]")) {
                    throw new CommandLine.TypeConversionException(
                            "`%s` is no duration; write for example 30s or 5m".formatted(value));
                }
                return Duration.parse("PT" + value);
            }
        }
    }

    /// How the answer is written.
    static final class Output {
        enum Format {
            TABLE,
            JSON,
            CSV;

            @Override
            public String toString() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                description = "One of: ${COMPLETION-CANDIDATES}; table where none is given.")
        private Format format = Format.TABLE;

        String of(Supplier<String> table, Supplier<Map<String, Object>> json, Supplier<String> csv) {
            return switch (format) {
                case TABLE -> table.get();
                case JSON -> Json.text(json.get());
                case CSV -> csv.get();
            };
        }
    }
}
