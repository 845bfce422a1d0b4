package dev.interlock.cli;

import dev.interlock.kubernetes.ClusterView.Difference;
import dev.interlock.kubernetes.ClusterView.Drift;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Drift that is open, the oldest first.
record DriftList(List<Drift> events, Instant now) {
    DriftList {
        events = events.stream()
                .filter(Drift::open)
                .sorted(Comparator.comparing(Drift::onset).thenComparing(Drift::name))
                .toList();
    }

    /// `/spec/replicas: 2 → 3 (by kubectl-edit)`.
    static String say(Difference difference) {
        return "%s: %s → %s%s"
                .formatted(
                        difference.path(),
                        difference.approved().orElse("nothing"),
                        difference.observed().orElse("nothing"),
                        difference.manager().isEmpty() ? "" : " (by %s)".formatted(difference.manager()));
    }

    private static Stream<String> differences(Drift drift) {
        Stream<String> shown = drift.differences().stream().map(DriftList::say);
        return drift.omitted() == 0
                ? shown
                : Stream.concat(shown, Stream.of("%d more, in the ledger".formatted(drift.omitted())));
    }

    /// Rows with their differences below.
    String table() {
        if (events.isEmpty()) {
            return "no open drift\n";
        }
        List<String> lines =
                grid(drift -> Plain.age(drift.onset(), now)).table().lines().toList();
        StringBuilder text = new StringBuilder(lines.getFirst()).append('\n');
        for (int i = 0; i < events.size(); i++) {
            text.append(lines.get(i + 1)).append('\n');
            differences(events.get(i))
                    .forEach(
                            line -> text.append("    ").append(Plain.text(line)).append('\n'));
        }
        return text.toString();
    }

    private Grid grid(Function<Drift, String> since) {
        return new Grid(
                List.of("namespace", "class", "kind", "name", "service", "stage", "cause", "by", "since", "event"),
                events.stream()
                        .map(drift -> List.of(
                                drift.subject().namespace(),
                                drift.drift(),
                                drift.subject().kind(),
                                drift.subject().name(),
                                drift.service(),
                                drift.stage(),
                                drift.cause(),
                                drift.requester().orElse("unknown"),
                                since.apply(drift),
                                drift.name()))
                        .toList());
    }

    /// One line for each event; its differences in the last cell.
    String csv() {
        Grid plain = grid(drift -> drift.onset().toString());
        List<String> header =
                Stream.concat(plain.header().stream(), Stream.of("differences")).toList();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            rows.add(Stream.concat(
                            plain.rows().get(i).stream(),
                            Stream.of(differences(events.get(i)).collect(Collectors.joining("\n"))))
                    .toList());
        }
        return new Grid(header, rows).csv();
    }

    Map<String, Object> json(List<String> missing) {
        return Json.object("drifts", events.stream().map(DriftList::json).toList(), "missing", missing);
    }

    private static Map<String, Object> json(Drift drift) {
        return Json.object(
                "namespace", drift.subject().namespace(),
                "class", drift.drift(),
                "kind", drift.subject().kind(),
                "name", drift.subject().name(),
                "uid", drift.subject().uid(),
                "service", drift.service(),
                "stage", drift.stage(),
                "cause", drift.cause(),
                "requester", drift.requester(),
                "manager", drift.manager(),
                "onset", drift.onset().toString(),
                "event", drift.name(),
                "differences",
                        drift.differences().stream()
                                .map(difference -> Json.object(
                                        "path", difference.path(),
                                        "approved", difference.approved(),
                                        "observed", difference.observed(),
                                        "manager", difference.manager()))
                                .toList(),
                "differencesOmitted", drift.omitted());
    }
}
