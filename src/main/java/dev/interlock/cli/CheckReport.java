package dev.interlock.cli;

import dev.interlock.decision.Decision;
import dev.interlock.decision.Effect;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Reason;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Stage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What `interlock check` found.
///
/// @param coloured whether the table is
record CheckReport(Checking.Result result, boolean coloured) implements Report {
    /// `[production/images-pinned] DigestMissing`, or the code alone where no policy is behind it.
    private static String title(Reason reason) {
        String code = reason.violation().code();
        String where = path(reason);
        return where.isEmpty() ? code : "[%s] %s".formatted(where, code);
    }

    /// Policy and check, as far as there are any.
    private static String path(Reason reason) {
        return reason.check().isEmpty() ? reason.policy() : reason.policy() + "/" + reason.check();
    }

    /// What is wrong, what its author says to do, and whom to ask.
    static String message(Reason reason) {
        return reason.violation().message()
                + reason.remedy().map(remedy -> "; " + remedy).orElse("")
                + reason.owner().map(owner -> " (ask %s)".formatted(owner)).orElse("");
    }

    private static int line(Checking.Checked checked, Reason reason) {
        return checked.manifest().line(reason.violation().path());
    }

    private static String subject(Checking.Checked checked) {
        return checked.manifest().ref(checked.namespace()).toString();
    }

    /// How grave a reason is: what it does to this decision, where undecided may let in.
    private static Severity severity(Decision decision, Reason reason) {
        return switch (reason.effect()) {
            case DENIES -> Severity.ERROR;
            case LEAVES_UNDECIDED -> decision.admits() ? Severity.WARNING : Severity.ERROR;
            case WARNS -> Severity.WARNING;
            case RECORDED -> Severity.NOTE;
        };
    }

    @Override
    public String table() {
        StringBuilder text = new StringBuilder();
        for (Checking.Checked checked : result.checked()) {
            String outcome = checked.decision().outcome();
            text.append("%s %s  %s:%d%n"
                    .formatted(
                            Tint.of(outcome).on("%-9s".formatted(outcome), coloured),
                            Plain.text(subject(checked)),
                            Plain.text(checked.manifest().file()),
                            checked.manifest().line()));
            for (Reason reason : checked.decision().basis().reasons()) {
                text.append("  line %d %s: %s%s%n"
                        .formatted(
                                line(checked, reason),
                                Plain.text(title(reason)),
                                Plain.text(message(reason)),
                                reason.effect() == Effect.RECORDED ? " (recorded only)" : ""));
            }
        }
        return text.append(summary()).append('\n').toString();
    }

    /// A row for each reason, and one for each object without any.
    @Override
    public Grid wide() {
        List<List<String>> rows = new ArrayList<>();
        for (Checking.Checked checked : result.checked()) {
            List<Reason> reasons = checked.decision().basis().reasons();
            if (reasons.isEmpty()) {
                rows.add(row(checked, checked.manifest().line(), Collections.nCopies(8, "")));
            }
            reasons.forEach(reason -> rows.add(row(checked, line(checked, reason), cells(reason))));
        }
        return new Grid(
                List.of(
                        "outcome", "object", "stage", "service", "line", "policy", "check", "mode", "effect", "code",
                        "owner", "remedy", "message"),
                rows);
    }

    private static List<String> row(Checking.Checked checked, int line, List<String> more) {
        Decision.Basis basis = checked.decision().basis();
        List<String> row = new ArrayList<>(List.of(
                checked.decision().outcome(),
                subject(checked),
                basis.stage().map(Stage::name).orElse(""),
                basis.service(),
                "%s:%d".formatted(checked.manifest().file(), line)));
        row.addAll(more);
        return row;
    }

    private static List<String> cells(Reason reason) {
        return List.of(
                reason.policy(),
                reason.check(),
                reason.mode().word(),
                reason.effect().word(),
                reason.violation().code(),
                reason.owner().map(Owner::toString).orElse(""),
                reason.remedy().orElse(""),
                reason.violation().message());
    }

