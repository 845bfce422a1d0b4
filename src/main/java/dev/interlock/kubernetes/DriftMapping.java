package dev.interlock.kubernetes;

import dev.interlock.api.v1alpha1.DifferenceSpec;
import dev.interlock.api.v1alpha1.DriftEvent;
import dev.interlock.api.v1alpha1.DriftEventSpec;
import dev.interlock.api.v1alpha1.DriftEventStatus;
import dev.interlock.api.v1alpha1.OwnerSpec;
import dev.interlock.api.v1alpha1.SubjectSpec;
import dev.interlock.decision.DriftFact;
import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.DriftEnd;
import dev.interlock.ledger.DriftEntry;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A DriftEvent is made from the ledger's entry, and only from that. Texts are cut at the CRD's bounds; the ledger has
/// them whole.
final class DriftMapping {
    private static final int MOST_DIFFERENCES = 32;

    private DriftMapping() {}

    static DriftEvent event(DriftEntry entry) {
        DriftEvent event = named(entry.name(), entry.subject().namespace());
        event.getMetadata()
                .setLabels(Map.of("app.kubernetes.io/managed-by", "interlock", "interlock.dev/drift", entry.drift()));
        event.setSpec(spec(entry));
        return event;
    }

    /// Identity and status only: what a server-side apply of the status may hold.
    static DriftEvent open(DriftEntry entry) {
        DriftEvent event = named(entry.name(), entry.subject().namespace());
        event.setStatus(new DriftEventStatus("Open", null, null));
        return event;
    }

    /// Identity and status only.
    static DriftEvent resolved(DriftEntry entry, DriftEnd end) {
        DriftEvent event = named(entry.name(), entry.subject().namespace());
        event.setStatus(new DriftEventStatus("Resolved", end.how(), end.at().toString()));
        return event;
    }

    private static DriftEvent named(String name, String namespace) {
        DriftEvent event = new DriftEvent();
        event.getMetadata().setNamespace(namespace);
        event.getMetadata().setName(name);
        return event;
    }

    private static DriftEventSpec spec(DriftEntry entry) {
        List<DriftEntry.Difference> differences = entry.differences();
        return new DriftEventSpec(
                entry.drift(),
                subject(entry.subject()),
                entry.cause(),
                Text.cut(entry.stage().orElse(""), 63),
                Text.cut(entry.service(), 253),
                entry.owner().map(DriftMapping::owner).orElse(null),
                optional(entry.path(), 253),
                Text.cut(differences.stream().map(DriftEntry.Difference::path).collect(Collectors.joining(",")), 253),
                differences.isEmpty()
                        ? null
                        : differences.stream()
                                .limit(MOST_DIFFERENCES)
                                .map(DriftMapping::difference)
                                .toList(),
                Math.max(0, differences.size() - MOST_DIFFERENCES) + entry.omitted(),
                Text.cut(entry.manager(), 253),
                optional(entry.requester(), 253),
                entry.onset().toString(),
                optional(entry.continues(), 63),
                optional(entry.approved(), 64),
                Text.cut(entry.observed(), 64),
                optional(entry.approvedEntry(), 63),
                optional(entry.observedEntry(), 63),
                optional(entry.gap(), 63),
                Text.cut(entry.cluster(), 63),
                Text.cut(entry.origin(), 63));
    }

    private static SubjectSpec subject(DecisionEntry.Subject subject) {
        return new SubjectSpec(
                Text.cut(subject.apiVersion(), 317),
                Text.cut(subject.kind(), 63),
                Text.cut(subject.name(), 253),
                Text.cut(subject.uid(), 63),
                "");
    }

    static OwnerSpec owner(DecisionEntry.Owner owner) {
        return new OwnerSpec(
                Text.cut(owner.team(), 63), optional(owner.contact(), 128), optional(owner.escalation(), 128));
    }

    private static DifferenceSpec difference(DriftEntry.Difference difference) {
        return new DifferenceSpec(
                Text.cut(difference.path(), 512),
                optional(difference.approved(), 300),
                optional(difference.observed(), 300),
                Text.cut(difference.manager(), 253));
    }

    private static @Nullable String optional(Optional<String> text, int most) {
        return text.map(some -> Text.cut(some, most)).orElse(null);
    }

    /// What decisions need to know of a stored DriftEvent. Whatever cannot be read counts as open: it was drift once.
    static DriftFact fact(GenericKubernetesResource stored) {
        String created = stored.getMetadata().getCreationTimestamp();
        return new DriftFact(
                stored.getMetadata().getName(),
                text(stored, "spec", "service").orElse(stored.getMetadata().getNamespace()),
                instant(text(stored, "spec", "onset").orElse(created), created),
                !text(stored, "status", "state").equals(Optional.of("Resolved")),
                text(stored, "spec", "continues").isPresent());
    }

    private static Instant instant(String text, String otherwise) {
        try {
            return Instant.parse(text);
        } catch (RuntimeException _) {
            return Instant.parse(otherwise);
        }
    }

    private static Optional<String> text(GenericKubernetesResource stored, String part, String member) {
        return stored.getAdditionalProperties().get(part) instanceof Map<?, ?> members
                        && members.get(member) instanceof String text
                ? Optional.of(text)
                : Optional.empty();
    }
}
