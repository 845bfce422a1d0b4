package dev.interlock.cli;

import dev.interlock.cli.Owners.Guarding;
import dev.interlock.cli.Owners.Orphan;
import dev.interlock.cli.Owners.Row;
import dev.interlock.decision.Mode;
import dev.interlock.workload.Owner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Says [Owners] to people, spreadsheets and programs.
final class OwnersReport {
    private final Owners owners;
    private final boolean complete;

    /// @param complete whether everything that it was made from could be read
    OwnersReport(Owners owners, boolean complete) {
        this.owners = owners;
        this.complete = complete;
    }

    String table() {
        StringBuilder text = new StringBuilder();
        text.append(
                owners.rows().isEmpty()
                        ? "no services: there is no DeliveryPath yet; deploy/samples/path-checkout.yaml shows one\n"
                        : new Grid(
                                        List.of(
                                                "service",
                                                "owner",
                                                "contact",
                                                "escalation",
                                                "path",
                                                "stage",
                                                "namespaces",
                                                "policies",
                                                "workloads"),
                                        owners.rows().stream()
                                                .map(OwnersReport::row)
                                                .toList())
                                .table());
        List<String> tightened = owners.rows().stream()
                .flatMap(row -> row.policies().stream())
                .flatMap(guarding ->
                        guarding instanceof Guarding.Known readable ? readable.tightened().stream() : Stream.of())
                .map(each -> "  %s/%s for %s: %s"
                        .formatted(each.policy(), each.check(), each.service().orElse("all it guards"), change(each)))
                .distinct()
                .toList();
        if (!tightened.isEmpty()) {
            text.append("\nTightened by feedback:\n");
            tightened.forEach(line -> text.append(Plain.text(line).indent(2)));
        }
        text.append('\n');
        text.append(
                owners.orphans().isEmpty()
                        ? complete
                                ? "no orphans: every workload in a gated namespace has one owner\n"
                                : "no orphans among what could be read\n"
                        : "Orphans, which nobody answers for:\n"
                                + new Grid(
                                                List.of("namespace", "kind", "name", "problem", "message"),
                                                owners.orphans().stream()
                                                        .map(orphan -> List.of(
                                                                orphan.live().namespace(),
                                                                orphan.live()
                                                                        .kind()
                                                                        .kind(),
                                                                orphan.live().name(),
                                                                orphan.problem(),
                                                                orphan.message()))
                                                        .toList())
                                        .table());
        if (!owners.unreadable().isEmpty()) {
            text.append("\nPolicies that cannot be read, so that what they guard is undecided:\n");
            owners.unreadable()
                    .forEach((name, cause) -> text.append(
                            Plain.text("%s: %s".formatted(name, cause)).indent(2)));
        }
        return text.toString();
    }

    private static String change(Tightened tightened) {
        return "%s→%s until %s because of %s"
                .formatted(tightened.from(), tightened.to(), tightened.until(), tightened.cause());
    }

    private static List<String> row(Row row) {
        Owner owner = row.owner();
        return List.of(
                row.service(),
                owner.team(),
                owner.contact(),
                owner.escalation(),
                row.path(),
                row.stage(),
                String.join(" ", row.namespaces()),
                row.policies().isEmpty()
                        ? "none"
                        : row.policies().stream()
                                .map(guarding ->
                                        policy(guarding, row.namespaces().size()))
                                .collect(Collectors.joining("; ")),
                Integer.toString(row.workloads()));
    }

    private static String policy(Guarding guarding, int namespaces) {
        List<String> said = new ArrayList<>();
        switch (guarding) {
            case Guarding.Unreadable _ -> said.add("cannot be read");
            case Guarding.Known readable -> {
                for (Mode mode : Mode.values()) {
                    if (readable.checks().containsKey(mode)) {
                        said.add("%d %s".formatted(readable.checks().get(mode), mode.word()));
                    }
                }
                if (!readable.tightened().isEmpty()) {
                    said.add("%d tightened".formatted(readable.tightened().size()));
                }
            }
        }
        if (guarding.namespaces().size() < namespaces) {
            said.add("%d of %d namespaces".formatted(guarding.namespaces().size(), namespaces));
        }
        return "%s (%s)".formatted(guarding.name(), String.join(", ", said));
    }

