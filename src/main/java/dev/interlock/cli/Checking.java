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
import dev.interlock.workload.ObjectKind;
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
    /// @param unsure   policies that choose namespaces by labels, where those of the namespace are not known
    /// @param guessed  whether it may be in no namespace
    record Checked(
            Manifest manifest,
            String namespace,
            Decision decision,
            List<String> notAsked,
            List<String> unsure,
            boolean guessed) {
        /// Whether who asks is a promoter of it.
        boolean byPromoter() {
            Decision.Basis basis = decision.basis();
            return basis.claim().promotes(basis.request().requester());
        }
    }

    /// @param ungoverned how many objects run nothing and are guarded by no policy
    record Result(List<Checked> checked, int ungoverned) {}

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
        for (Manifest manifest : manifests) {
            Optional<Checked> one = policies.kind(manifest)
                    .flatMap(kind -> of(manifest, governed -> {
                        String where = policies.namespace(kind, governed, namespace);
                        return check(governed, kind, where, Optional.ofNullable(namespaces.get(where)));
                    }));
            one.ifPresent(checked::add);
            progress.step();
        }
        return new Result(checked, manifests.size() - checked.size());
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

    private Optional<Checked> check(
            Manifest manifest, ObjectKind kind, String where, Optional<Map<String, String>> declared) {
        Map<String, String> labels = Offline.labels(where, declared.orElse(Map.of()));
        if (!where.isEmpty()) {
            stage.ifPresent(name -> labels.put(Stage.LABEL, name));
        }
        Manifest made = manifest.made(where);
        Request request = Offline.request(
                Trigger.GATE,
                made.ref(where),
                "",
                requester,
                Workload.of(kind, made.object()),
                Optional.empty(),
                false);
        Evidence evidence = Offline.evidence(policies, at, labels, Approvals.NONE, Map.of());
        return switch (Offline.evaluate(request, evidence)) {
            case Evaluation.Decided(Decision decision) ->
                Optional.of(new Checked(
                        manifest,
                        where,
                        decision,
                        notAsked(labels),
                        declared.isEmpty() && !where.isEmpty() ? byLabels() : List.of(),
                        policies.namespaceGuessed(kind, manifest)));
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

    private List<String> notAsked(Map<String, String> labels) {
        return policies.policies().stream()
                .filter(policy -> policy.match().matches(labels))
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
