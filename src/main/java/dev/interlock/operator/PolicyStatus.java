package dev.interlock.operator;

import dev.interlock.api.v1alpha1.Condition;
import dev.interlock.api.v1alpha1.PromotionPolicyStatus;
import dev.interlock.decision.Match;
import dev.interlock.decision.Policy;
import dev.interlock.decision.Tightening;
import dev.interlock.kubernetes.GateState;
import dev.interlock.kubernetes.PolicyView;
import dev.interlock.kubernetes.TighteningMapping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A policy's status, computed from what was observed and nothing else.
final class PolicyStatus {
    static final String READY = "Ready";
    static final String MATCHED = "Matched";
    static final String DRIFT_WATCHED = "DriftWatched";
    static final String FEEDBACK = "Feedback";
    static final String EXPRESSIONS_TYPED = "ExpressionsTyped";
    static final String RESOURCES_ASKED = "ResourcesAsked";
    private static final int MOST_NAMES = 20;
    private static final String GATE_LABEL = "interlock.dev/gate";

    /// As the CRD bounds it.
    private static final int MAX_COLUMN = 253;

    private PolicyStatus() {}

    /// A live webhook process: who, and the generation of this policy that it decides by; 0 where it has none.
    record Replica(String name, long generation) {}

    /// @param gate       what the API server is told to ask
    /// @param namespaces labels by name, all that there are
    /// @param seen       what runtime shows
    /// @param asked      of the resources that it names beside workloads; empty where it names none
    /// @param typed      of its expressions; empty where it has none
    /// @param previous   whose conditions keep their time where nothing changed
    static PromotionPolicyStatus of(
            PolicyView view,
            GateState gate,
            Map<String, Map<String, String>> namespaces,
            List<Replica> replicas,
            Overview.Seen seen,
            Optional<Said> asked,
            Optional<Said> typed,
            @Nullable PromotionPolicyStatus previous,
            Instant now) {
        Policy policy = view.policy();
        Map<String, Map<String, String>> guarded = new TreeMap<>(namespaces.entrySet().stream()
                .filter(namespace -> policy.match().matches(namespace.getValue()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        Said ready = ready(policy, gate, asked, replicas);
        Said matched = matched(policy.match(), guarded);
        List<Condition> before = previous == null || previous.conditions() == null ? List.of() : previous.conditions();
        long generation = policy.ref().generation();
        List<Condition> conditions = new ArrayList<>(List.of(
                Said.condition(READY, ready, before, generation, now),
                Said.condition(MATCHED, matched, before, generation, now),
                Said.condition(DRIFT_WATCHED, watched(seen), before, generation, now),
                Said.condition(FEEDBACK, feedback(view, seen), before, generation, now)));
        asked.ifPresent(said -> conditions.add(Said.condition(RESOURCES_ASKED, said, before, generation, now)));
        typed.map(said -> stillTyped(said, before, generation))
                .ifPresent(said -> conditions.add(Said.condition(EXPRESSIONS_TYPED, said, before, generation, now)));
        return new PromotionPolicyStatus(
                generation,
                ready.status(),
                ready.message(),
                policy.match().stages().isEmpty()
                        ? "*"
                        : policy.match().stages().stream().sorted().collect(Collectors.joining(",")),
                guarded.size(),
                seen.looked().map(Overview.Looked::matched).orElse(null),
                conditions,
                seen.denied().orElse(null),
                seen.looked().map(looked -> looked.wouldDeny().size()).orElse(null),
                seen.looked()
                        .map(Overview.Looked::wouldDeny)
                        .filter(names -> !names.isEmpty())
                        .map(names -> names.stream().limit(MOST_NAMES).toList())
                        .orElse(null),
                seen.openDrift(),
                tightened(seen.effective(), now),
                seen.effective().isEmpty()
                        ? null
                        : seen.effective().stream().map(TighteningMapping::spec).toList());
    }

    private static Said ready(Policy policy, GateState gate, Optional<Said> asked, List<Replica> replicas) {
        long generation = policy.ref().generation();
        List<String> behind = replicas.stream()
                .filter(replica -> replica.generation() < generation)
                .map(Replica::name)
                .sorted()
                .toList();
        if (policy instanceof Policy.Unreadable unreadable) {
            return new Said(
                    "False",
                    "Unreadable",
                    "what it guards is undecided, because it cannot be read: " + unreadable.cause());
        }
        Optional<Said> open = open(gate);
        if (open.isPresent()) {
            return open.get();
        }
        Optional<Said> unasked = asked.filter(said -> said.reason().equals(OtherResources.NOT_ASKED));
        if (unasked.isPresent()) {
            return new Said("False", "ResourcesNotAsked", unasked.get().message());
        }
        if (replicas.isEmpty()) {
            return new Said("False", "NoWebhook", "no webhook process is running");
        }
        if (!behind.isEmpty()) {
            return new Said(
                    "False",
                    "WebhookBehind",
                    "%d of %d webhook processes do not decide by generation %d yet: %s"
                            .formatted(behind.size(), replicas.size(), generation, Said.listed(behind)));
        }
        return new Said(
                "True",
                "Enforced",
                "all %d webhook processes decide by generation %d".formatted(replicas.size(), generation));
    }

    /// What was said of this generation is said until the schemas are read, as after each start of the operator.
    private static Said stillTyped(Said said, List<Condition> before, long generation) {
        if (!said.equals(ExpressionTypes.BEING_READ)) {
            return said;
        }
        return before.stream()
                .filter(condition -> Objects.equals(condition.type(), EXPRESSIONS_TYPED)
                        && condition.observedGeneration() == generation)
                .findFirst()
                .map(condition -> new Said(condition.status(), condition.reason(), condition.message()))
                .orElse(said);
    }

    /// Why the API server does not ask what it should; empty where it does.
    private static Optional<Said> open(GateState gate) {
        return switch (gate) {
            case GateState.Whole _, GateState.Unknown _ -> Optional.empty();
            case GateState.Missing _ ->
                Optional.of(
                        new Said(
                                "False",
                                "NoGate",
                                "the ValidatingWebhookConfiguration `interlock` or an entry of it is missing: nothing is asked"));
            case GateState.WithoutAuthority _ ->
                Optional.of(new Said(
                        "False", "GateWithoutAuthority", "the gate has no caBundle yet: no webhook can be called"));
            case GateState.Narrowed(String detail) ->
                Optional.of(new Said(
                        "False",
                        "GateNarrowed",
                        "the ValidatingWebhookConfiguration `interlock` asks less than it was shipped to, in %s; apply the gate's manifest again"
                                .formatted(detail)));
        };
    }

    private static Said watched(Overview.Seen seen) {
        return seen.unknown()
                .map(cause -> new Said("Unknown", "Behind", "drift may be there that is not shown: " + cause))
                .orElseGet(() -> new Said("True", "Watched", "every change of a live object was looked at"));
    }

    private static Said feedback(PolicyView view, Overview.Seen seen) {
        if (view.problem().isPresent()) {
            return new Said(
                    "False",
                    "RuleUnreadable",
                    "left out, because it cannot be read: " + view.problem().get());
        }
        if (seen.leftOut() > 0) {
            return new Said(
                    "False",
                    "TooMany",
                    "%d more values are in force than a status has room for; those that end first are left out"
                            .formatted(seen.leftOut()));
        }
        return view.rules().isEmpty()
                ? new Said("True", "NoRule", "no feedback is declared")
                : new Said(
                        "True",
                        "InForce",
                        "%d values are tightened".formatted(seen.effective().size()));
    }

    /// For a column: `images-pinned to Enforce until 14:20 (3 drifts in 1h)`.
    private static @Nullable String tightened(List<Tightening> effective, Instant now) {
        if (effective.isEmpty()) {
            return null;
        }
        String all = effective.stream()
                .map(tightening -> tightening.shown(now))
                .distinct()
                .collect(Collectors.joining("; "));
        return all.codePointCount(0, all.length()) <= MAX_COLUMN
                ? all
                : all.substring(0, all.offsetByCodePoints(0, MAX_COLUMN - 1)) + "…";
    }

    private static Said matched(Match match, Map<String, Map<String, String>> guarded) {
        if (guarded.isEmpty()) {
            String wanted = match.stages().isEmpty()
                    ? "its namespaceSelector"
                    : "interlock.dev/stage in (%s)%s"
                            .formatted(
                                    match.stages().stream().sorted().collect(Collectors.joining(", ")),
                                    match.selector().labels().isEmpty()
                                                    && match.selector()
                                                            .requirements()
                                                            .isEmpty()
                                            ? ""
                                            : " and its namespaceSelector");
            return new Said("False", "NoNamespace", "no namespace matches " + wanted);
        }
        List<String> open = guarded.entrySet().stream()
                .filter(namespace -> !gated(namespace.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        return open.isEmpty()
                ? new Said("True", "Gated", "guards %d namespaces, all behind the gate".formatted(guarded.size()))
                : new Said(
                        "True",
                        "NotAllGated",
                        "guards %d namespaces, %d of them have no label %s=required or optional and are not asked about: %s"
                                .formatted(guarded.size(), open.size(), GATE_LABEL, Said.listed(open)));
    }

    private static boolean gated(Map<String, String> labels) {
        String gate = labels.getOrDefault(GATE_LABEL, "");
        return gate.equals("required") || gate.equals("optional");
    }
}
