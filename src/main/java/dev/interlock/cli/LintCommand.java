package dev.interlock.cli;

import dev.interlock.cli.PolicyLint.Finding;
import dev.interlock.decision.Policy;
import dev.interlock.kubernetes.Manifest;
import dev.interlock.kubernetes.PolicySet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "lint",
        description =
                "Finds what cannot be meant in policies, or will not help: docs/policies.md lists the rules. What cannot"
                        + " be read at all is refused.",
        footer = {
            "",
            "Exit codes: 0 nothing is found, or warnings only; 1 an error is found; 2 something cannot be read; 5 a"
                    + " warning is found and --fail-on-warn is given.",
            "",
            "Example:",
            "  interlock policy lint -f deploy/policies/baseline --fail-on-warn"
        })
final class LintCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            required = true,
            description =
                    "PromotionPolicies, and the DeliveryPaths that say which stages there are: a file, a directory, or -"
                            + " for what is piped in. May be given several times.")
    private List<String> files = List.of();

    @Option(names = "--fail-on-warn", description = "End with exit code 5 where there is a warning.")
    private boolean failOnWarn;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "One of: ${COMPLETION-CANDIDATES}; table where none is given.")
    private Report.Format format = Report.Format.TABLE;

    @Mixin
    private final Options.Colour colour = new Options.Colour();

    LintCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<Manifest> manifests = new ManifestFiles(terminal.in()).read(files);
        PolicySet set = ManifestFiles.policies(manifests, files);
        List<PolicyLint.Source> sources = sources(set, manifests);
        List<Finding> findings = new PolicyLint(sources, set.paths(), set.scopes()).findings();
        terminal.print(new LintReport(findings, sources, colour.on(terminal)).as(format, terminal.version()));
        return exitCode(findings).number();
    }

    private static List<PolicyLint.Source> sources(PolicySet set, List<Manifest> manifests) {
        Map<String, Manifest> byName = manifests.stream()
                .filter(manifest -> manifest.kind().equals("PromotionPolicy")
                        && manifest.apiVersion().startsWith("interlock.dev/"))
                .collect(Collectors.toMap(Manifest::name, Function.identity()));
        return set.policies().stream()
                .filter(Policy.Loaded.class::isInstance)
                .map(Policy.Loaded.class::cast)
                .map(policy -> new PolicyLint.Source(
                        policy, Objects.requireNonNull(byName.get(policy.ref().name()))))
                .toList();
    }

    private ExitCode exitCode(List<Finding> findings) {
        if (findings.stream().anyMatch(finding -> finding.rule().severity() == Severity.ERROR)) {
            return ExitCode.FOUND;
        }
        return failOnWarn && !findings.isEmpty() ? ExitCode.WARNED : ExitCode.CLEAN;
    }
}
