package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView.GateEntry;
import dev.interlock.kubernetes.ClusterView.Served;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Who asks about one resource.
///
/// @param versions in which it is served
record Asking(List<GateEntry> entries, List<Served> versions) {
    Asking {
        entries = List.copyOf(entries);
        versions = List.copyOf(versions);
    }

    Set<String> operations() {
        return operations(versions);
    }

    /// Those of a resource without a namespace are asked by entries for any gate: no label keeps them from it.
    private List<Set<String>> gates() {
        return versions.getFirst().namespaced()
                ? GateEntry.GATES.stream().sorted().map(Set::of).toList()
                : List.of(GateEntry.GATES);
    }

    private Stream<GateEntry> asking(Set<String> gates, String operation) {
        return entries.stream()
                .filter(entry -> entry.gates().stream().anyMatch(gates::contains))
                .filter(entry -> asks(entry, operation));
    }

    private boolean asks(GateEntry entry, String operation) {
        return entry.equivalent()
                ? versions.stream().anyMatch(version -> asks(entry, version, operation))
                : versions.stream().allMatch(version -> asks(entry, version, operation));
    }

    private static boolean asks(GateEntry entry, Served served, String operation) {
        return entry.rules().stream()
                .anyMatch(rule ->
                        rule.asks(served.group(), served.version(), path(served), served.namespaced(), operation));
    }

    private boolean flawless(Set<String> gates, String operation) {
        return asking(gates, operation).anyMatch(entry -> entry.flaw().isEmpty());
    }

    Set<String> everywhere() {
        return operations().stream()
                .filter(operation -> gates().stream().allMatch(gate -> flawless(gate, operation)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    boolean somewhere() {
        return operations().stream()
                .anyMatch(operation -> gates().stream()
                        .anyMatch(gate -> asking(gate, operation).findAny().isPresent()));
    }

    /// Why it is not asked about, and where that is so if it is not so everywhere.
    String left() {
        Map<String, List<String>> causes = new TreeMap<>();
        for (String operation : operations()) {
            for (Set<String> gate : gates()) {
                if (!flawless(gate, operation)) {
                    causes.computeIfAbsent(cause(gate, operation), _ -> new ArrayList<>())
                            .add(
                                    gate.size() > 1
                                            ? operation
                                            : "%s under gate %s".formatted(operation, String.join("", gate)));
                }
            }
        }
        int everywhere = operations().size() * gates().size();
        return causes.entrySet().stream()
                .map(each -> each.getValue().size() == everywhere
                        ? each.getKey()
                        : "%s: %s".formatted(each.getKey(), String.join(", ", each.getValue())))
                .collect(Collectors.joining("; "));
    }

    private String cause(Set<String> gate, String operation) {
        return asking(gate, operation)
                .findFirst()
                .flatMap(GateEntry::flaw)
                .map("the entry that asks has "::concat)
                .orElse("no rule asks about it");
    }

    /// The operations of admission by which it can be written, deletions left out. What takes options instead
    /// of an object is a connection.
    static Set<String> operations(List<Served> versions) {
        Set<String> operations = new TreeSet<>();
        for (Served served : versions) {
            boolean connection =
                    !served.subresource().isEmpty() && served.kind().endsWith("Options");
            for (String verb : served.verbs()) {
                switch (verb) {
                    case "create" -> operations.add(connection ? "CONNECT" : "CREATE");
                    case "update", "patch" -> operations.add(connection ? "CONNECT" : "UPDATE");
                    default -> {}
                }
            }
        }
        return operations;
    }

    /// As rules name it: `deployments/scale`.
    static String path(Served served) {
        return served.resource() + (served.subresource().isEmpty() ? "" : "/" + served.subresource());
    }
}
