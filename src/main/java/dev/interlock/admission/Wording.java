package dev.interlock.admission;

import dev.interlock.admission.Answer.Evidenced;
import dev.interlock.decision.Checked;
import dev.interlock.decision.Decision;
import dev.interlock.decision.Effect;
import dev.interlock.decision.Reason;
import dev.interlock.decision.Relief;
import dev.interlock.decision.Request;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Owner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What people are told. A refusal is one line of at most 1,024 bytes, because many clients flatten it: what
/// was refused, by which policy, why, whom to ask, where to read more. It names at most five reasons; the
/// causes of the status have all.
final class Wording {
    static final int MAX_BYTES = 1024;
    static final int MAX_WARNING = 120;
    static final int MAX_WARNINGS = 3;
    private static final int NAMED = 5;

    private Wording() {}

    static String refusal(Decision decision, Evidenced evidence, List<Reason> reasons) {
        String head = head(decision, reasons);
        String tail = tail(decision, evidence, reasons);
        int room = MAX_BYTES - bytes(head) - bytes(tail);
        return head + named(reasons, room) + tail;
    }

    private static String head(Decision decision, List<Reason> reasons) {
        ObjectRef subject = decision.basis().request().subject();
        String subresource = decision.basis().request().subresource();
        String what = subresource.isEmpty() ? subject.toString() : "%s (%s)".formatted(subject, subresource);
        String stage =
                decision.basis().stage().map(name -> " to " + name.name()).orElse("");
        String promotion = Line.cut(Line.of("promotion of %s%s".formatted(what, stage)), 420);
        List<String> policies = policies(reasons);
        String by = policies.isEmpty()
                ? ""
                : " by %s %s"
                        .formatted(
                                policies.size() == 1 ? "policy" : "policies",
                                Line.cut(String.join(", ", policies), 130));
        long checks = reasons.stream()
                .filter(reason -> !reason.check().isEmpty())
                .map(reason -> reason.policy() + "/" + reason.check())
                .distinct()
                .count();
        return switch (decision) {
            case Decision.Undecided _ -> "%s refused, because it could not be decided%s: ".formatted(promotion, by);
            case Decision.Denied _, Decision.Allowed _, Decision.Warned _ ->
                "%s denied%s (%d of %d checks violated): "
                        .formatted(promotion, by, checks, decision.basis().checks());
        };
    }

    private static List<String> policies(List<Reason> reasons) {
        return reasons.stream()
                .map(Reason::policy)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    private static String tail(Decision decision, Evidenced evidence, List<Reason> reasons) {
        String owner = decision.basis().claim().owner().isPresent()
                ? ". Owner %s%s"
                        .formatted(
                                people(decision.basis().claim().owner().stream()),
                                ofPolicy(reasons)
                                        .map(" (of the policy: %s)"::formatted)
                                        .orElse(""))
                : ofPolicy(reasons).map(". Owner %s"::formatted).orElse("");
        String record = switch (evidence) {
            case Evidenced.InLedger _ ->
                "kubectl describe decrec %s -n %s"
                        .formatted(
                                Decision.recordName(decision.id()),
                                Line.cut(
                                        Line.of(decision.basis()
                                                .request()
                                                .subject()
                                                .namespace()),
                                        63));
            case Evidenced.DryRun _ -> "none, this is a dry run";
            case Evidenced.Missing(String cause) -> "none, " + Line.cut(Line.of(cause), 160);
        };
        return owner + ". Record: " + record;
    }

    private static Optional<String> ofPolicy(List<Reason> reasons) {
        return Optional.of(people(reasons.stream().flatMap(reason -> reason.owner().stream())))
                .filter(text -> !text.isEmpty());
    }

    private static String people(Stream<Owner> owners) {
        String all = owners.map(owner -> Line.of(owner.toString()))
                .distinct()
                .limit(2)
                .collect(Collectors.joining(" and "));
        return all.isEmpty() ? "" : Line.cut(all, 200);
    }

    /// As many reasons as are named and fit, each check's name before its first and its remedy after its last.
    private static String named(List<Reason> reasons, int room) {
        String text = "";
        int count = 0;
        while (count < Math.min(NAMED, reasons.size())) {
            String longer = joined(reasons, count + 1);
            if (bytes(longer) > room) {
                break;
            }
            text = longer;
            count++;
        }
        return count > 0 ? text : Line.cut(joined(reasons, 1), Math.max(room, 8));
    }

    private static String joined(List<Reason> reasons, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            Reason reason = reasons.get(i);
            boolean first = i == 0 || !sameCheck(reasons.get(i - 1), reason);
            boolean last = i == count - 1 || !sameCheck(reason, reasons.get(i + 1));
            text.append(i == 0 ? "" : "; ")
                    .append(first && !reason.check().isEmpty() ? "[%s] ".formatted(reason.check()) : "")
                    .append(reason.violation().message())
                    .append(reason.tightened().map(", %s"::formatted).orElse(""))
                    .append(last ? reason.remedy().map(" (%s)"::formatted).orElse("") : "");
        }
        return Line.of(text.toString()) + (count < reasons.size() ? more(reasons.size() - count) : "");
    }

