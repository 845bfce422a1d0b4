package dev.interlock.drift;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Who owns which field of a live object: its `metadata.managedFields`. A manager's name is what a client
/// calls itself: it helps to find who changed something, and is no proof of it.
public record Managers(List<ManagedFields> entries) {
    private static final Comparator<ManagedFields> NEWEST_FIRST = Comparator.comparing(
                    (ManagedFields entry) -> entry.at().orElse(Instant.MIN))
            .reversed();

    public static final Managers NONE = new Managers(List.of());

    /// Sorts the entries, the newest first.
    public Managers {
        entries = entries.stream().sorted(NEWEST_FIRST).toList();
    }

    /// The managers that own the path or anything below it, the newest first.
    List<String> of(FieldPath path) {
        return entries.stream()
                .filter(entry -> entry.owns(path))
                .map(ManagedFields::manager)
                .distinct()
                .toList();
    }

    /// Whether this object has managers and none of them owns the path or anything below it, as it is with
    /// what an API server fills in.
    boolean disown(FieldPath path) {
        return !entries.isEmpty() && of(path).isEmpty();
    }

    /// Who wrote last what stands at the path; empty where nobody owns it.
    Optional<String> newest(FieldPath path) {
        return of(path).stream().findFirst();
    }
}
