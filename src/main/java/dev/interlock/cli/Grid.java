package dev.interlock.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Rows under a header, as a table for people or as CSV for spreadsheets.
///
/// @param header names of the columns, in lower camel case
record Grid(List<String> header, List<List<String>> rows) {
    private static final String GAP = "   ";
    private static final String NOTHING = "-";

    Grid {
        header = List.copyOf(header);
        rows = List.copyOf(rows);
        for (List<String> row : rows) {
            if (row.size() != header.size()) {
                throw new IllegalArgumentException(
                        "a row has %d cells under %d columns: %s".formatted(row.size(), header.size(), row));
            }
        }
    }

    /// Aligned columns, as kubectl has them.
    String table() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(header.stream().map(Grid::heading).toList());
        for (List<String> row : rows) {
            lines.add(row.stream()
                    .map(Plain::text)
                    .map(cell -> cell.isEmpty() ? NOTHING : cell)
                    .toList());
        }
        int[] widths = new int[header.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(line.get(i)));
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                table.append(line.get(i));
                if (i < widths.length - 1) {
                    table.append(" ".repeat(widths[i] - length(line.get(i)))).append(GAP);
                }
            }
            table.append('\n');
        }
        return table.toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /// `lastDecision` becomes `LAST DECISION`.
    private static String heading(String name) {
        return name.replaceAll("([A-Z])", " $1").toUpperCase(Locale.ROOT);
    }

    /// RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it, which shows it as
    /// text.
    String csv() {
        StringBuilder csv = new StringBuilder(line(header));
        rows.forEach(row -> csv.append(line(row)));
        return csv.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(Grid::cell).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String cell(String value) {
        String safe = value.isEmpty() || "=+-@\t\r\n".indexOf(value.charAt(0)) < 0 ? value : "'" + value;
        boolean quoted = Arrays.stream(new String[] {",", "\"", "\r", "\n"}).anyMatch(safe::contains);
        return quoted ? "\"" + safe.replace("\"", "\"\"") + "\"" : safe;
    }
}
