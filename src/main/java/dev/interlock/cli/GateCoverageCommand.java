package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.GateEntry;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Served;
import dev.interlock.kubernetes.ClusterView.Shape;
import dev.interlock.kubernetes.ClusterView.Shaped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "coverage",
        description =
                "What can be written through the API server without the gate being asked, found by discovery:"
                        + " kinds that hold containers, and parts of governed kinds that another version of Kubernetes brought.",
        footer = {
            "",
            "Ungoverned is what no rule asks about, Partly what not every rule does, Unknown what may hold anything.",
            "With --all also Covered, NeverHeld (an outage of the gate keeps nobody from it) and Outside (it runs nothing).",
            "A policy that names it with its version in match.resources (rollouts.v1.example.com) has it asked about.",
            "Ends with 1 where the gate is not as it was shipped.",
            "",
            "Examples:",
            "  interlock gate coverage",
            "  interlock gate coverage --all -o csv"
        })
final class GateCoverageCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final Options.Cluster cluster = new Options.Cluster();

    @Mixin
    private final Options.Output output = new Options.Output();

    @Option(names = "--all", description = "Also what is asked about, and what is not on purpose.")
    private boolean all;

    GateCoverageCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ClusterView view = cluster.connect(terminal)) {
            Optional<String> flaw = GateProbe.notWhole(GateProbe.one(view.gate()));
            Listed<GateEntry> entries = view.gateEntries();
            Listed<Served> served = view.served();
            List<String> missing = new ArrayList<>();
            entries.missing().ifPresent(missing::add);
            served.missing().ifPresent(missing::add);
            if (served.items().isEmpty() && missing.isEmpty()) {
                throw new Problem(
                        ExitCode.UNREACHABLE,
                        "the API server at %s lists no resources; ask who runs it".formatted(view.server()));
            }
            Published published = new Published(view, missing);
            Coverage coverage = Coverage.of(entries.items(), served.items(), published::shape);
            CoverageReport report = new CoverageReport(coverage, flaw, missing, all);
            terminal.print(output.of(report::table, report::json, report::csv));
            return terminal.end(flaw.isEmpty() ? ExitCode.CLEAN : ExitCode.FOUND, missing);
        }
    }

    /// What is published of kinds, read once for each version of a group that somebody asks about.
    private static final class Published {
        private final ClusterView view;
        private final List<String> missing;
        private final Map<String, Map<String, Shape>> known = new HashMap<>();

        /// @param missing gets what could not be read
        Published(ClusterView view, List<String> missing) {
            this.view = view;
            this.missing = missing;
        }

        Optional<Shape> shape(Served served) {
            Map<String, Shape> kinds = known.computeIfAbsent(served.group() + "/" + served.version(), _ -> {
                Listed<Shaped> read = view.shapes(served.group(), served.version());
                read.missing().ifPresent(missing::add);
                return read.items().stream()
                        .collect(Collectors.toMap(Shaped::kind, Shaped::shape, (first, _) -> first));
            });
            return Optional.ofNullable(kinds.get(served.kind()));
        }
    }
}
