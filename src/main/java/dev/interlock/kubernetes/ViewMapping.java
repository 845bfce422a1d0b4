package dev.interlock.kubernetes;

import dev.interlock.api.v1alpha1.DecisionRecordSpec;
import dev.interlock.api.v1alpha1.DecisionRecordStatus;
import dev.interlock.api.v1alpha1.DifferenceSpec;
import dev.interlock.api.v1alpha1.DriftEventSpec;
import dev.interlock.api.v1alpha1.DriftEventStatus;
import dev.interlock.api.v1alpha1.OwnerSpec;
import dev.interlock.api.v1alpha1.ReasonSpec;
import dev.interlock.api.v1alpha1.SubjectSpec;
import dev.interlock.kubernetes.ClusterView.Decided;
import dev.interlock.kubernetes.ClusterView.Difference;
import dev.interlock.kubernetes.ClusterView.Drift;
import dev.interlock.kubernetes.ClusterView.Finding;
import dev.interlock.kubernetes.ClusterView.Guard;
import dev.interlock.kubernetes.ClusterView.Live;
import dev.interlock.kubernetes.ClusterView.Subject;
import dev.interlock.workload.ImageUse;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.Owner;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes the plain values of [ClusterView] from stored objects.
final class ViewMapping {
    private static final String WATCHED = "DriftWatched";

    private ViewMapping() {}

    static Guard guard(GenericKubernetesResource stored) {
        return new Guard(
                PolicyMapping.policy(stored),
                watched(stored.getAdditionalProperties().get("status")));
    }

    private static boolean watched(@Nullable Object status) {
        return status instanceof Map<?, ?> members
                && members.get("conditions") instanceof List<?> conditions
                && conditions.stream()
                        .anyMatch(condition -> condition instanceof Map<?, ?> said
                                && WATCHED.equals(said.get("type"))
                                && "True".equals(said.get("status")));
    }

    static Live live(WorkloadKind kind, GenericKubernetesResource stored) {
        Optional<OwnerReference> controller =
                Objects.requireNonNullElse(stored.getMetadata().getOwnerReferences(), List.<OwnerReference>of())
                        .stream()
                        .filter(reference -> Boolean.TRUE.equals(reference.getController()))
                        .findFirst();
        return new Live(
                kind,
                stored.getMetadata().getNamespace(),
                stored.getMetadata().getName(),
                stored.getMetadata().getUid(),
                Objects.requireNonNullElse(stored.getMetadata().getLabels(), Map.of()),
                controller.map(reference -> reference.getKind() + "/" + reference.getName()),
                controller.map(OwnerReference::getUid),
                images(kind, stored));
    }

    private static List<String> images(WorkloadKind kind, GenericKubernetesResource stored) {
        try {
            return ObjectMapping.workload(kind, stored).images().stream()
                    .map(ImageUse::image)
                    .toList();
        } catch (MalformedObject _) {
            return List.of();
        }
    }

    static Decided decided(GenericKubernetesResource stored) {
        DecisionRecordSpec spec = read(stored, "spec", DecisionRecordSpec.class).orElseThrow();
        Optional<DecisionRecordStatus> status = read(stored, "status", DecisionRecordStatus.class);
        Instant first = Instant.parse(spec.decidedAt());
        return new Decided(
                stored.getMetadata().getName(),
                newest(subject(stored, spec.subject()), status.map(DecisionRecordStatus::lastUid)),
                spec.decision(),
                spec.admitted(),
                text(spec.operation()),
                text(spec.stage()),
                items(spec.policies())
                        .map(policy -> policy.name() + "@" + policy.generation())
                        .toList(),
                spec.checks(),
                items(spec.reasons()).map(ViewMapping::finding).toList(),
                spec.reasonsOmitted(),
                text(spec.trigger()),
                text(spec.requester()),
                text(spec.contentDigest()),
                text(spec.entry()),
                text(spec.origin()),
                first,
                status.map(DecisionRecordStatus::lastDecidedAt)
                        .map(Instant::parse)
                        .orElse(first),
                status.map(DecisionRecordStatus::occurrences).orElse(1L),
                Optional.ofNullable(spec.approves()),
                Optional.ofNullable(spec.service()),
                owner(spec.owner()),
                status.map(DecisionRecordStatus::applied),
                status.map(DecisionRecordStatus::amendment),
                status.map(DecisionRecordStatus::recalled).orElse(false));
    }

