package dev.interlock.cli;

import dev.interlock.cli.PolicyLint.Finding;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What `interlock policy lint` found.
///
/// @param policies that were looked at
/// @param coloured whether the table is
record LintReport(List<Finding> findings, List<PolicyLint.Source> policies, boolean coloured) implements Report {
    @Override
    public String table() {
        return findings.stream().map(this::line).collect(Collectors.joining()) + summary() + "\n";
    }

    private String line(Finding finding) {
        Severity severity = finding.rule().severity();
        return "%s:%d: %s [%s] %s%n"
                .formatted(
                        Plain.text(finding.file()),
                        finding.line(),
                        (severity == Severity.ERROR ? Tint.BAD : Tint.WARNING).on(severity.word(), coloured),
                        finding.rule().word(),
                        Plain.text(finding.message()));
    }

    @Override
    public Grid wide() {
        return new Grid(
                List.of("line", "policy", "severity", "rule", "message"),
                findings.stream()
                        .map(finding -> List.of(
                                "%s:%d".formatted(finding.file(), finding.line()),
                                finding.policy(),
                                finding.rule().severity().word(),
                                finding.rule().word(),
                                finding.message()))
                        .toList());
    }

    @Override
    public String summary() {
        return (policies.size() == 1 ? "1 policy" : policies.size() + " policies")
                + (findings.isEmpty() ? ": nothing found" : ": " + counted());
    }

    private String counted() {
        return Arrays.stream(Severity.values())
                .filter(severity -> count(severity) > 0)
                .map(severity -> Plain.count(count(severity), severity.word()))
                .collect(Collectors.joining(", "));
    }

    private long count(Severity severity) {
        return findings.stream()
                .filter(finding -> finding.rule().severity() == severity)
                .count();
    }

    @Override
    public Map<String, Object> tree() {
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

    /// A case for each policy, a failure where an error is found. Warnings are in the case's output: a case has
    /// no state for them.
    @Override
    public List<JunitReport.Case> cases() {
        return policies.stream().map(this::testcase).toList();
    }

    private JunitReport.Case testcase(PolicyLint.Source source) {
        String errors = lines(source, Severity.ERROR);
        return new JunitReport.Case(
                source.manifest().file(),
                source.name(),
                errors.isEmpty() ? Optional.empty() : Optional.of(new JunitReport.Failure("LintError", errors)),
                lines(source, Severity.WARNING));
    }

    private String lines(PolicyLint.Source source, Severity severity) {
        return findings.stream()
                .filter(finding ->
                        finding.policy().equals(source.name()) && finding.rule().severity() == severity)
                .map(finding -> "%s:%d %s: %s"
                        .formatted(
                                finding.file(), finding.line(), finding.rule().word(), finding.message()))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public List<Remark> remarks() {
        return findings.stream()
                .map(finding -> new Remark(
                        finding.file(),
                        finding.line(),
                        finding.rule().severity(),
                        finding.rule().word(),
                        finding.rule().word(),
                        finding.message()))
                .toList();
    }
}
