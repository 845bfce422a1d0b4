package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.GateEntry;
import dev.interlock.kubernetes.ClusterView.Probe;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "remove",
        description =
                "Deletes the gate, so that Interlock decides nothing any more, and waits until the API server does"
                        + " not ask. Records stay. Before an uninstallation; kubectl delete validatingwebhookconfiguration"
                        + " interlock is the same without the waiting.",
        footer = {"", "Example:", "  interlock gate remove -n shop"})
final class GateRemoveCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final Options.Cluster cluster = new Options.Cluster();

    @Mixin
    private final Options.Patience patience = new Options.Patience();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description =
                    "A namespace with the label interlock.dev/gate, in which a dry run shows whether the API server still"
                            + " asks; where none is given, only until the gate is deleted.")
    private Optional<String> namespace = Optional.empty();

    GateRemoveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ClusterView view = cluster.connect(terminal)) {
            boolean deleted = GateProbe.one(view.removeGate());
            terminal.progress(deleted ? "the gate is deleted" : "there was no gate");
            patience.until(
                    terminal,
                    () -> present(GateProbe.all(view.gateEntries()))
                            .or(() -> namespace.flatMap(where -> asked(view, where))));
            terminal.print("nothing is asked any more\n");
            return ExitCode.CLEAN.number();
        }
    }

    private static Optional<String> present(List<GateEntry> entries) {
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "the API server is still told to ask, by the ValidatingWebhookConfiguration interlock or interlock-resources (%s); see who makes it again"
                                .formatted(entries.stream().map(GateEntry::name).collect(Collectors.joining(", "))));
    }

    /// Where something else refuses the dry run, or this user may not make it, the gate that is deleted counts.
    private static Optional<String> asked(ClusterView view, String where) {
        boolean asked = GateProbe.probe(view, where).items().stream().anyMatch(probe -> switch (probe) {
            case Probe.Answered _ -> true;
            case Probe.Failed(String message) -> message.contains("gate.interlock.dev");
            case Probe.Unasked _ -> false;
        });
        return asked
                ? Optional.of("the API server still asks Interlock about namespace `%s`".formatted(where))
                : Optional.empty();
    }
}
