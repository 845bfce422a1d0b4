package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Drift;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Query;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "Drift that is open, with what differs.",
        footer = {"", "Ends with 1 where drift is open.", "", "Example:", "  interlock drift list -n shop"})
final class DriftListCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final Options.Cluster cluster = new Options.Cluster();

    @Mixin
    private final Options.Where where = new Options.Where();

    @Mixin
    private final Options.Output output = new Options.Output();

    DriftListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        where.check();
        try (ClusterView view = cluster.connect(terminal)) {
            Listed<Drift> drifts = view.drifts(Query.open(where.in(view)));
            List<String> missing = drifts.missing().stream().toList();
            DriftList list = new DriftList(drifts.items(), terminal.clock().instant());
            terminal.print(output.of(
                    () -> missing.isEmpty() || !list.events().isEmpty() ? list.table() : "",
                    () -> list.json(missing),
                    list::csv));
            return terminal.end(list.events().isEmpty() ? ExitCode.CLEAN : ExitCode.FOUND, missing);
        }
    }
}
