package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView.Decided;
import dev.interlock.kubernetes.ClusterView.Drift;
import dev.interlock.kubernetes.ClusterView.Finding;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.workload.Owner;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// Tells [Why] in plain words.
final class Story {
    private final Why why;
    private final Instant now;
    private final StringBuilder text = new StringBuilder();

    Story(Why why, Instant now) {
        this.why = why;
        this.now = now;
    }

    String text() {
        text.setLength(0);
        line("%s (service %s%s)"
                .formatted(why.subject(), why.service(), why.stage().isEmpty() ? "" : ", stage " + why.stage()));
        why.live().flatMap(Live::controller).ifPresent(this::madeBy);
        if (why.live().isEmpty()) {
            line(
                    KindName.of(why.subject().kind()).isPresent()
                            ? "It does not exist now: it was never let in, or has been deleted."
                            : "Whether it exists now is not known: Interlock watches workloads only.");
        }
        why.decision().ifPresentOrElse(this::decision, this::noDecision);
        why.reassessed().ifPresent(this::reassessment);
        drift();
        owner();
        List<String> steps = new NextSteps(why).all();
        if (!steps.isEmpty()) {
            heading("What to do");
            steps.forEach(this::item);
        }
        return text.toString();
    }

    private void madeBy(String controller) {
        line("%s made it, so it is compared with what was approved for that: interlock why %s -n %s"
                .formatted(controller, controller, why.subject().namespace()));
    }

    private void noDecision() {
        heading("No decision");
        line(
                switch (why.gate()) {
                    case "none" ->
                        "Namespace %s is under no gate, so nothing in it is decided."
                                .formatted(why.subject().namespace());
                    case "unknown" -> "No decision about it is recorded.";
                    default ->
                        why.guarded()
                                ? "No decision about it is recorded: it was there before its namespace came under the gate, or the record has expired; the ledger keeps it longer."
                                : "No policy matches namespace %s, so nothing was asked."
                                        .formatted(why.subject().namespace());
                });
    }

    private void decision(Decided decided) {
        heading("Decision: %s".formatted(outcome(decided)));
        line("%s %s%s."
                .formatted(
                        Why.shadow(decided) ? "Looked at" : "Decided",
                        ago(decided.last()),
                        decided.times() > 1
                                ? ", the last of %d times since %s".formatted(decided.times(), decided.first())
                                : ""));
        if (!Why.shadow(decided)) {
            line("Asked by %s (%s).".formatted(decided.requester(), decided.operation()));
        }
        line(
                decided.policies().isEmpty()
                        ? "No policy matched."
                        : "%s asked, by policies %s."
                                .formatted(
                                        Plain.count(decided.checks(), "check"), String.join(", ", decided.policies())));
        findings(decided, "Denies", decided.admitted() && !Why.shadow(decided) ? "Would deny" : "Denied by");
        findings(decided, "LeavesUndecided", "Could not be evaluated");
        findings(decided, "Warns", "Warned of by");
        findings(decided, "Recorded", "Recorded only");
        if (decided.omitted() > 0) {
            item("%s more, in the ledger".formatted(Plain.count(decided.omitted(), "reason")));
        }
        line("Evidence: content sha256:%s, entry %s of ledger %s, record %s."
                .formatted(decided.content(), decided.entry(), decided.origin(), decided.name()));
        approval(decided);
        decided.amendment().ifPresent(amendment -> line("Answered otherwise once: %s.".formatted(amendment)));
    }

    private String outcome(Decided decided) {
        String word = decided.decision().toLowerCase(Locale.ROOT);
        if (decided.trigger().equals("Baseline")) {
            return "none asked for; it was there before the gate, and would be %s now".formatted(word);
        }
        if (Why.shadow(decided)) {
            return "it would be %s if it were asked for".formatted(word);
        }
        if (decided.decision().equals("Undecided")) {
            return "undecided, and %s".formatted(decided.admitted() ? "let in" : "refused");
        }
        return decided.decision().equals("Warned") ? "let in with a warning" : word;
    }

    private void findings(Decided decided, String effect, String title) {
        decided.findings().stream()
                .filter(finding -> finding.effect().equals(effect))
                .forEach(finding -> finding(finding, title));
    }

    private void finding(Finding finding, String title) {
        item("%s [%s/%s] (%s%s%s): %s: %s%s"
                .formatted(
                        title,
                        finding.policy(),
                        finding.check(),
                        finding.mode(),
                        finding.tightened().map(tightened -> ", " + tightened).orElse(""),
                        finding.relief().map(Story::relief).orElse(""),
                        finding.code(),
                        finding.message(),
                        finding.path().isEmpty() ? "" : " (at %s)".formatted(finding.path())));
    }