    private static boolean sameCheck(Reason one, Reason other) {
        return one.policy().equals(other.policy()) && one.check().equals(other.check());
    }

    private static String more(int count) {
        return "; +%d more".formatted(count);
    }

    /// What is said beside the answer, whether it admits or not.
    static List<String> warnings(Decision decision, Evidenced evidence) {
        List<String> warnings = new ArrayList<>();
        checked(decision).map(Checked::warning).ifPresent(warnings::add);
        if (evidence instanceof Evidenced.Missing(String cause) && decision.admits()) {
            warnings.add("EvidenceNotDurable: let in without evidence: " + cause);
        }
        Stream<Reason> told = decision.basis().reasons().stream().filter(reason -> switch (reason.effect()) {
            case WARNS -> true;
            case LEAVES_UNDECIDED ->
                decision.admits() && !reason.violation().code().equals("EvidenceNotDurable");
            case DENIES, RECORDED -> false;
        });
        told.forEach(reason -> warnings.add(warning(reason)));
        return shown(
                warnings,
                evidence instanceof Evidenced.InLedger
                        ? ": kubectl describe decrec " + Decision.recordName(decision.id())
                        : "");
    }

    /// What is said of a policy that may be stored.
    static List<String> doubts(String policy, List<String> doubts) {
        return shown(
                doubts.stream().map(doubt -> "[%s] %s".formatted(policy, doubt)).toList(),
                ": kubectl describe pp " + policy);
    }

    /// @param where the rest is, after how many there are
    private static List<String> shown(List<String> warnings, String where) {
        List<String> lines = warnings.stream().map(Wording::line).toList();
        if (lines.size() <= MAX_WARNINGS) {
            return lines;
        }
        List<String> shown = new ArrayList<>(lines.subList(0, MAX_WARNINGS - 1));
        shown.add("+%d more%s".formatted(lines.size() - shown.size(), where));
        return shown;
    }

    private static Optional<Checked> checked(Decision decision) {
        Request request = decision.basis().request();
        return request.dryRun()
                ? Optional.ofNullable(request.workload().labels().get(Checked.LABEL))
                        .map(name -> new Checked(name, request.caller().word()))
                : Optional.empty();
    }

    private static String warning(Reason reason) {
        String check = reason.check().isEmpty() ? reason.policy() : reason.policy() + "/" + reason.check();
        String how = reason.effect() == Effect.LEAVES_UNDECIDED
                ? "undecided, let in: "
                : reason.relief() == Relief.NONE ? "" : reason.relief().word() + ": ";
        return "[%s] %s%s".formatted(check, how, reason.violation().message());
    }

    private static String line(String text) {
        String line = Line.of(text);
        return line.codePointCount(0, line.length()) <= MAX_WARNING
                ? line
                : line.substring(0, line.offsetByCodePoints(0, MAX_WARNING - 1)) + "…";
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
