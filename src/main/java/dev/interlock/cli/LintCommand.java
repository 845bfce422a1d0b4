package dev.interlock.cli;

import dev.interlock.cli.PolicyLint.Finding;
import dev.interlock.cli.PolicyLint.Severity;
import dev.interlock.decision.Policy;
import dev.interlock.kubernetes.Manifest;
import dev.interlock.kubernetes.PolicySet;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
    enum Format {
        TABLE,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

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
    private Format format = Format.TABLE;

    @Mixin
    private final Options.Colour colour = new Options.Colour();

    LintCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<Manifest> manifests = new ManifestFiles(terminal.in()).read(files);
        PolicySet set = ManifestFiles.policies(manifests, files);
        List<Finding> findings = new PolicyLint(sources(set, manifests), set.paths()).findings();
        terminal.print(
                switch (format) {
                    case TABLE -> table(findings, set.policies().size());
                    case JSON -> Json.text(tree(findings));
                });
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

    private String table(List<Finding> findings, int policies) {
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            Severity severity = finding.rule().severity();
            text.append("%s:%d: %s [%s] %s%n"
                    .formatted(
                            Plain.text(finding.file()),
                            finding.line(),
                            tint(severity).on(severity.word(), colour.on(terminal)),
                            finding.rule().word(),
                            Plain.text(finding.message())));
        }
        return text.append(policies == 1 ? "1 policy" : policies + " policies")
                .append(findings.isEmpty() ? ": nothing found" : ": " + counted(findings))
                .append('\n')
                .toString();
    }

    private static Tint tint(Severity severity) {
        return switch (severity) {
            case ERROR -> Tint.BAD;
            case WARNING -> Tint.WARNING;
        };
    }

    private static String counted(List<Finding> findings) {
        return Arrays.stream(Severity.values())
                .filter(severity -> count(findings, severity) > 0)
                .map(severity -> Plain.count(count(findings, severity), severity.word()))
                .collect(Collectors.joining(", "));
    }

    private static long count(List<Finding> findings, Severity severity) {
        return findings.stream()
                .filter(finding -> finding.rule().severity() == severity)
                .count();
    }

    private static Map<String, Object> tree(List<Finding> findings) {
        return Json.object(
                "findings",
                findings.stream()
                        .map(finding -> Json.object(
                                "file",
                                finding.file(),
                                "line",
                                finding.line(),
                                "policy",
                                finding.policy(),
                                "rule",
                                finding.rule().word(),
                                "severity",
                                finding.rule().severity().word(),
                                "message",
                                finding.message()))
                        .toList());
    }

    private ExitCode exitCode(List<Finding> findings) {
        if (count(findings, Severity.ERROR) > 0) {
            return ExitCode.FOUND;
        }
        return failOnWarn && !findings.isEmpty() ? ExitCode.WARNED : ExitCode.CLEAN;
    }
}
