package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Probe;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        description =
                "Waits until the API server asks Interlock, and says so when it has: by dry runs of a Deployment, which"
                        + " make nothing and leave no record. You need the right to create Deployments there.",
        footer = {"", "Example:", "  interlock gate check -n shop --timeout 30s"})
final class GateCheckCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final Options.Cluster cluster = new Options.Cluster();

    @Mixin
    private final Options.Patience patience = new Options.Patience();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "A namespace with the label interlock.dev/gate; else that of the context.")
    private Optional<String> namespace = Optional.empty();

    GateCheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (ClusterView view = cluster.connect(terminal)) {
            String where = namespace.orElseGet(view::namespace);
            AtomicReference<String> caller = new AtomicReference<>("");
            patience.until(
                    terminal,
                    () -> GateProbe.notWhole(GateProbe.one(view.gate())).or(() -> switch (GateProbe.ask(view, where)) {
                        case Probe.Answered(String word) -> {
                            caller.set(word);
                            yield Optional.empty();
                        }
                        case Probe.Unasked _ ->
                            Optional.of(
                                    "nobody is asked about namespace `%s`; see that it has the label interlock.dev/gate"
                                            .formatted(where));
                        case Probe.Failed(String message) ->
                            Optional.of("a dry run in namespace `%s` fails: %s".formatted(where, message));
                    }));
            terminal.print(
                    "the API server asks Interlock about namespace %s, caller %s\n".formatted(where, caller.get()));
            return ExitCode.CLEAN.number();
        }
    }
}
