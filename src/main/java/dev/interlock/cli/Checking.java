package dev.interlock.cli;

import dev.interlock.decision.Approvals;
import dev.interlock.decision.Decision;
import dev.interlock.decision.Evaluation;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Policy;
import dev.interlock.decision.Request;
import dev.interlock.decision.Requester;
import dev.interlock.decision.Trigger;
import dev.interlock.kubernetes.Manifest;
import dev.interlock.kubernetes.PolicySet;
import dev.interlock.workload.Content;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Stage;
import dev.interlock.workload.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Asks the evaluator of the gate about manifests, without a cluster: each governed object as if it was
/// created.
final class Checking {
    /// What came of one object.
    ///
    /// @param notAsked checks, as `policy/check`, for which only a cluster has the evidence
    record Checked(Manifest manifest, Placed placed, Decision decision, List<String> notAsked) {
        String namespace() {
            return placed.namespace();
        }

        /// Whether who asks is a promoter of it.
        boolean byPromoter() {
            Decision.Basis basis = decision.basis();
            return basis.claim().promotes(basis.request().requester());
        }
    }

    /// Where an object of a kind that can be governed is.
    ///
    /// @param namespace empty where it is in none
    /// @param guarded   whether a policy guards objects of its resource there
    /// @param unsure    policies that choose namespaces by labels, where those of the namespace are not known
    /// @param guessed   whether it may be in no namespace
    record Placed(String kind, String namespace, boolean guarded, List<String> unsure, boolean guessed) {}

    /// @param placed     all of a kind that can be governed
    /// @param ungoverned how many objects run nothing and are guarded by no policy
    record Result(List<Checked> checked, List<Placed> placed, int ungoverned) {}

    private final PolicySet policies;
    private final String namespace;
    private final Optional<String> stage;
    private final Requester requester;
    private final Instant at;

    /// @param namespace of objects that name none
    /// @param stage     of every namespace; empty: what manifests of namespaces say
    Checking(PolicySet policies, String namespace, Optional<String> stage, Requester requester, Instant at) {
        this.policies = policies;
        this.namespace = namespace;
        this.stage = stage;
        this.requester = requester;
        this.at = at;
    }

    /// @param progress of all manifests
    Result check(List<Manifest> manifests, Progress progress) {
        Map<String, Map<String, String>> namespaces = new HashMap<>();
        for (Manifest manifest : manifests) {
            if (manifest.apiVersion().equals("v1") && manifest.kind().equals("Namespace")) {
                namespaces.put(
                        of(manifest, Manifest::name), of(manifest, namespace -> Content.labels(namespace.object())));
            }
        }
        List<Checked> checked = new ArrayList<>();
        List<Placed> placed = new ArrayList<>();
        for (Manifest manifest : manifests) {
            policies.kind(manifest)
                    .ifPresent(kind -> of(manifest, governed -> {
                        String where = policies.namespace(kind, governed, namespace);
                        Optional<Map<String, String>> declared = Optional.ofNullable(namespaces.get(where));
                        Manifest made = governed.made(where);
                        Workload workload = Workload.of(kind, made.object());
                        Map<String, String> labels = labels(where, declared);
                        Placed place = new Placed(
                                governed.kind(),
                                where,
                                guarded(workload, labels),
                                declared.isEmpty() && !where.isEmpty() ? byLabels() : List.of(),
                                policies.namespaceGuessed(kind, governed));
                        placed.add(place);
                        decide(made.ref(where), workload, labels)
                                .map(decision -> new Checked(governed, place, decision, notAsked(decision)))
                                .ifPresent(checked::add);
                        return place;
                    }));
            progress.step();
        }
        return new Result(checked, placed, manifests.size() - checked.size());
    }

    private Map<String, String> labels(String where, Optional<Map<String, String>> declared) {
        Map<String, String> labels = Offline.labels(where, declared.orElse(Map.of()));
        if (!where.isEmpty()) {
            stage.ifPresent(name -> labels.put(Stage.LABEL, name));
        }
        return labels;
    }

    /// Whether a policy guards objects of that resource there; of namespaces, by their own labels.
    private boolean guarded(Workload workload, Map<String, String> labels) {
        return policies.policies().stream()
                .map(Policy::match)
                .anyMatch(match -> match.guards(workload.kind().groupVersionResource())
                        && match.matches(workload.namespaceLabels(labels)));
    }

    /// What is made of a manifest, in which something may be of the wrong type.
    static <T> T of(Manifest manifest, Function<Manifest, T> what) {
        try {
            return what.apply(manifest);
        } catch (MalformedObject e) {
            throw new Problem(
                    ExitCode.USAGE,
                    "%s:%d: %s in this %s"
                            .formatted(manifest.file(), manifest.line(), e.getMessage(), manifest.kind()));
        }
    }

    /// Empty where there is nothing to decide.
    private Optional<Decision> decide(ObjectRef subject, Workload workload, Map<String, String> labels) {
        Request request = Offline.request(Trigger.GATE, subject, "", requester, workload, Optional.empty(), false);
        Evidence evidence = Offline.evidence(policies, at, labels, Approvals.NONE, Map.of());
        return switch (Offline.evaluate(request, evidence)) {
            case Evaluation.Decided(Decision decision) -> Optional.of(decision);
            case Evaluation.NotGoverned _ -> Optional.empty();
            case Evaluation.Unchanged _ -> throw new IllegalStateException("a create changes something");
        };
    }

    private List<String> byLabels() {
        return policies.policies().stream()
                .filter(policy -> !policy.match().selector().equals(LabelSelector.EVERYTHING))
                .map(policy -> policy.ref().name())
                .sorted()
                .toList();
    }

    private List<String> notAsked(Decision decision) {
        return policies.policies().stream()
                .filter(policy -> decision.basis().policies().contains(policy.ref()))
                .flatMap(policy -> policy instanceof Policy.Loaded loaded
                        ? loaded.checks().stream()
                                .filter(check -> check.check().aboutPromotion())
                                .map(check ->
                                        loaded.ref().name() + "/" + check.id().value())
                        : Stream.empty())
                .sorted()
                .toList();
    }
}
