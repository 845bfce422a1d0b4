package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.kubernetes.ClusterView.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "inventory",
        description = "What really exists: its owner, stage and images, what was decided about it, and whether it has"
                + " drifted.",
        footer = {
            "",
            "Namespaces are shown that are under a gate or listed by a DeliveryPath, and one named with -n always.",
            "Drift is InSync, Drifted, Bypassed, Unapproved (nothing is approved for it) or Unknown (nobody looks).",
            "",
            "Examples:",
            "  interlock inventory -n shop",
            "  interlock inventory -A -o json"
        })
final class InventoryCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final Options.Cluster cluster = new Options.Cluster();

    @Mixin
    private final Options.Where where = new Options.Where();

    @Mixin
    private final Options.Output output = new Options.Output();

    @Option(names = "--all", description = "Also what controllers made: Pods, ReplicaSets, Jobs.")
    private boolean dependents;

    InventoryCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        where.check();
        try (ClusterView view = cluster.connect(terminal)) {
            Optional<String> namespace = where.in(view);
            Estate estate = Estate.of(view, namespace);
            if (estate.missing().isEmpty()
                    && namespace.filter(name -> !estate.exists(name)).isPresent()) {
                throw new Problem(
                        ExitCode.USAGE,
                        "there is no namespace `%s`; name another with -n, or all with -A"
                                .formatted(namespace.orElse("")));
            }
            History history = new History(view.decisions(Query.in(namespace)), view.drifts(Query.open(namespace)));
            List<String> missing = new ArrayList<>(estate.missing());
            missing.addAll(history.missing());
            List<Live> workloads = OwnersCommand.workloads(view, namespace, missing);
            Inventory inventory = Inventory.of(
                    estate,
                    history,
                    workloads,
                    dependents,
                    namespace.isPresent(),
                    terminal.clock().instant());
            terminal.print(output.of(
                    () -> inventory.items().isEmpty()
                            ? nothing(namespace)
                            : inventory.table().table(),
                    () -> inventory.json(missing),
                    () -> inventory.sheet().csv()));
            return terminal.end(ExitCode.CLEAN, missing);
        }
    }

    private static String nothing(Optional<String> namespace) {
        return namespace
                .map("no workloads in namespace %s\n"::formatted)
                .orElse("no workloads in namespaces that are under a gate or that a DeliveryPath lists\n");
    }
}
