package dev.interlock.kubernetes;

import dev.interlock.ledger.DriftEnd;
import dev.interlock.ledger.DriftEntry;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Drift becomes DriftEvents, with an Event of Kubernetes' own beside each, where `kubectl describe` of the
/// object shows it.
public record DriftProjection(KubernetesClient client, NamespaceEvents events) implements Projection {
    @Override
    public Set<String> kinds() {
        return Set.of("Drift", "DriftEnd");
    }

    @Override
    public String suffix() {
        return "/drift";
    }

    @Override
    public boolean project(LedgerReader reader, Stored row) {
        switch (row) {
            case Stored.Drifted drifted -> begin(reader, drifted.drift());
            case Stored.DriftEnded ended -> end(reader, ended.end());
            default -> throw new IllegalStateException("no drift: " + row);
        }
        return true;
    }

    /// What has ended since is not shown as open on the way to the row that says so.
    private void begin(LedgerReader reader, DriftEntry drift) {
        Projection.create(client, DriftMapping.event(drift));
        if (!reader.has("DriftEnd", drift.name())) {
            Projection.applyStatus(client, DriftMapping.open(drift));
        }
        if (drift.continues().isEmpty()) {
            tell(drift, drift.name(), "Warning", drift.drift(), note(drift), drift.onset());
        }
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
            tell(drift, drift.name() + ".resolved", "Normal", "DriftResolved", note, end.at());
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

    private void tell(DriftEntry drift, String name, String type, String reason, String note, Instant at) {
        var _ = events.tell(new NamespaceEvents.Told(
                NamespaceEvents.reference(drift.subject()), name, type, reason, "Compared", note, at));
    }
}
