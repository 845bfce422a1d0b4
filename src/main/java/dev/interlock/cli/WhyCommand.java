package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView;
import dev.interlock.kubernetes.ClusterView.Decided;
import dev.interlock.kubernetes.ClusterView.Drift;
import dev.interlock.kubernetes.ClusterView.Listed;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.kubernetes.ClusterView.Query;
import dev.interlock.kubernetes.ClusterView.Subject;
import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "why",
        description =
                "What was decided about an object, by which rule and on which evidence, whether it has drifted, and"
                        + " what to do.",
        footer = {
            "",
            "Ends with 0 where all is well, 1 where the newest decision denies or drift is open, 2 where nothing is known.",
            "",
            "Example:",
            "  interlock why deployment/checkout -n shop"
        })
final class WhyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final Options.Cluster cluster = new Options.Cluster();

    @Mixin
    private final Options.Where where = new Options.Where();

    @Parameters(
            arity = "1..2",
            paramLabel = "OBJECT",
            description =
                    "KIND/NAME or KIND NAME, as kubectl takes them, or the name of a DecisionRecord or DriftEvent.")
    private List<String> words = List.of();

    WhyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        where.check();
        Asked asked = Asked.of(words);
        try (ClusterView view = cluster.connect(terminal)) {
            Optional<String> namespace = where.in(view);
            return switch (asked) {
                case Asked.Workload(WorkloadKind kind, String name) -> {
                    if (namespace.isEmpty()) {
                        throw new Problem(
                                ExitCode.USAGE,
                                "`%s` may be there in many namespaces; name one with -n".formatted(name));
                    }
                    yield tell(view, namespace.get(), kind.kind(), name, Optional.empty());
                }
                case Asked.Evidence(String name) -> evidence(view, namespace, name);
            };
        }
    }

    private int evidence(ClusterView view, Optional<String> namespace, String name) {
        Listed<Decided> decisions = view.decisions(Query.named(namespace, name));
        Listed<Drift> drifts = view.drifts(Query.named(namespace, name));
        Optional<Subject> subject = Stream.concat(
                        decisions.items().stream().map(Decided::subject),
                        drifts.items().stream().map(Drift::subject))
                .findFirst();
        if (subject.isEmpty()) {
            List<String> missing = missing(List.of(decisions.missing(), drifts.missing()));
            terminal.complain("no decision or drift is named `%s`%s; %s"
                    .formatted(
                            name,
                            namespace.map(" in namespace %s"::formatted).orElse(""),
                            namespace.isPresent()
                                    ? "name its namespace with -n, or look in all with -A"
                                    : "list them with kubectl get decrec,drift -A"));
            return terminal.end(missing.isEmpty() ? ExitCode.USAGE : ExitCode.PARTIAL, missing);
        }
        Subject found = subject.get();
        return tell(view, found.namespace(), found.kind(), found.name(), Optional.of(name));
    }

    private int tell(ClusterView view, String namespace, String kind, String name, Optional<String> told) {
        Query about = Query.about(namespace, kind, name);
        Listed<Decided> decisions = view.decisions(about);
        Listed<Drift> drifts = view.drifts(about);
        Listed<Live> live = Arrays.stream(WorkloadKind.values())
                .filter(candidate -> candidate.kind().equals(kind))
                .findFirst()
                .map(known -> view.workload(known, namespace, name))
                .orElse(Listed.of(List.of()));
        List<String> missing = new ArrayList<>(missing(List.of(decisions.missing(), drifts.missing(), live.missing())));
        if (decisions.items().isEmpty()
                && drifts.items().isEmpty()
                && live.items().isEmpty()) {
            terminal.complain(
                    "there is no %s `%s/%s`, and nothing was decided about one; name another namespace with -n, or list what is there with interlock inventory -n %s"
                            .formatted(kind, namespace, name, namespace));
            return terminal.end(missing.isEmpty() ? ExitCode.USAGE : ExitCode.PARTIAL, missing);
        }
        Estate estate = Estate.of(view, Optional.of(namespace));
        missing.addAll(estate.missing());
        Optional<Live> found = live.items().stream().findFirst();
        Subject subject =
                new Subject(kind, namespace, name, found.map(Live::uid).orElse(""), "");
        Why why = Why.of(subject, found, estate, decisions.items(), drifts.items(), told);
        terminal.print(why.tell(terminal.clock().instant()));
        return terminal.end(why.exitCode(), missing);
    }

    private static List<String> missing(List<Optional<String>> missing) {
        return missing.stream().flatMap(Optional::stream).toList();
    }
}
