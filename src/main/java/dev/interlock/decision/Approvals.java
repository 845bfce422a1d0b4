package dev.interlock.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What was approved for one object, as far as a decision about it needs to know.
///
/// @param contents digests of the contents that are approved
/// @param wayBack  digests of the pod templates to which the way back is open (law 10)
public record Approvals(Set<String> contents, Set<String> wayBack) {
    public static final Approvals NONE = new Approvals(Set.of(), Set.of());

    public Approvals {
        contents = Set.copyOf(contents);
        wayBack = Set.copyOf(wayBack);
    }

    /// One approval.
    ///
    /// @param order    its place among the approvals of the object
    /// @param content  digest
    /// @param template digest; empty where it is not known
    public record Approved(long order, Instant at, String content, Optional<String> template) {}

    /// @param approved in any order
    /// @param recalled digests of contents that would be denied now
    /// @param window   how long after it was superseded a template may be gone back to
    public static Approvals of(List<Approved> approved, Set<String> recalled, Instant now, Duration window) {
        List<Approved> inOrder = approved.stream()
                .sorted(Comparator.comparingLong(Approved::order))
                .toList();
        Set<String> open = new HashSet<>();
        for (int i = 0; i < inOrder.size(); i++) {
            Approved one = inOrder.get(i);
            boolean current = one.template().equals(inOrder.getLast().template());
            boolean recent = current
                    || superseded(inOrder, i)
                            .map(at -> now.isBefore(at.plus(window)))
                            .orElse(true);
            if (recent && !recalled.contains(one.content())) {
                one.template().ifPresent(open::add);
            }
        }
        return new Approvals(inOrder.stream().map(Approved::content).collect(Collectors.toSet()), open);
    }

    /// When another template took its place.
    private static Optional<Instant> superseded(List<Approved> inOrder, int place) {
        return inOrder.stream()
                .skip(place + 1L)
                .filter(later -> !later.template().equals(inOrder.get(place).template()))
                .map(Approved::at)
                .findFirst();
    }
}