    private static String relief(String relief) {
        return switch (relief) {
            case "WayBack" -> ", relieved because it goes back to what was approved before";
            case "AlreadyPresent" -> ", relieved because the stored object had the same";
            default -> ", relieved: " + relief;
        };
    }

    private void approval(Decided decided) {
        if (decided.approves().orElse(false)) {
            line(
                    decided.recalled()
                            ? "It approves this content, which would be denied today: there is no way back to it."
                            : "It approves this content: drift is what differs from it.");
        } else if (decided.admitted() || Why.shadow(decided)) {
            line(
                    Why.shadow(decided)
                            ? "It approves nothing: only a promoter's request does."
                            : decided.approves().isPresent()
                                    ? "It approves nothing: %s is no promoter of this stage."
                                            .formatted(decided.requester())
                                    : "The record does not say whether it approves.");
        }
        decided.applied()
                .filter(Predicate.not("Persisted"::equals))
                .ifPresent(applied -> line(
                        applied.equals("NotPersisted")
                                ? "It was let in here, but never stored: something else refused it."
                                : "A retry was stored in its place."));
    }

    private void reassessment(Decided later) {
        line("Looked at again %s, after policies or paths changed: it would be %s if it were asked for now."
                .formatted(ago(later.last()), later.decision().toLowerCase(Locale.ROOT)));
        later.findings().forEach(finding -> finding(finding, "Found by"));
    }

    private void drift() {
        Optional<Drift> told = why.drift();
        if (told.isEmpty()) {
            heading("Drift: %s".formatted(noDrift()));
            return;
        }
        Drift drift = told.get();
        heading("Drift: %s".formatted(drift.open() ? drift.drift() : "resolved"));
        line("%s %s: %s.".formatted(drift.drift(), ago(drift.onset()), cause(drift)));
        drift.differences().forEach(difference -> item(DriftList.say(difference)));
        if (drift.omitted() > 0) {
            item("%s more, in the ledger".formatted(Plain.count(drift.omitted(), "difference")));
        }
        line("Changed by %s%s."
                .formatted(
                        drift.requester().orElse("somebody unknown: the change did not pass the gate"),
                        drift.manager().isEmpty() ? "" : ", through field manager " + drift.manager()));
        line("Evidence: event %s, approved sha256:%s in entry %s, observed sha256:%s in entry %s, ledger %s."
                .formatted(
                        drift.name(),
                        drift.approvedDigest().orElse("none"),
                        drift.approvedEntry().orElse("none"),
                        drift.observedDigest(),
                        drift.observedEntry().orElse("none"),
                        drift.origin()));
        drift.continues().ifPresent(before -> line("It continues %s.".formatted(before)));
        drift.how()
                .ifPresent(how -> line("Resolved%s: %s."
                        .formatted(
                                drift.resolvedAt().map(at -> " at " + at).orElse(""), how.toLowerCase(Locale.ROOT))));
    }

    private String noDrift() {
        if (why.live().isEmpty()) {
            return "none open";
        }
        if (!why.watched()) {
            return "unknown, because drift is not watched now; see the condition DriftWatched of the policies";
        }
        return why.approved() ? "none, it is as approved" : "none open, but nothing is approved for it either";
    }

    private static String cause(Drift drift) {
        return switch (drift.cause()) {
            case "Edit" -> "the gate let the change in, but no promoter asked for it";
            case "Undecided" -> "the change was let in undecided";
            case "Gap" ->
                "the gate was away when it came in"
                        + drift.gap().map(gap -> " (entry %s)".formatted(gap)).orElse("");
            case "ExemptIdentity" -> "an identity wrote it that the gate does not ask about";
            default -> drift.cause();
        };
    }

    private void owner() {
        Optional<Owner> owner = why.owner();
        heading("Owner: %s".formatted(owner.map(Plain::owner).orElse("nobody; no single DeliveryPath claims it")));
        why.decision().stream()
                .flatMap(decided -> decided.findings().stream())
                .flatMap(finding -> finding
                        .owner()
                        .map(asked -> "About [%s/%s] ask %s."
                                .formatted(finding.policy(), finding.check(), Plain.owner(asked)))
                        .stream())
                .distinct()
                .forEach(this::line);
    }

    private String ago(Instant at) {
        return "%s ago (%s)".formatted(Plain.age(at, now), at);
    }

    private void heading(String words) {
        text.append('\n').append(Plain.text(words)).append('\n');
    }

    private void line(String words) {
        text.append("  ").append(Plain.text(words)).append('\n');
    }

    private void item(String words) {
        text.append("  - ").append(Plain.text(words)).append('\n');
    }
}
