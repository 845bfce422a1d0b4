package dev.interlock.decision;

import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.OtherKind;
import dev.interlock.workload.Stage;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All policies that there are. Which of them guard a resource in a namespace is found once for all
/// namespaces that are alike in the labels at which policies look, so that the others cost a request nothing, however
/// many namespaces there are. Immutable to whoever looks at it.
public final class Policies {
    /// More kinds of namespaces than this are not remembered at a time.
    private static final int MOST_KNOWN = 4096;

    public static final Policies NONE = new Policies(List.of());

    private final List<Policy> all;
    private final boolean askExpressions;
    private final Set<String> labels;
    private final Map<Where, List<Policy>> known = new ConcurrentHashMap<>();

    private record Where(Map<String, String> namespaceLabels, GroupVersionResource resource, Operation operation) {}

    /// @param policies in any order
    public Policies(List<Policy> policies) {
        this.all = policies.stream().sorted(Comparator.comparing(Policy::ref)).toList();
        this.askExpressions = all.stream().anyMatch(Policies::asksExpressions);
        this.labels = Stream.concat(
                        Stream.of(Stage.LABEL),
                        all.stream().flatMap(policy -> policy.match().selector().keys()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean asksExpressions(Policy policy) {
        if (!policy.match().conditions().isEmpty()) {
            return true;
        }
        return switch (policy) {
            case Policy.Loaded loaded ->
                loaded.checks().stream().anyMatch(check -> check.check().asksExpressions());
            case Policy.Unreadable _ -> false;
        };
    }

    /// Whether any of them has an expression, which may take long.
    public boolean askExpressions() {
        return askExpressions;
    }

    /// In the order of their references.
    public List<Policy> all() {
        return all;
    }

    /// Those at which a policy looks.
    private Map<String, String> looked(Map<String, String> namespaceLabels) {
        Map<String, String> looked = HashMap.newHashMap(namespaceLabels.size());
        namespaceLabels.forEach((key, value) -> {
            if (labels.contains(key)) {
                looked.put(key, value);
            }
        });
        return looked;
    }

    /// Those that guard something of the resource in such a namespace, in the order of their references.
    public List<Policy> guarding(
            Map<String, String> namespaceLabels, GroupVersionResource resource, Operation operation) {
        Where where = new Where(looked(namespaceLabels), resource, operation);
        List<Policy> found = known.get(where);
        if (found == null) {
            found = all.stream()
                    .filter(policy -> policy.match().matches(namespaceLabels, resource, operation))
                    .toList();
            if (known.size() >= MOST_KNOWN) {
                known.clear();
            }
            known.put(where, found);
        }
        return found;
    }

    /// Those that guard a Namespace with any of these labels, in the order of their references. It is found anew each
    /// time, because labels of an object are whatever somebody sends.
    List<Policy> guardingNamespace(List<Map<String, String>> labels, Operation operation) {
        return all.stream()
                .filter(policy ->
                        labels.stream().anyMatch(own -> policy.match().matches(own, OtherKind.NAMESPACES, operation)))
                .toList();
    }
}
