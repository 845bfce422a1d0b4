package dev.interlock.cli;

import dev.interlock.decision.Requester;
import dev.interlock.kubernetes.Manifest;
import dev.interlock.kubernetes.PolicySet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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

    @Option(names = "--as", paramLabel = "USER", description = "Who promotes, as the API server would know them.")
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
    private CheckReport.Format format = CheckReport.Format.TABLE;

    CheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ManifestFiles reader = new ManifestFiles(terminal.in());
        PolicySet set = PolicySet.of(reader.read(policies));
        if (set.policies().isEmpty()) {
            throw new Problem(
                    ExitCode.USAGE,
                    "there is no PromotionPolicy in %s; name a file that has one"
                            .formatted(String.join(", ", policies)));
        }
        List<Manifest> manifests = reader.read(files);
        Checking.Result result = new Checking(
                        set,
                        namespace,
                        stage,
                        new Requester(user, new HashSet<>(groups)),
                        terminal.clock().instant())
                .check(manifests);
        terminal.print(new CheckReport(result, terminal.version()).as(format));
        notes(result);
        return exitCode(result).number();
    }

    private void notes(Checking.Result result) {
        List<Checking.Checked> unguarded = result.checked().stream()
                .filter(each -> each.decision().basis().policies().isEmpty())
                .toList();
        if (!unguarded.isEmpty()) {
            terminal.progress("no policy guards %s in namespace %s%s; name the stage by --stage"
                    .formatted(
                            Plain.count(unguarded.size(), "object"),
                            unguarded.getFirst().namespace(),
                            stage.map(name -> ", stage " + name).orElse("")));
        }
        List<String> notAsked = result.checked().stream()
                .flatMap(each -> each.notAsked().stream())
                .distinct()
                .sorted()
                .toList();
        if (!notAsked.isEmpty()) {
            terminal.progress("not asked, because only a cluster knows: " + String.join(", ", notAsked));
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