    /// One sheet: a line for each policy at each stage, and one for each orphan.
    String csv() {
        List<List<String>> rows = new ArrayList<>();
        for (Row row : owners.rows()) {
            if (row.policies().isEmpty()) {
                rows.add(line(row, "", "", "", "", ""));
            }
            for (Guarding guarding : row.policies()) {
                rows.add(
                        switch (guarding) {
                            case Guarding.Unreadable unreadable ->
                                line(row, unreadable.name() + " (cannot be read)", "", "", "", "");
                            case Guarding.Known readable ->
                                line(
                                        row,
                                        readable.name(),
                                        count(readable, Mode.ENFORCE),
                                        count(readable, Mode.WARN),
                                        count(readable, Mode.AUDIT),
                                        readable.tightened().stream()
                                                .map(Tightened::shortly)
                                                .collect(Collectors.joining("; ")));
                        });
            }
        }
        for (Orphan orphan : owners.orphans()) {
            rows.add(List.of(
                    "orphan",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    orphan.live().namespace(),
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    orphan.live().kind().kind(),
                    orphan.live().name(),
                    orphan.problem(),
                    orphan.message()));
        }
        return new Grid(
                        List.of(
                                "type",
                                "service",
                                "owner",
                                "contact",
                                "escalation",
                                "path",
                                "stage",
                                "namespaces",
                                "policy",
                                "enforce",
                                "warn",
                                "audit",
                                "tightened",
                                "workloads",
                                "kind",
                                "name",
                                "problem",
                                "message"),
                        rows)
                .csv();
    }

    private static String count(Guarding.Known readable, Mode mode) {
        return Long.toString(readable.checks().getOrDefault(mode, 0L));
    }

    private static List<String> line(
            Row row, String policy, String enforce, String warn, String audit, String tightened) {
        return List.of(
                "stage",
                row.service(),
                row.owner().team(),
                row.owner().contact(),
                row.owner().escalation(),
                row.path(),
                row.stage(),
                String.join(" ", row.namespaces()),
                policy,
                enforce,
                warn,
                audit,
                tightened,
                Integer.toString(row.workloads()),
                "",
                "",
                "",
                "");
    }

    Map<String, Object> json(List<String> missing) {
        Map<String, List<Row>> byPath = owners.rows().stream()
                .collect(Collectors.groupingBy(Row::path, LinkedHashMap::new, Collectors.toList()));
        return Json.object(
                "services",
                byPath.values().stream().map(OwnersReport::service).toList(),
                "orphans",
                owners.orphans().stream()
                        .map(orphan -> Json.object(
                                "namespace", orphan.live().namespace(),
                                "kind", orphan.live().kind().kind(),
                                "name", orphan.live().name(),
                                "problem", orphan.problem(),
                                "message", orphan.message()))
                        .toList(),
                "unreadablePolicies",
                owners.unreadable().entrySet().stream()
                        .map(each -> Json.object("name", each.getKey(), "cause", each.getValue()))
                        .toList(),
                "missing",
                missing);
    }

    private static Map<String, Object> service(List<Row> stages) {
        Row first = stages.getFirst();
        return Json.object(
                "service", first.service(),
                "owner", owner(first.owner()),
                "path", first.path(),
                "stages",
                        stages.stream()
                                .map(row -> Json.object(
                                        "name", row.stage(),
                                        "namespaces", row.namespaces(),
                                        "policies",
                                                row.policies().stream()
                                                        .map(OwnersReport::json)
                                                        .toList(),
                                        "workloads", row.workloads()))
                                .toList());
    }

    static Map<String, Object> owner(Owner owner) {
        return Json.object("team", owner.team(), "contact", owner.contact(), "escalation", owner.escalation());
    }

    private static Map<String, Object> json(Guarding guarding) {
        boolean readable = guarding instanceof Guarding.Known;
        Map<Mode, Long> checks = guarding instanceof Guarding.Known known ? known.checks() : Map.of();
        Map<String, Object> modes = new LinkedHashMap<>();
        Arrays.stream(Mode.values())
                .forEach(mode -> modes.put(mode.word().toLowerCase(Locale.ROOT), checks.getOrDefault(mode, 0L)));
        return Json.object(
                "name",
                guarding.name(),
                "readable",
                readable,
                "cause",
                guarding instanceof Guarding.Unreadable unreadable ? unreadable.cause() : "",
                "namespaces",
                guarding.namespaces(),
                "checks",
                modes,
                "tightened",
                guarding instanceof Guarding.Known known
                        ? known.tightened().stream().map(Tightened::json).toList()
                        : List.of());
    }
}
