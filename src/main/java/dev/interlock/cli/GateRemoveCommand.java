package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Probe;
import dev.interlock.kubernetes.GateState;
import java.util.Optional;
import java.util.concurrent.Callable;
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
            patience.until(
                    terminal,
                    () -> present(GateProbe.one(view.gate()))
                            .or(() -> namespace.flatMap(where -> asked(GateProbe.ask(view, where), where))));
            terminal.print(deleted ? "the gate is gone; nothing is asked any more\n" : "there was no gate\n");
            return ExitCode.CLEAN.number();
        }
    }

    private static Optional<String> present(GateState gate) {
        return gate instanceof GateState.Missing
                ? Optional.empty()
                : Optional.of("the ValidatingWebhookConfiguration interlock is there; see who makes it again");
    }

    /// Where something else refuses the dry run, it is not the gate that does.
    private static Optional<String> asked(Probe probe, String where) {
        return switch (probe) {
            case Probe.Unasked _ -> Optional.empty();
            case Probe.Answered _ ->
                Optional.of("the API server still asks Interlock about namespace `%s`".formatted(where));
            case Probe.Failed(String message)
            when message.contains("gate.interlock.dev") ->
                Optional.of("the API server still asks Interlock about namespace `%s`".formatted(where));
            case Probe.Failed _ -> Optional.empty();
        };
    }
}
