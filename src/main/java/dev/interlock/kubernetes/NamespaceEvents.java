package dev.interlock.kubernetes;

import dev.interlock.ledger.DecisionEntry;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/// Events of Kubernetes' own (`events.k8s.io/v1`), where people look: in the namespace that they are about.
/// They are no evidence: the API server forgets them after an hour.
///
/// @param instance of the operator
public record NamespaceEvents(KubernetesClient client, String instance) {
    private static final System.Logger LOG = System.getLogger(NamespaceEvents.class.getName());
    private static final int CONFLICT = 409;

    /// Asking again would not help: no right, no namespace or Event, not as the API server wants it, too large.
    private static final Set<Integer> REFUSED = Set.of(400, 403, 404, 413, 422);

    /// Where the API server takes Events about what is in no namespace.
    private static final String NOWHERE = "default";

    private static final int LONGEST_NOTE = 1_000;
    private static final int LONGEST_INSTANCE = 128;
    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /// An object of a namespace as an Event names it.
    static ObjectReference reference(String apiVersion, String kind, String namespace, String name, String uid) {
        return new ObjectReferenceBuilder()
                .withApiVersion(apiVersion)
                .withKind(kind)
                .withNamespace(namespace.isEmpty() ? null : namespace)
                .withName(name)
                .withUid(uid.isEmpty() ? null : uid)
                .build();
    }

    static ObjectReference reference(DecisionEntry.Subject subject) {
        return reference(subject.apiVersion(), subject.kind(), subject.namespace(), subject.name(), subject.uid());
    }

    /// What an Event says.
    ///
    /// @param name   of the Event: the same happening has the same
    /// @param type   `Normal` or `Warning`
    /// @param reason UpperCamelCase, for machines
    /// @param action what Interlock did, UpperCamelCase
    record Told(
            ObjectReference regarding,
            String name,
            String type,
            String reason,
            String action,
            String note,
            Instant at) {}

    /// Tells it, once however often it is called. What the API server refuses is said in the log: evidence
    /// does not wait for an Event.
    ///
    /// @return whether it is there already
    /// @throws KubernetesClientException where the API server cannot be asked now
    boolean tell(Told told) {
        try {
            client.resource(event(told)).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                return true;
            }
            refused(told, e);
        }
        return false;
    }

    /// Says that what was told has happened so often by then.
    ///
    /// @param times at least 2
    /// @throws KubernetesClientException where the API server cannot be asked now
    void again(Told told, long times, Instant last) {
        try {
            client.resource(event(told))
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"series\":{\"count\":%d,\"lastObservedTime\":\"%s\"}}"
                                    .formatted(times, MICROSECONDS.format(last)));
        } catch (KubernetesClientException e) {
            refused(told, e);
        }
    }

    private static void refused(Told told, KubernetesClientException e) {
        if (!REFUSED.contains(e.getCode())) {
            throw e;
        }
        LOG.log(System.Logger.Level.INFO, "Event %s is not there: %s".formatted(told.name(), e.getMessage()));
    }

    private Event event(Told told) {
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(Objects.requireNonNullElse(told.regarding().getNamespace(), NOWHERE))
                .withName(told.name())
                .endMetadata()
                .withEventTime(new MicroTime(MICROSECONDS.format(told.at())))
                .withType(told.type())
                .withReason(told.reason())
                .withAction(told.action())
                .withNote(Text.cutBytes(told.note(), LONGEST_NOTE))
                .withReportingController("interlock.dev/operator")
                .withReportingInstance(Text.cut(instance, LONGEST_INSTANCE))
                .withRegarding(told.regarding())
                .build();
    }
}
