package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "owners",
        description = "Who answers for which service, at which stages and under which policies; and what nobody answers"
                + " for.",
        footer = {"", "Examples:", "  interlock owners", "  interlock owners -o csv"})
final class OwnersCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final Options.Cluster cluster = new Options.Cluster();

    @Mixin
    private final Options.Output output = new Options.Output();

    OwnersCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ClusterView view = cluster.connect(terminal)) {
            Estate estate = Estate.of(view, Optional.empty());
            List<String> missing = new ArrayList<>(estate.missing());
            List<Live> roots = workloads(view, Optional.empty(), missing).stream()
                    .filter(Live::root)
                    .toList();
            Owners owners = Owners.of(estate, roots, terminal.clock().instant());
            OwnersReport report = new OwnersReport(owners, missing.isEmpty());
            terminal.print(output.of(report::table, () -> report.json(missing), report::csv));
            return terminal.end(ExitCode.CLEAN, missing);
        }
    }

    /// @param missing gets what could not be read
    static List<Live> workloads(ClusterView view, Optional<String> namespace, List<String> missing) {
        List<Live> workloads = new ArrayList<>();
        for (WorkloadKind kind : WorkloadKind.values()) {
            Listed<Live> listed = view.workloads(kind, namespace);
            workloads.addAll(listed.items());
            listed.missing().ifPresent(missing::add);
        }
        return workloads;
    }
}
