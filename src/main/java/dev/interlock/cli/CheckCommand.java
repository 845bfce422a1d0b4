package dev.interlock.cli;

import dev.interlock.decision.Requester;
import dev.interlock.kubernetes.Manifest;
import dev.interlock.kubernetes.PolicySet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "check",
        description =
                "Says what the gate would say of manifests, without a cluster: each object of a governed kind as if it"
                        + " was created. What needs a cluster to know, such as stability, is not asked, and named.",
        footer = {
            "",
            "Exit codes: 0 all would be let in, 1 something would not, 2 something",
            "cannot be read, 5 something would be warned about and --fail-on-warn is",
            "given.",
            "",
            "Examples:",
            "  interlock check -f deploy/samples --policy deploy/samples --stage production",
            "  kubectl kustomize app | interlock check -f - --policy policies -o github"
        })
final class CheckCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            required = true,
            description = "Manifests: a file, a directory, or - for what is piped in. May be given several times.")
    private List<String> files = List.of();

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            required = true,
            description =
                    "PromotionPolicies, and the DeliveryPaths that say who owns what: a file or a directory. May be"
                            + " given several times.")
    private List<String> policies = List.of();

    @Option(
            names = "--stage",
            paramLabel = "NAME",
            description =
                    "The stage to promote into; else the label interlock.dev/stage of a Namespace among the manifests.")
    private Optional<String> stage = Optional.empty();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "The namespace of objects that name none; default where none is given.")
    private String namespace = "default";

    @Option(
            names = "--as",
            paramLabel = "USER",
            description = "Who promotes, as the API server would know them: a note says of what that is no promoter.")
    private String user = "";

    @Option(
            names = "--as-group",
            paramLabel = "GROUP",
            description = "A group of that user. May be given several times.")
    private List<String> groups = List.of();

    @Option(names = "--fail-on-warn", description = "End with exit code 5 where something would be warned about.")
    private boolean failOnWarn;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "One of: ${COMPLETION-CANDIDATES}; table where none is given.")
    private Report.Format format = Report.Format.TABLE;

    @Mixin
    private final Options.Colour colour = new Options.Colour();

    CheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ManifestFiles reader = new ManifestFiles(terminal.in());
        PolicySet set = ManifestFiles.policies(reader.read(policies), policies);
        List<Manifest> manifests = reader.read(files);
        if (manifests.isEmpty()) {
            throw new Problem(
                    ExitCode.USAGE, "there is no object in %s; see what writes it".formatted(String.join(", ", files)));
        }
        Checking.Result result = new Checking(
                        set.knowing(manifests),
                        namespace,
                        stage,
                        new Requester(user, new HashSet<>(groups)),
                        terminal.clock().instant())
                .check(manifests, new Progress(terminal, "checked %d of %d objects", manifests.size()));
        terminal.print(new CheckReport(result, colour.on(terminal)).as(format, terminal.version()));
        notes(result);
        return exitCode(result).number();
    }

    private void notes(Checking.Result result) {
        note(
                result.placed(),
                each -> each.guarded()
                        ? List.of()
                        : List.of(each.namespace().isEmpty() ? each.kind() : "namespace " + each.namespace()),
                stage.map("no policy guards stage %s in "::formatted)
                        .orElse(
                                "no policy guards what has no stage; give --stage, or a Namespace among the manifests, for "));
        note(
                result.placed(),
                Checking.Placed::unsure,
                "chosen by labels of the namespace, which only a Namespace among the manifests says: ");
        note(
                result.placed(),
                each -> each.guessed() ? List.of(each.kind()) : List.of(),
                "taken to be in namespace %s, because no CustomResourceDefinition among the manifests says where they are: "
                        .formatted(namespace));
        note(result.checked(), Checking.Checked::notAsked, "not asked, because only a cluster knows: ");
        if (!user.isEmpty()) {
            note(
                    result.checked(),
                    each -> each.byPromoter()
                            ? List.of()
                            : List.of(each.decision().basis().service()),
                    "%s is no promoter, so what is let in would not be approved, of ".formatted(user));
        }
    }

    private <T> void note(List<T> some, Function<T, List<String>> what, String sentence) {
        String all = some.stream()
                .flatMap(each -> what.apply(each).stream())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        if (!all.isEmpty()) {
            terminal.progress(sentence + all);
        }
    }

    private ExitCode exitCode(Checking.Result result) {
        if (result.checked().stream().anyMatch(each -> !each.decision().admits())) {
            return ExitCode.FOUND;
        }
        boolean warned = result.checked().stream()
                .anyMatch(each -> !each.decision().outcome().equals("Allowed"));
        return warned && failOnWarn ? ExitCode.WARNED : ExitCode.CLEAN;
    }
}
