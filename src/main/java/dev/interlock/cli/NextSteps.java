package dev.interlock.cli;

import dev.interlock.decision.Claim;
import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.DeliveryPath.PathStage;
import dev.interlock.kubernetes.ClusterView.Decided;
import dev.interlock.kubernetes.ClusterView.Finding;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.workload.Owner;
import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a person can do about what [Why] says.
record NextSteps(Why why) {
    List<String> all() {
        List<String> steps = new ArrayList<>();
        if (why.refused()) {
            why.decision().ifPresent(decided -> afterRefusal(decided, steps));
        } else if (why.decision()
                .filter(decided -> decided.decision().equals("Warned"))
                .isPresent()) {
            why.decision().ifPresent(decided -> mend(decided, "Warns", steps));
        }
        if (why.drifted()) {
            afterDrift(steps);
        } else if (why.live().isPresent() && why.watched() && !why.approved() && !why.refused()) {
            steps.add("have %s apply its manifest once, as it should be: that approves it".formatted(promoter()));
        }
        if (steps.isEmpty()) {
            return List.of();
        }
        if (why.owner().isPresent()) {
            steps.add("ask %s".formatted(Plain.owner(why.owner().get())));
        }
        return List.copyOf(steps);
    }

    private void afterRefusal(Decided decided, List<String> steps) {
        mend(decided, "Denies", steps);
        if (decided.findings().stream().anyMatch(finding -> finding.effect().equals("LeavesUndecided"))) {
            steps.add("ask the policy's owner to mend what could not be evaluated, then apply again");
        }
        decided.findings().stream()
                .filter(finding -> finding.tightened().isPresent())
                .map(finding ->
                        "wait until the tightening ends, or end it: interlock feedback release %s %s%s --reason \"…\""
                                .formatted(finding.policy(), finding.check(), service()))
                .distinct()
                .forEach(steps::add);
    }

    private String service() {
        return why.service().equals("unknown") ? "" : " --service " + why.service();
    }

    private static void mend(Decided decided, String effect, List<String> steps) {
        decided.findings().stream()
                .filter(finding -> finding.effect().equals(effect))
                .map(NextSteps::remedy)
                .distinct()
                .forEach(steps::add);
    }

    private static String remedy(Finding finding) {
        return finding.remedy()
                .orElseGet(() -> "mend what [%s/%s] says, then apply again; ask %s where it is not clear"
                        .formatted(
                                finding.policy(),
                                finding.check(),
                                finding.owner().map(Owner::toString).orElse("the policy's owner")));
    }

    private void afterDrift(List<String> steps) {
        String namespace = why.subject().namespace();
        boolean bypassed =
                why.drift().filter(event -> event.drift().equals("Bypassed")).isPresent();
        if (bypassed) {
            steps.add("to keep it: have %s apply its manifest, which decides and approves it".formatted(promoter()));
            steps.add("to be rid of it: kubectl delete %s %s -n %s"
                    .formatted(kind(), why.subject().name(), namespace));
            return;
        }
        steps.add("to go back: kubectl apply -f the manifest that was approved, or let the pipeline do so");
        if (why.live()
                .map(Live::kind)
                .filter(kind -> kind == WorkloadKind.DEPLOYMENT
                        || kind == WorkloadKind.STATEFUL_SET
                        || kind == WorkloadKind.DAEMON_SET)
                .isPresent()) {
            steps.add("where its pod template was changed: kubectl rollout undo %s/%s -n %s"
                    .formatted(kind(), why.subject().name(), namespace));
        }
        steps.add("to keep the change: have %s apply what is live, which approves it unless a check denies it"
                .formatted(promoter()));
    }

    private String kind() {
        return why.live()
                .map(Live::kind)
                .map(KindName::shortName)
                .orElse(why.subject().kind().toLowerCase(Locale.ROOT));
    }

    private String promoter() {
        if (why.claim().isPresent()) {
            return switch (why.claim().get()) {
                case Claim.Owned(DeliveryPath _, PathStage stage) -> promoters(stage);
                case Claim.Unlisted _ -> "anybody who may";
                case Claim.Orphaned _, Claim.Contested _, Claim.Misplaced _ ->
                    "a promoter (there is none until exactly one DeliveryPath claims it; see interlock owners)";
            };
        }
        return "a promoter";
    }

    private static String promoters(PathStage stage) {
        List<String> names = Stream.concat(
                        stage.promoters().users().stream().sorted(),
                        stage.promoters().groups().stream().sorted().map(group -> "group " + group))
                .toList();
        String shown = names.stream().limit(3).collect(Collectors.joining(", "));
        return "a promoter (%s%s)".formatted(shown, names.size() > 3 ? ", …" : "");
    }
}
