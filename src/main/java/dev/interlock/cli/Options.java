package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
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
