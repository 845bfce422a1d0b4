package dev.interlock.operator;

import dev.interlock.api.v1alpha1.Condition;
import dev.interlock.api.v1alpha1.PromotionPolicyStatus;
import dev.interlock.decision.Match;
import dev.interlock.decision.Policy;
import java.time.Instant;
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
    private static final String GATE_LABEL = "interlock.dev/gate";

    /// As the CRD bounds it.
    private static final int MAX_MESSAGE = 1_024;

    private PolicyStatus() {}

    /// A live webhook process: who, and the generation of this policy that it decides by; 0 where it has none.
    record Replica(String name, long generation) {}

    /// What the API server is told to ask.
    enum Gate {
        CLOSED,
        /// The configuration is there, but an entry has no `caBundle` yet, so that no call can succeed.
        WITHOUT_AUTHORITY,
        /// There is no configuration: nothing is asked.
        MISSING
    }

    /// @param namespaces labels by name, all that there are
    /// @param previous   whose conditions keep their time where nothing changed
    static PromotionPolicyStatus of(
            Policy policy,
            Gate gate,
            Map<String, Map<String, String>> namespaces,
            List<Replica> replicas,
            @Nullable PromotionPolicyStatus previous,
            Instant now) {
        Map<String, Map<String, String>> guarded = new TreeMap<>(namespaces.entrySet().stream()
                .filter(namespace -> policy.match().matches(namespace.getValue()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        Said ready = ready(policy, gate, replicas);
        Said matched = matched(policy.match(), guarded);
        List<Condition> before = previous == null || previous.conditions() == null ? List.of() : previous.conditions();
        long generation = policy.ref().generation();
        return new PromotionPolicyStatus(
                generation,
                ready.status(),
                ready.message(),
                policy.match().stages().isEmpty()
                        ? "*"
                        : policy.match().stages().stream().sorted().collect(Collectors.joining(",")),
                guarded.size(),
                List.of(
                        condition(READY, ready, before, generation, now),
                        condition(MATCHED, matched, before, generation, now)));
    }

    private record Said(String status, String reason, String message) {
        private Said {
            message = message.codePointCount(0, message.length()) <= MAX_MESSAGE
                    ? message
                    : message.substring(0, message.offsetByCodePoints(0, MAX_MESSAGE - 1)) + "…";
        }
    }

    private static Said ready(Policy policy, Gate gate, List<Replica> replicas) {
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
        if (gate == Gate.MISSING) {
            return new Said(
                    "False",
                    "NoGate",
                    "the ValidatingWebhookConfiguration `interlock` or an entry of it is missing: nothing is asked");
        }
        if (gate == Gate.WITHOUT_AUTHORITY) {
            return new Said("False", "GateWithoutAuthority", "the gate has no caBundle yet: no webhook can be called");
        }
        if (replicas.isEmpty()) {
            return new Said("False", "NoWebhook", "no webhook process is running");
        }
        if (!behind.isEmpty()) {
            return new Said(
                    "False",
                    "WebhookBehind",
                    "%d of %d webhook processes do not decide by generation %d yet: %s"
                            .formatted(behind.size(), replicas.size(), generation, listed(behind)));
        }
        return new Said(
                "True",
                "Enforced",
                "all %d webhook processes decide by generation %d".formatted(replicas.size(), generation));
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
                                .formatted(guarded.size(), open.size(), GATE_LABEL, listed(open)));
    }

    private static boolean gated(Map<String, String> labels) {
        String gate = labels.getOrDefault(GATE_LABEL, "");
        return gate.equals("required") || gate.equals("optional");
    }

    private static String listed(List<String> names) {
        String first = names.stream().limit(10).collect(Collectors.joining(", "));
        return names.size() <= 10 ? first : "%s and %d more".formatted(first, names.size() - 10);
    }

    /// Its time moves only when its status does.
    private static Condition condition(String type, Said said, List<Condition> before, long generation, Instant now) {
        Optional<Condition> same = before.stream()
                .filter(condition ->
                        Objects.equals(condition.type(), type) && Objects.equals(condition.status(), said.status()))
                .findFirst();
        return new Condition(
                type,
                said.status(),
                said.reason(),
                said.message(),
                same.map(Condition::lastTransitionTime)
                        .orElse(now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                                .toString()),
                generation);
    }
}
