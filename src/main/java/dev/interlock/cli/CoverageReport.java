package dev.interlock.cli;

import dev.interlock.cli.Coverage.Row;
import dev.interlock.cli.Coverage.Standing;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Says [Coverage] to people, spreadsheets and programs.
///
/// @param flaw    what the gate is less than it was shipped to be; empty where it is all of it
/// @param missing what could not be read
/// @param all     whether everything is listed, or what is worth a look only
record CoverageReport(Coverage coverage, Optional<String> flaw, List<String> missing, boolean all) {
    CoverageReport {
        missing = List.copyOf(missing);
    }

    private List<Row> rows() {
        return coverage.rows().stream()
                .filter(row -> all || row.standing().worthALook())
                .toList();
    }

    private Grid grid() {
        return new Grid(
                List.of("resource", "standing", "asked", "why"),
                rows().stream()
                        .map(row -> List.of(
                                row.resource(), row.standing().word(), String.join(" ", row.asked()), row.why()))
                        .toList());
    }

    String table() {
        return flaw.map(what -> Plain.text(what) + "\n\n").orElse("")
                + (rows().isEmpty() ? nothing() : grid().table() + "\n")
                + counts()
                + (all ? "\n" : "; --all lists all of them\n");
    }

    private String nothing() {
        return missing.isEmpty()
                ? "nothing that runs containers, and no part of what is governed, goes by the gate\n"
                : "nothing goes by the gate among what could be read\n";
    }

    private String counts() {
        return Arrays.stream(Standing.values())
                .map(standing -> "%d %s".formatted(coverage.count(standing), standing.words()))
                .collect(Collectors.joining(", "));
    }

    String csv() {
        return grid().csv();
    }

    Map<String, Object> json() {
        return Json.object(
                "gate", flaw.orElse("whole"),
                "resources",
                        rows().stream()
                                .map(row -> Json.object(
                                        "resource", row.resource(),
                                        "standing", row.standing().word(),
                                        "asked", List.copyOf(row.asked()),
                                        "why", row.why()))
                                .toList(),
                "counts",
                        Json.object(Arrays.stream(Standing.values())
                                .flatMap(standing -> Stream.of(standing.word(), coverage.count(standing)))
                                .toArray()),
                "missing", missing);
    }
}
