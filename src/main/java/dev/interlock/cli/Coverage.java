package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView.GateEntry;
import dev.interlock.kubernetes.ClusterView.Served;
import dev.interlock.kubernetes.ClusterView.Shape;
import dev.interlock.workload.WorkloadKind;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What can be written through an API server, and whether the gate is asked about it.
///
/// @param rows by their standing, then by name
record Coverage(List<Row> rows) {
    /// Hold pod templates in a way that no schema says.
    private static final Map<String, String> RAW = Map.of(
            "controllerrevisions.apps", "holds pod templates as raw data, from which StatefulSets make their Pods");

    Coverage {
        rows = List.copyOf(rows);
    }

    /// @param resource as `kubectl` names it, with its subresource: `deployments.apps/scale`
    /// @param asked    operations that are asked about wherever there is a gate
    record Row(String resource, Set<String> asked, Standing standing, String why) {}

    /// How a resource stands to the gate. Those that somebody should look at come first.
    enum Standing {
        /// Holds what is run, or is part of what is governed, and nobody is asked about it.
        UNGOVERNED("Ungoverned"),
        /// Asked about, but not in every operation, or not under every gate.
        PARTLY("Partly"),
        /// Nobody is asked about it, and whether it holds what is run cannot be known.
        UNKNOWN("Unknown"),
        COVERED("Covered"),
        NEVER_HELD("NeverHeld"),
        /// Holds nothing that is run, and no policy names it.
        OUTSIDE("Outside");

        private final String word;

        Standing(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        /// In a sentence.
        String words() {
            return word.replaceAll("(?<=[a-z])([A-Z])", " $1").toLowerCase(Locale.ROOT);
        }

        boolean worthALook() {
            return compareTo(COVERED) < 0;
        }
    }

    /// @param shapes what objects of a resource may hold, in one of its versions; empty where it is not known
    static Coverage of(List<GateEntry> entries, List<Served> served, Function<Served, Optional<Shape>> shapes) {
        Map<String, List<Served>> versions = served.stream()
                .filter(each -> !Asking.operations(List.of(each)).isEmpty())
                .collect(Collectors.groupingBy(Coverage::name, LinkedHashMap::new, Collectors.toList()));
        return new Coverage(versions.entrySet().stream()
                .map(each -> row(each.getKey(), new Asking(entries, each.getValue()), entries, shapes))
                .sorted(Comparator.comparing(Row::standing).thenComparing(Row::resource))
                .toList());
    }

    private static Row row(
            String name, Asking asking, List<GateEntry> entries, Function<Served, Optional<Shape>> shapes) {
        Served served = asking.versions().getFirst();
        Optional<String> exempt = NeverHeld.exemption(served);
        if (exempt.isPresent()) {
            return new Row(name, Set.of(), Standing.NEVER_HELD, exempt.get());
        }
        Set<String> everywhere = asking.everywhere();
        if (everywhere.containsAll(asking.operations())) {
            return new Row(name, everywhere, Standing.COVERED, "");
        }
        Optional<String> never = NeverHeld.reason(served);
        if (never.isPresent()) {
            return new Row(name, everywhere, Standing.NEVER_HELD, never.get());
        }
        if (asking.somewhere()) {
            return new Row(name, everywhere, Standing.PARTLY, asking.left());
        }
        Found found = served.subresource().isEmpty()
                ? held(asking, shapes)
                : part(served, asking.versions().stream().anyMatch(version -> governed(entries, version)));
        return new Row(name, everywhere, found.standing(), found.why());
    }

    private record Found(Standing standing, String why) {}

    private static Found held(Asking asking, Function<Served, Optional<Shape>> shapes) {
        Served served = asking.versions().getFirst();
        if (workload(served)) {
            return new Found(Standing.UNGOVERNED, asking.left());
        }
        String raw = RAW.get(name(served));
        if (raw != null) {
            return new Found(Standing.UNGOVERNED, "%s; %s".formatted(raw, asking.left()));
        }
        List<Optional<Shape>> found = asking.versions().stream().map(shapes).toList();
        for (Optional<Shape> shape : found) {
            if (shape.orElse(null) instanceof Shape.Template(String path)) {
                return new Found(Standing.UNGOVERNED, "holds containers%s; %s".formatted(at(path), asking.left()));
            }
        }
        for (Optional<Shape> shape : found) {
            if (shape.isEmpty()) {
                return new Found(Standing.UNKNOWN, "its schema is not published; " + asking.left());
            }
            if (shape.get() instanceof Shape.Open(String path)) {
                return new Found(Standing.UNKNOWN, "may hold anything%s; %s".formatted(at(path), asking.left()));
            }
        }
        return new Found(Standing.OUTSIDE, "holds no containers, and no policy names it");
    }

    private static String at(String path) {
        return path.isEmpty() ? "" : " at `%s`".formatted(path);
    }

    private static Found part(Served served, boolean governed) {
        return governed
                ? new Found(
                        Standing.UNGOVERNED,
                        "another way to change %s; no rule asks about it".formatted(served.resource()))
                : new Found(Standing.OUTSIDE, "part of %s, which is not governed".formatted(served.resource()));
    }

    /// Whether the gate is there for a resource, of which this is a part.
    private static boolean governed(List<GateEntry> entries, Served part) {
        Served whole = new Served(
                part.group(),
                part.version(),
                part.resource(),
                "",
                part.kind(),
                part.namespaced(),
                Set.of("create", "update"));
        return workload(whole) || new Asking(entries, List.of(whole)).somewhere();
    }

    private static boolean workload(Served served) {
        return Arrays.stream(WorkloadKind.values())
                .map(WorkloadKind::shortResource)
                .anyMatch(name(served)::equals);
    }

    private static String name(Served served) {
        return served.resource()
                + (served.group().isEmpty() ? "" : "." + served.group())
                + (served.subresource().isEmpty() ? "" : "/" + served.subresource());
    }

    long count(Standing standing) {
        return rows.stream().filter(row -> row.standing() == standing).count();
    }
}