    @Override
    public String summary() {
        Map<String, Long> outcomes = result.checked().stream()
                .collect(Collectors.groupingBy(each -> each.decision().outcome(), Collectors.counting()));
        List<String> parts = new ArrayList<>();
        for (String outcome : List.of("Denied", "Undecided", "Warned", "Allowed")) {
            if (outcomes.containsKey(outcome)) {
                parts.add("%d %s".formatted(outcomes.get(outcome), outcome.toLowerCase(Locale.ROOT)));
            }
        }
        return "%s%s%s"
                .formatted(
                        Plain.count(result.checked().size(), "object"),
                        parts.isEmpty() ? " of a governed kind" : ": " + String.join(", ", parts),
                        result.ungoverned() == 0 ? "" : "; %d of other kinds".formatted(result.ungoverned()));
    }

    @Override
    public List<JunitReport.Case> cases() {
        return result.checked().stream().map(CheckReport::testcase).toList();
    }

    /// A case for each object, a failure where it would not be let in. Warnings are in the case's output: a
    /// case has no state for them.
    private static JunitReport.Case testcase(Checking.Checked checked) {
        return new JunitReport.Case(
                checked.manifest().file(),
                subject(checked),
                checked.decision().admits()
                        ? Optional.empty()
                        : Optional.of(
                                new JunitReport.Failure(checked.decision().outcome(), lines(checked, Severity.ERROR))),
                lines(checked, Severity.WARNING));
    }

    private static String lines(Checking.Checked checked, Severity severity) {
        return checked.decision().basis().reasons().stream()
                .filter(reason -> severity(checked.decision(), reason) == severity)
                .map(reason -> "%s:%d %s: %s"
                        .formatted(checked.manifest().file(), line(checked, reason), title(reason), message(reason)))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public Map<String, Object> tree() {
        return Json.object(
                "objects",
                result.checked().stream().map(CheckReport::tree).toList(),
                "ungoverned",
                result.ungoverned());
    }

    private static Map<String, Object> tree(Checking.Checked checked) {
        Decision.Basis basis = checked.decision().basis();
        return Json.object(
                "file",
                checked.manifest().file(),
                "line",
                checked.manifest().line(),
                "apiVersion",
                checked.manifest().apiVersion(),
                "kind",
                checked.manifest().kind(),
                "namespace",
                checked.namespace(),
                "name",
                checked.manifest().name(),
                "stage",
                basis.stage().map(stage -> stage.name()),
                "service",
                basis.service(),
                "promoter",
                checked.byPromoter(),
                "outcome",
                checked.decision().outcome(),
                "admitted",
                checked.decision().admits(),
                "policies",
                basis.policies().stream().map(PolicyRef::name).toList(),
                "notAsked",
                checked.notAsked(),
                "reasons",
                basis.reasons().stream().map(reason -> tree(checked, reason)).toList());
    }

    private static Map<String, Object> tree(Checking.Checked checked, Reason reason) {
        return Json.object(
                "policy",
                reason.policy(),
                "check",
                reason.check(),
                "mode",
                reason.mode().word(),
                "effect",
                reason.effect().word(),
                "code",
                reason.violation().code(),
                "path",
                reason.violation().path(),
                "line",
                line(checked, reason),
                "message",
                reason.violation().message(),
                "remedy",
                reason.remedy(),
                "owner",
                reason.owner().map(Owner::toString));
    }

    /// One for each reason.
    @Override
    public List<Remark> remarks() {
        return result.checked().stream()
                .flatMap(
                        checked -> checked.decision().basis().reasons().stream().map(reason -> remark(checked, reason)))
                .toList();
    }

    private static Remark remark(Checking.Checked checked, Reason reason) {
        String where = path(reason);
        String code = reason.violation().code();
        return new Remark(
                checked.manifest().file(),
                line(checked, reason),
                severity(checked.decision(), reason),
                where.isEmpty() ? code : where + "/" + code,
                title(reason),
                subject(checked) + ": " + message(reason));
    }
}
