package dev.interlock.decision;

import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Owner;
import dev.interlock.workload.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// How the checks of one request are asked, and what each finding does: by the declared mode and thresholds,
/// or the stricter ones that feedback made of them, with the relief of laws 9 and 10.
///
/// @param before  the situation of the stored object, whose labels may name another service; empty for a CREATE
/// @param wayBack whether the pod template was approved for this object before and may be gone back to
/// @param live    whether the content is live already, so that violations warn and never deny
record Inquiry(Request request, Situation situation, Optional<Situation> before, boolean wayBack, boolean live) {
    /// What feedback made of a check, for this subject, now: for the service that it belongs to and for the
    /// one that it belonged to, because labels are the tenant's to write. What is live is looked at as
    /// declared, and an Audit check stays one.
    List<Tightening> tightenings(Policy.Loaded policy, ConfiguredCheck check) {
        if (request.trigger() != Trigger.ADMISSION || check.mode() == Mode.AUDIT) {
            return List.of();
        }
        return policy.tightenings().stream()
                .filter(tightening -> tightening.check().equals(check.id()))
                .filter(tightening -> Stream.concat(Stream.of(situation), before.stream())
                        .anyMatch(each -> tightening.holds(each.service(), situation.at())))
                .toList();
    }

    boolean enforces(Policy.Loaded policy, ConfiguredCheck check) {
        return mode(check, tightenings(policy, check)) == Mode.ENFORCE;
    }

    /// Whether a policy that guards things of this kind in this namespace guards what is asked.
    private Match.Met meets(Match match) {
        return match.selects(request.workload(), request.old())
                ? match.conditions(request.workload().kind().groupVersionResource(), situation.bindings())
                : new Match.Met.No();
    }

    /// What it does that nobody knows whether a policy guards what is asked: what the strictest check would
    /// do that is asked and cannot be evaluated; on the way back as it is declared.
    Reason unmatched(Policy.Loaded policy, Match.Met.Unknown unknown) {
        Mode strictest = policy.checks().stream()
                .filter(check -> !check.check().aboutPromotion() || (asksAboutPromotion() && !wayBack))
                .map(check -> wayBack ? check.mode() : mode(check, tightenings(policy, check)))
                .min(Comparator.naturalOrder())
                .orElse(Mode.AUDIT);
        Effect effect = whenErrored(strictest);
        boolean present = live && effect == Effect.LEAVES_UNDECIDED;
        return new Reason(
                policy.ref().name(),
                "",
                strictest,
                present ? Effect.WARNS : effect,
                present ? Relief.ALREADY_PRESENT : Relief.NONE,
                Optional.empty(),
                new Violation(unknown.code(), "", unknown.cause()),
                Optional.of(policy.owner()),
                Optional.empty());
    }

    /// What came of a policy that guards what is asked, or of which nobody knows whether it does.
    ///
    /// @param open    checks that are still to be asked; none where that is not known, or it cannot be read
    /// @param reasons what those that were asked found
    record Answer(Policy policy, Match.Met met, List<Asked> open, List<Reason> reasons) {}

