package dev.interlock.cli;

import dev.interlock.decision.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What came of cases.
///
/// @param coloured whether the table is
record CaseReport(List<PolicyCase.Outcome> outcomes, boolean coloured) implements Report {
    private static final String UNEXPECTED = "UnexpectedOutcome";

    @Override
    public String table() {
        StringBuilder text = new StringBuilder();
        for (PolicyCase.Outcome outcome : outcomes) {
            text.append("%s  %s:%d  %s%n"
                    .formatted(
                            outcome.passed() ? Tint.GOOD.on("Passed", coloured) : Tint.BAD.on("Failed", coloured),
                            Plain.text(outcome.of().file()),
                            outcome.of().line(),
                            Plain.text(outcome.of().name())));
            outcome.differences()
                    .forEach(difference -> text.append("  ")
                            .append(Plain.text(line(difference)))
                            .append('\n'));
        }
        return text.append(summary()).append('\n').toString();
    }

    /// A row for each reason and each difference, and one for each case without any.
    @Override
    public Grid wide() {
        List<List<String>> rows = new ArrayList<>();
        for (PolicyCase.Outcome outcome : outcomes) {
            List<String> found = new ArrayList<>();
            Expectation.reasons(outcome.evaluation())
                    .forEach(reason ->
                            found.add("%s: %s".formatted(reason.violation().code(), CheckReport.message(reason))));
            outcome.differences().forEach(difference -> found.add(line(difference)));
            for (String each : found.isEmpty() ? List.of("") : found) {
                rows.add(List.of(
                        outcome.passed() ? "Passed" : "Failed",
                        "%s:%d".formatted(outcome.of().file(), outcome.of().line()),
                        outcome.of().name(),
                        Expectation.outcome(outcome.evaluation()),
                        each));
            }
        }
        return new Grid(List.of("result", "line", "case", "outcome", "found"), rows);
    }

    @Override
    public String summary() {
        long failed = failed();
        return "%s: %s%d passed"
                .formatted(
                        Plain.count(outcomes.size(), "case"),
                        failed == 0 ? "" : failed + " failed, ",
                        outcomes.size() - failed);
    }

    private long failed() {
        return outcomes.stream().filter(outcome -> !outcome.passed()).count();
    }

    private static String line(Expectation.Difference difference) {
        return "%s: expected %s, got %s".formatted(difference.about(), difference.expected(), difference.got());
    }

    @Override
    public List<JunitReport.Case> cases() {
        return outcomes.stream().map(CaseReport::testcase).toList();
    }

    /// One for each thing that is not as expected.
    @Override
    public List<Remark> remarks() {
        return outcomes.stream()
                .flatMap(outcome -> outcome.differences().stream()
                        .map(difference -> new Remark(
                                outcome.of().file(),
                                outcome.of().line(),
                                Severity.ERROR,
                                UNEXPECTED,
                                UNEXPECTED,
                                "%s: %s".formatted(outcome.of().name(), line(difference)))))
                .toList();
    }

    private static JunitReport.Case testcase(PolicyCase.Outcome outcome) {
        return new JunitReport.Case(
                outcome.of().file(),
                outcome.of().name(),
                outcome.passed()
                        ? Optional.empty()
                        : Optional.of(new JunitReport.Failure(
                                UNEXPECTED,
                                outcome.differences().stream()
                                        .map(difference -> "%s:%d %s"
                                                .formatted(
                                                        outcome.of().file(),
                                                        outcome.of().line(),
                                                        line(difference)))
                                        .collect(Collectors.joining("\n")))),
                "");
    }

    @Override
    public Map<String, Object> tree() {
        return Json.object(
                "cases",
                outcomes.stream().map(CaseReport::tree).toList(),
                "passed",
                outcomes.size() - failed(),
                "failed",
                failed());
    }

    private static Map<String, Object> tree(PolicyCase.Outcome outcome) {
        return Json.object(
                "file",
                outcome.of().file(),
                "line",
                outcome.of().line(),
                "name",
                outcome.of().name(),
                "passed",
                outcome.passed(),
                "outcome",
                Expectation.outcome(outcome.evaluation()),
                "reasons",
                Expectation.reasons(outcome.evaluation()).stream()
                        .map(CaseReport::tree)
                        .toList(),
                "differences",
                outcome.differences().stream()
                        .map(difference -> Json.object(
                                "about",
                                difference.about(),
                                "expected",
                                difference.expected(),
                                "got",
                                difference.got()))
                        .toList());
    }

    private static Map<String, Object> tree(Reason reason) {
        return Json.object(
                "policy",
                reason.policy(),
                "check",
                reason.check(),
                "effect",
                reason.effect().word(),
                "code",
                reason.violation().code(),
                "path",
                reason.violation().path(),
                "message",
                reason.violation().message());
    }
}
