package dev.interlock.admission;

import dev.interlock.admission.Answer.Evidenced;
import dev.interlock.decision.Decision;
import dev.interlock.decision.Effect;
import dev.interlock.decision.Reason;
import dev.interlock.workload.ObjectRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What people are told. A refusal is one line of at most 1,024 bytes, because many clients flatten it: what was
/// refused, by which policy, why,
/// whom to ask, where to read more. It names at most five reasons; the causes of the status have all.
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
        String owners = reasons.stream()
                .flatMap(reason -> reason.owner().stream())
                .map(owner -> Line.of(owner.toString()))
                .distinct()
                .limit(2)
                .collect(Collectors.joining(" and "));
        String owner = owners.isEmpty() ? "" : ". Owner " + Line.cut(owners, 200);
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

    private static String named(List<Reason> reasons, int room) {
        StringBuilder text = new StringBuilder();
        int count = 0;
        for (Reason reason : reasons) {
            String next = (count == 0 ? "" : "; ") + reason(reason);
            String more = count + 1 < reasons.size() ? more(reasons.size() - count - 1) : "";
            if (count == NAMED || bytes(text.toString()) + bytes(next) + bytes(more) > room) {
                break;
            }
            text.append(next);
            count++;
        }
        if (count == 0) {
            text.append(Line.cut(reason(reasons.getFirst()), Math.max(room - 20, 8)));
            count = 1;
        }
        return count == reasons.size() ? text.toString() : text + more(reasons.size() - count);
    }

    private static String more(int count) {
        return "; +%d more".formatted(count);
    }

    private static String reason(Reason reason) {
        String check = reason.check().isEmpty() ? "" : "[%s] ".formatted(reason.check());
        String remedy = reason.remedy().map(text -> " (%s)".formatted(text)).orElse("");
        return Line.of(check + reason.violation().message() + remedy);
    }

    /// What is said beside the answer, whether it admits or not.
    static List<String> warnings(Decision decision, Evidenced evidence) {
        List<String> warnings = new ArrayList<>();
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
        List<String> lines = warnings.stream().map(Wording::line).toList();
        if (lines.size() <= MAX_WARNINGS) {
            return lines;
        }
        List<String> shown = new ArrayList<>(lines.subList(0, MAX_WARNINGS - 1));
        shown.add("+%d more: kubectl describe decrec %s"
                .formatted(lines.size() - shown.size(), Decision.recordName(decision.id())));
        return shown;
    }

    private static String warning(Reason reason) {
        String check = reason.check().isEmpty() ? reason.policy() : reason.policy() + "/" + reason.check();
        String how = reason.effect() == Effect.LEAVES_UNDECIDED
                ? "undecided, let in: "
                : reason.alreadyPresent() ? "AlreadyPresent: " : "";
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