    /// Asks these policies; what came of it is in the order of their references. What enforces is asked before
    /// what warns, and what only records comes last, conditions and checks alike: all expressions of a request
    /// share one budget, and nothing takes from it before what does more.
    List<Answer> ask(List<Policy> policies) {
        List<Answer> answers = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            for (Policy policy : policies) {
                if (policy.strictest() == mode) {
                    Match.Met met = meets(policy.match());
                    if (!(met instanceof Match.Met.No)) {
                        answers.add(new Answer(policy, met, asked(policy, met), new ArrayList<>()));
                    }
                }
            }
            answers.forEach(answer -> askUpTo(mode, answer));
        }
        answers.sort(Comparator.comparing(answer -> answer.policy.ref()));
        return answers;
    }

    private void askUpTo(Mode mode, Answer answer) {
        for (Iterator<Asked> open = answer.open.iterator(); open.hasNext(); ) {
            Asked each = open.next();
            if (each.mode.compareTo(mode) <= 0) {
                answer.reasons.addAll(ask(each));
                open.remove();
            }
        }
    }

    private List<Asked> asked(Policy policy, Match.Met met) {
        List<Asked> asked = new ArrayList<>();
        if (policy instanceof Policy.Loaded loaded && met instanceof Match.Met.Yes) {
            for (ConfiguredCheck check : loaded.checks()) {
                if (!check.check().aboutPromotion() || asksAboutPromotion()) {
                    asked.add(asked(loaded, check));
                }
            }
        }
        return asked;
    }

    private Asked asked(Policy.Loaded policy, ConfiguredCheck check) {
        List<Tightening> tightenings = tightenings(policy, check);
        return new Asked(policy, check, mode(check, tightenings), tightenings);
    }

    private List<Reason> ask(Asked asked) {
        Check check = asked.check.check();
        Check strict = check.tightened(strictest(asked.tightenings));
        return switch (result(strict, request.workload(), situation)) {
            case CheckResult.Passed _ -> List.of();
            case CheckResult.Errored(String cause) -> List.of(errored(asked, new Violation("CheckErrored", "", cause)));
            case CheckResult.Failed(NonEmpty<Violation> violations) -> {
                List<Violation> declared =
                        strict.equals(check) ? violations.items() : violations(check, request.workload(), situation);
                List<Violation> present = templateUnchanged() && !strict.aboutChange()
                        ? violations(strict, request.old().get(), before.orElse(situation))
                        : List.of();
                yield violations.items().stream()
                        .map(violation -> violated(asked, violation, has(declared, violation), has(present, violation)))
                        .toList();
            }
        };
    }

    /// A check as it is asked now.
    record Asked(Policy.Loaded policy, ConfiguredCheck check, Mode mode, List<Tightening> tightenings) {}

    /// Neither of what is live, nor where the pod template stays as it is (law 9).
    private boolean asksAboutPromotion() {
        return request.trigger() == Trigger.ADMISSION && !templateUnchanged() && !live;
    }

    private boolean templateUnchanged() {
        return request.old().filter(request.workload()::sameTemplate).isPresent();
    }

    private Reason errored(Asked asked, Violation violation) {
        Effect declared = whenErrored(asked.check.mode());
        Effect effect = whenErrored(asked.mode);
        if (effect != Effect.LEAVES_UNDECIDED) {
            return reason(asked, violation, effect, Relief.NONE, false);
        }
        if (live) {
            return reason(asked, violation, Effect.WARNS, Relief.ALREADY_PRESENT, declared != effect);
        }
        boolean back = wayBack && (asked.check.check().aboutPromotion() || declared != effect);
        return back
                ? reason(asked, violation, Effect.WARNS, Relief.WAY_BACK, declared != effect)
                : reason(asked, violation, effect, Relief.NONE, declared != effect);
    }

    private Reason violated(Asked asked, Violation violation, boolean declared, boolean present) {
        Effect effect = whenViolated(asked.mode);
        boolean byFeedback = !declared || whenViolated(asked.check.mode()) != effect;
        if (effect != Effect.DENIES) {
            return reason(asked, violation, effect, Relief.NONE, byFeedback);
        }
        if (present || live) {
            return reason(asked, violation, Effect.WARNS, Relief.ALREADY_PRESENT, byFeedback);
        }
        if (wayBack && (byFeedback || asked.check.check().aboutPromotion())) {
            return reason(asked, violation, Effect.WARNS, Relief.WAY_BACK, byFeedback);
        }
        return reason(asked, violation, effect, Relief.NONE, byFeedback);
    }

    private Reason reason(Asked asked, Violation violation, Effect effect, Relief relief, boolean byFeedback) {
        Owner owner = asked.check.owner().orElse(asked.policy.owner());
        Optional<String> tightened = byFeedback && !asked.tightenings.isEmpty()
                ? Optional.of(TighteningText.of(asked.check, asked.tightenings, situation.at()))
                : Optional.empty();
        return new Reason(
                asked.policy.ref().name(),
                asked.check.id().value(),
                asked.mode,
                effect,
                relief,
                tightened,
                violation,
                Optional.of(owner),
                asked.check.remedy());
    }

    private static List<Violation> violations(Check check, Workload workload, Situation situation) {
        return switch (result(check, workload, situation)) {
            case CheckResult.Failed(NonEmpty<Violation> violations) -> violations.items();
            case CheckResult.Passed _, CheckResult.Errored _ -> List.of();
        };
    }

    /// The same violation, however its message counts.
    private static boolean has(List<Violation> violations, Violation wanted) {
        return violations.stream()
                .anyMatch(one -> one.code().equals(wanted.code())
                        && one.path().equals(wanted.path())
                        && (one.path().isEmpty() || one.message().equals(wanted.message())));
    }

    /// The one place where a bug in a check becomes an error of that check.
    private static CheckResult result(Check check, Workload workload, Situation situation) {
        try {
            return check.evaluate(workload, situation);
        } catch (RuntimeException bug) {
            return new CheckResult.Errored("the check failed: " + bug.getClass().getSimpleName());
        }
    }

    private static Mode mode(ConfiguredCheck check, List<Tightening> tightenings) {
        boolean raised = tightenings.stream()
                .anyMatch(tightening ->
                        tightening.mode().filter(Mode.ENFORCE::equals).isPresent());
        return raised ? Mode.ENFORCE : check.mode();
    }

    private static Map<String, Long> strictest(List<Tightening> tightenings) {
        Map<String, Long> least = new HashMap<>();
        tightenings.forEach(
                tightening -> tightening.thresholds().forEach((name, value) -> least.merge(name, value, Math::min)));
        return least;
    }

    private static Effect whenViolated(Mode mode) {
        return switch (mode) {
            case ENFORCE -> Effect.DENIES;
            case WARN -> Effect.WARNS;
            case AUDIT -> Effect.RECORDED;
        };
    }

    private static Effect whenErrored(Mode mode) {
        return switch (mode) {
            case ENFORCE -> Effect.LEAVES_UNDECIDED;
            case WARN -> Effect.WARNS;
            case AUDIT -> Effect.RECORDED;
        };
    }
}
