package dev.interlock.kubernetes;

import dev.interlock.ledger.DecisionEntry;
import dev.interlock.ledger.DriftEnd;
import dev.interlock.ledger.DriftEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Drift becomes DriftEvents, with an Event of Kubernetes' own beside each, where `kubectl describe` of the
/// object shows it.
///
/// @param instance of the operator, for the Events
public record DriftProjection(KubernetesClient client, String instance) implements Projection {
    private static final int LONGEST_NOTE = 1_000;
    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    @Override
    public Set<String> kinds() {
        return Set.of("Drift", "DriftEnd");
    }

    @Override
    public String suffix() {
        return "/drift";
    }

    @Override
    public void project(LedgerReader reader, Stored row) {
        switch (row) {
            case Stored.Drifted drifted -> begin(reader, drifted.drift());
            case Stored.DriftEnded ended -> end(reader, ended.end());
            default -> throw new IllegalStateException("no drift: " + row);
        }
    }

    /// What has ended since is not shown as open on the way to the row that says so.
    private void begin(LedgerReader reader, DriftEntry drift) {
        Projection.create(client, DriftMapping.event(drift));
        if (!reader.has("DriftEnd", drift.name())) {
            Projection.applyStatus(client, DriftMapping.open(drift));
        }
        Projection.create(client, event(drift, drift.name(), "Warning", drift.drift(), note(drift), drift.onset()));
    }

    private void end(LedgerReader reader, DriftEnd end) {
        Optional<DriftEntry> begun = reader.drift(end.name());
        if (begun.isEmpty()) {
            return;
        }
        DriftEntry drift = begun.get();
        Projection.applyStatus(client, DriftMapping.resolved(drift, end));
        if (!end.how().equals("Superseded")) {
            String note = "%s: %s".formatted(end.how().toLowerCase(Locale.ROOT), end.name());
            Projection.create(
                    client, event(drift, drift.name() + ".resolved", "Normal", "DriftResolved", note, end.at()));
        }
    }

    private static String note(DriftEntry drift) {
        String paths = drift.differences().stream()
                .map(DriftEntry.Difference::path)
                .limit(5)
                .collect(Collectors.joining(", "));
        String by = drift.requester().orElse("an unknown requester");
        return drift.drift().equals("Bypassed")
                ? "no decision covers what is live, see driftevent %s".formatted(drift.name())
                : "differs from what was approved in %s, changed by %s, see driftevent %s"
                        .formatted(paths, by, drift.name());
    }

    private Event event(DriftEntry drift, String name, String type, String reason, String note, Instant at) {
        DecisionEntry.Subject subject = drift.subject();
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(subject.namespace())
                .withName(name)
                .endMetadata()
                .withEventTime(new MicroTime(MICROSECONDS.format(at)))
                .withType(type)
                .withReason(reason)
                .withAction("Compared")
                .withNote(Text.cut(note, LONGEST_NOTE))
                .withReportingController("interlock.dev/operator")
                .withReportingInstance(Text.cut(instance, 128))
                .withNewRegarding()
                .withApiVersion(subject.apiVersion())
                .withKind(subject.kind())
                .withNamespace(subject.namespace())
                .withName(subject.name())
                .withUid(subject.uid())
                .endRegarding()
                .build();
    }
}
