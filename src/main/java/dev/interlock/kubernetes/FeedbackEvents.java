package dev.interlock.kubernetes;

import dev.interlock.decision.DeliveryPath;
import dev.interlock.decision.Policy;
import dev.interlock.kubernetes.NamespaceEvents.Told;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.Stored;
import dev.interlock.ledger.TighteningEntry;
import dev.interlock.ledger.TighteningEntry.Effective;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What feedback tightens, and that a check is as declared again, becomes an Event in the namespaces that it is about.
public final class FeedbackEvents implements Projection {
    private static final Duration OLDEST = Duration.ofMinutes(10);

    private final NamespaceEvents events;
    private final Caches caches;
    private final InstantSource clock;
    private Optional<Map<String, List<Effective>>> known = Optional.empty();

    public FeedbackEvents(NamespaceEvents events, Caches caches, InstantSource clock) {
        this.events = events;
        this.caches = caches;
        this.clock = clock;
    }

    /// Whose promotions a check is stricter for.
    ///
    /// @param service empty for all that the policy guards
    private record About(String check, Optional<String> service) {
        static About of(Effective value) {
            return new About(value.check(), value.service());
        }
    }

    /// What is in force of one check, whatever brought it about.
    private record Value(About about, Optional<String> mode, Map<String, Long> thresholds) {
        static Value of(Effective value) {
            return new Value(About.of(value), value.mode(), value.thresholds());
        }
    }

    @Override
    public Set<String> kinds() {
        return Set.of("Tightening");
    }

    @Override
    public String suffix() {
        return "/feedback-events";
    }

    @Override
    public boolean fromTheBeginning() {
        return false;
    }

    @Override
    public boolean project(LedgerReader reader, Stored row) {
        if (!(row instanceof Stored.Tightened(long sequence, TighteningEntry entry))) {
            throw new IllegalStateException("no tightening: " + row);
        }
        Map<String, List<Effective>> inForce = known.orElseGet(() -> before(reader, sequence));
        known = Optional.of(inForce);
        List<Effective> before = Objects.requireNonNullElse(inForce.put(entry.uid(), entry.effective()), List.of());
        if (entry.at().isBefore(clock.instant().minus(OLDEST))) {
            return false;
        }
        Set<Value> values = before.stream().map(Value::of).collect(Collectors.toSet());
        entry.effective().stream()
                .filter(value -> !values.contains(Value.of(value)))
                .forEach(
                        value -> tell(entry, About.of(value), "FeedbackTightened", "Warning", tightened(entry, value)));
        Set<About> ended = before.stream().map(About::of).collect(Collectors.toCollection(HashSet::new));
        entry.effective().forEach(value -> ended.remove(About.of(value)));
        ended.forEach(about -> tell(entry, about, "FeedbackEnded", "Normal", ended(entry, about)));
        return true;
    }

    private static Map<String, List<Effective>> before(LedgerReader reader, long sequence) {
        Map<String, List<Effective>> inForce = new HashMap<>();
        reader.notes().forEach(note -> {
            if (note instanceof Stored.Tightened(long earlier, TighteningEntry entry) && earlier < sequence) {
                inForce.put(entry.uid(), entry.effective());
            }
        });
        return inForce;
    }

    private void tell(TighteningEntry entry, About about, String reason, String type, String note) {
        String name = "%s.%08x"
                .formatted(entry.id().substring(0, Math.min(32, entry.id().length())), (reason + note).hashCode());
        namespaces(entry, about)
                .forEach(namespace -> events.tell(new Told(
                        NamespaceEvents.reference(
                                "interlock.dev/v1alpha1", "PromotionPolicy", namespace, entry.policy(), entry.uid()),
                        name,
                        type,
                        reason,
                        "Tightened",
                        note,
                        entry.at())));
    }

    /// Where the service is promoted to (one without a path is a namespace); for all, what the policy guards.
    private Set<String> namespaces(TighteningEntry entry, About about) {
        if (about.service().isEmpty()) {
            return caches.policies().all().stream()
                    .filter(policy -> policy.ref().uid().equals(entry.uid()))
                    .map(Policy::match)
                    .flatMap(match -> caches.namespaces().all().entrySet().stream()
                            .filter(namespace -> match.matches(namespace.getValue()))
                            .map(Map.Entry::getKey))
                    .collect(Collectors.toSet());
        }
        String service = about.service().get();
        Set<String> listed = caches.paths().stream()
                .filter(path -> path.service().equals(service))
                .map(DeliveryPath::stages)
                .flatMap(List::stream)
                .flatMap(stage -> stage.namespaces().stream())
                .collect(Collectors.toSet());
        return listed.isEmpty() ? Set.of(service) : listed;
    }

    private static String whose(About about) {
        return about.service().map("for service "::concat).orElse("for all that it guards");
    }

    private static String tightened(TighteningEntry entry, Effective value) {
        String thresholds = new TreeMap<>(value.thresholds())
                .entrySet().stream()
                        .map(threshold -> " %s at most %d,".formatted(threshold.getKey(), threshold.getValue()))
                        .collect(Collectors.joining());
        return "check %s of policy %s is stricter %s:%s%s until %s, because of %s"
                .formatted(
                        value.check(),
                        entry.policy(),
                        whose(About.of(value)),
                        value.mode().map(" %s,"::formatted).orElse(""),
                        thresholds,
                        value.until(),
                        value.cause());
    }

    private static String ended(TighteningEntry entry, About about) {
        return "check %s of policy %s is as declared again %s".formatted(about.check(), entry.policy(), whose(about));
    }
}