    /// The subject as it was decided about last: equal decisions about an object that was made anew share one record.
    private static Subject newest(Subject subject, Optional<String> lastUid) {
        return lastUid.map(uid ->
                        new Subject(subject.kind(), subject.namespace(), subject.name(), uid, subject.subresource()))
                .orElse(subject);
    }

    private static Finding finding(ReasonSpec reason) {
        return new Finding(
                text(reason.policy()),
                text(reason.check()),
                text(reason.mode()),
                text(reason.effect()),
                text(reason.code()),
                text(reason.path()),
                text(reason.message()),
                Optional.ofNullable(reason.remedy()),
                owner(reason.owner()),
                Optional.ofNullable(reason.tightened()),
                Optional.ofNullable(reason.relief()));
    }

    static Drift drift(GenericKubernetesResource stored) {
        DriftEventSpec spec = read(stored, "spec", DriftEventSpec.class).orElseThrow();
        Optional<DriftEventStatus> status = read(stored, "status", DriftEventStatus.class);
        boolean resolved =
                status.map(DriftEventStatus::state).filter("Resolved"::equals).isPresent();
        return new Drift(
                stored.getMetadata().getName(),
                subject(stored, spec.subject()),
                spec.drift(),
                text(spec.cause()),
                text(spec.stage()),
                text(spec.service()),
                owner(spec.owner()),
                items(spec.differences()).map(ViewMapping::difference).toList(),
                spec.differencesOmitted(),
                text(spec.paths()),
                text(spec.manager()),
                Optional.ofNullable(spec.requester()),
                Instant.parse(spec.onset()),
                Optional.ofNullable(spec.continues()),
                Optional.ofNullable(spec.approvedDigest()),
                text(spec.observedDigest()),
                Optional.ofNullable(spec.approvedEntry()),
                Optional.ofNullable(spec.observedEntry()),
                Optional.ofNullable(spec.gap()),
                text(spec.origin()),
                resolved ? Optional.of(status.map(DriftEventStatus::how).orElse("Resolved")) : Optional.empty(),
                status.map(DriftEventStatus::resolvedAt));
    }

    private static Difference difference(DifferenceSpec difference) {
        return new Difference(
                text(difference.path()),
                Optional.ofNullable(difference.approved()),
                Optional.ofNullable(difference.observed()),
                text(difference.manager()));
    }

    private static Subject subject(GenericKubernetesResource stored, SubjectSpec subject) {
        return new Subject(
                text(subject.kind()),
                stored.getMetadata().getNamespace(),
                text(subject.name()),
                text(subject.uid()),
                text(subject.subresource()));
    }

    private static Optional<Owner> owner(@Nullable OwnerSpec owner) {
        return Optional.ofNullable(owner)
                .map(known -> new Owner(text(known.team()), text(known.contact()), text(known.escalation())));
    }

    private static <T> Optional<T> read(GenericKubernetesResource stored, String part, Class<T> type) {
        return Optional.ofNullable(stored.getAdditionalProperties().get(part))
                .map(value -> SpecReader.JSON.convertValue(value, type));
    }

    private static String text(@Nullable String text) {
        return Objects.requireNonNullElse(text, "");
    }

    private static <T> Stream<T> items(@Nullable List<T> list) {
        return list == null ? Stream.of() : list.stream().filter(Objects::nonNull);
    }
}
