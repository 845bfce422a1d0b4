package dev.interlock.decision;

import dev.interlock.decision.Approvals.Approved;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The approvals of one object: each content and template once, however often it was approved, so that neither a
/// decision nor the next approval takes longer for what was approved a thousand times.
///
/// @param last       the place of the newest approval among those of the object; 0 without any
/// @param contents   digests of all contents
/// @param current    the template of the newest; empty where it is not known, or without any
/// @param running    contents that were approved since that template took its place
/// @param superseded when, at the latest, another template took the place of one
public record ApprovalHistory(
        long last,
        Set<String> contents,
        Optional<String> current,
        Set<String> running,
        Map<Version, Instant> superseded) {
    public static final ApprovalHistory NONE = new ApprovalHistory(0, Set.of(), Optional.empty(), Set.of(), Map.of());

    public ApprovalHistory {
        contents = Set.copyOf(contents);
        running = Set.copyOf(running);
        superseded = Map.copyOf(superseded);
    }

    /// Digests of a content and of its pod template, where it is known.
    public record Version(String content, Optional<String> template) {}

    /// This one and what was approved since.
    ///
    /// @param newer in any order, all behind [#last]
    public ApprovalHistory with(List<Approved> newer) {
        if (newer.isEmpty()) {
            return this;
        }
        Set<String> all = new HashSet<>(contents);
        Set<String> run = new HashSet<>(running);
        Map<Version, Instant> until = new HashMap<>(superseded);
        Optional<String> template = current;
        long place = last;
        for (Approved one :
                newer.stream().sorted(Comparator.comparingLong(Approved::order)).toList()) {
            if (!one.template().equals(template)) {
                for (String content : run) {
                    until.merge(new Version(content, template), one.at(), ApprovalHistory::later);
                }
                run.clear();
            }
            all.add(one.content());
            run.add(one.content());
            template = one.template();
            place = one.order();
        }
        return new ApprovalHistory(place, all, template, run, until);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /// What it comes to at a time.
    ///
    /// @param recalled digests of contents that would be denied now
    /// @param window   how long after it was superseded a template may be gone back to
    public Approvals at(Set<String> recalled, Instant now, Duration window) {
        Set<String> open = new HashSet<>();
        if (!recalled.containsAll(running)) {
            current.ifPresent(open::add);
        }
        superseded.forEach((version, at) -> {
            boolean recent = version.template().equals(current) || now.isBefore(at.plus(window));
            if (recent && !recalled.contains(version.content())) {
                version.template().ifPresent(open::add);
            }
        });
        return new Approvals(contents, open);
    }
}
