package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Guard;
import dev.interlock.kubernetes.ClusterView.Listed;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "What feedback makes stricter now, until when, and because of what.",
        footer = {"", "Example:", "  interlock feedback list"})
final class FeedbackListCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final Options.Cluster cluster = new Options.Cluster();

    @Mixin
    private final Options.Output output = new Options.Output();

    FeedbackListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ClusterView view = cluster.connect(terminal)) {
            Listed<Guard> policies = view.policies();
            List<String> missing = policies.missing().stream().toList();
            List<Tightened> all = Tightened.of(
                    policies.items().stream().map(Guard::policy).toList(),
                    terminal.clock().instant());
            Grid grid = Tightened.grid(all);
            terminal.print(output.of(
                    () -> all.isEmpty()
                            ? "nothing is tightened: every check is as its policy declares it\n"
                            : grid.table(),
                    () -> Json.object(
                            "tightened", all.stream().map(Tightened::json).toList(), "missing", missing),
                    grid::csv));
            return terminal.end(ExitCode.CLEAN, missing);
        }
    }
}
