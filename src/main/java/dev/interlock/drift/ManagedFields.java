package dev.interlock.drift;

import dev.interlock.drift.FieldPath.Step;
import dev.interlock.workload.Canonical;
import dev.interlock.workload.Node;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One entry of an object's `metadata.managedFields`: who wrote which fields, as the API server keeps it.
///
/// @param operation   `Apply` or `Update`
/// @param subresource for example `status`; empty for the object itself
/// @param at          when it last wrote; empty in entries of very old API servers
/// @param fieldsV1    the set of fields: `f:` a member, `k:` an item by its key, `v:` an item by its value,
///                    `i:` an item by its position, `.` the field itself; an empty set is a field that is
///                    owned as a whole
public record ManagedFields(
        String manager, String operation, String subresource, Optional<Instant> at, Node.Obj fieldsV1) {

    /// Whether the entry owns the path, a whole that the path is part of, or anything below the path.
    boolean owns(FieldPath path) {
        return owns(fieldsV1, path.steps());
    }

    private static boolean owns(Node.Obj fields, List<Step> steps) {
        return steps.isEmpty()
                || names(steps.getFirst())
                        .map(name -> fields.members().get(name))
                        .flatMap(child -> child instanceof Node.Obj set ? Stream.of(set) : Stream.empty())
                        .anyMatch(set -> set.members().isEmpty() || owns(set, steps.subList(1, steps.size())));
    }

    private static Stream<String> names(Step step) {
        return switch (step) {
            case Step.Member(var name) -> Stream.of("f:" + name);
            case Step.Keyed(var key) -> Stream.of("k:" + Canonical.text(key));
            case Step.Indexed(int index, var item) -> Stream.of("i:" + index, "v:" + Canonical.text(item));
        };
    }
}
