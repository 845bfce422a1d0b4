package dev.interlock.cli;

import dev.interlock.decision.Approvals;
import dev.interlock.decision.Caller;
import dev.interlock.decision.DriftFact;
import dev.interlock.decision.Evaluation;
import dev.interlock.decision.Evaluator;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.Gate;
import dev.interlock.decision.Operation;
import dev.interlock.decision.Policies;
import dev.interlock.decision.Request;
import dev.interlock.decision.Requester;
import dev.interlock.decision.Trigger;
import dev.interlock.kubernetes.Manifest;
import dev.interlock.kubernetes.PolicySet;
import dev.interlock.workload.Content;
import dev.interlock.workload.Mask;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Workload;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The evaluator of the gate (law 1), asked about what is in files: what a cluster would add to a request and
/// to the evidence is made here, so that every command that needs none is told the same.
final class Offline {
    /// Of this run: a digest that a message shows tells nobody a value who has a list of values.
    private static final Mask MASK = new Mask(SecureRandom.getSeed(32));

    private static final Evaluator EVALUATOR = new Evaluator(MASK);

    private Offline() {}

    static Request request(
            Trigger trigger,
            ObjectRef subject,
            String subresource,
            Requester requester,
            Workload workload,
            Optional<Workload> old,
            boolean dryRun) {
        return new Request(
                "",
                trigger,
                Gate.REQUIRED,
                old.isPresent() ? Operation.UPDATE : Operation.CREATE,
                subject,
                subresource,
                requester,
                Caller.UNVERIFIED,
                workload,
                old,
                dryRun);
    }

    static Evidence evidence(
            PolicySet policies,
            Instant at,
            Map<String, String> namespaceLabels,
            Approvals approvals,
            Map<String, List<DriftFact>> drift) {
        return new Evidence(
                "",
                at,
                Optional.of(namespaceLabels),
                new Policies(policies.policies()),
                policies.paths(),
                approvals,
                drift,
                Optional.empty());
    }

    /// The labels of a namespace, with the one that the API server gives to each; none where there is no
    /// namespace.
    static Map<String, String> labels(String namespace, Map<String, String> declared) {
        if (namespace.isEmpty()) {
            return new HashMap<>();
        }
        Map<String, String> labels = new HashMap<>(declared);
        labels.put(Manifest.NAMESPACE_NAME, namespace);
        return labels;
    }

    static Content content(Workload workload) {
        return Content.of(workload, MASK);
    }

    /// @throws dev.interlock.workload.MalformedObject where the workload is not shaped as its kind prescribes
    static Evaluation evaluate(Request request, Evidence evidence) {
        return EVALUATOR.evaluate(request, evidence);
    }
}
