package dev.interlock.cli;

import dev.interlock.decision.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What came of cases, for people, for programs and for pipelines.
///
/// @param coloured whether the table is
record CaseReport(List<PolicyCase.Outcome> outcomes, boolean coloured) {
    /// How it is written.
    enum Format {
        TABLE,
        JSON,
        JUNIT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    String as(Format format) {
        return switch (format) {
            case TABLE -> table();
            case JSON -> Json.text(tree());
            case JUNIT ->
                JunitReport.of(outcomes.stream().map(CaseReport::testcase).toList());
        };
    }

    private String table() {
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
        long failed = failed();
        return text.append(Plain.count(outcomes.size(), "case"))
                .append(": %s%d passed%n".formatted(failed == 0 ? "" : failed + " failed, ", outcomes.size() - failed))
                .toString();
    }

    private long failed() {
        return outcomes.stream().filter(outcome -> !outcome.passed()).count();
    }

    private static String line(Expectation.Difference difference) {
        return "%s: expected %s, got %s".formatted(difference.about(), difference.expected(), difference.got());
    }

    private static JunitReport.Case testcase(PolicyCase.Outcome outcome) {
        return new JunitReport.Case(
                outcome.of().file(),
                outcome.of().name(),
                outcome.passed()
                        ? Optional.empty()
                        : Optional.of(new JunitReport.Failure(
                                "UnexpectedOutcome",
                                outcome.differences().stream()
                                        .map(difference -> "%s:%d %s"
                                                .formatted(
                                                        outcome.of().file(),
                                                        outcome.of().line(),
                                                        line(difference)))
                                        .collect(Collectors.joining("\n")))),
                "");
    }

    private Map<String, Object> tree() {
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
