package dev.interlock.cli;

import dev.interlock.kubernetes.CheckKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Kinds of check and their fields, as people read them.
final class CheckExplanation {
    private static final int WIDTH = 100;

    private CheckExplanation() {}

    /// @param common what each check has beside its kind
    static String ofAll(List<CheckKind> kinds, List<CheckKind.Field> common) {
        StringBuilder text = new StringBuilder("A check has one of these kinds:\n\n");
        kinds.forEach(kind -> brief(text, kind.field()));
        text.append("and beside it:\n\n");
        common.forEach(field -> brief(text, field));
        return text.append("interlock explain KIND says more, with an example.\n")
                .toString();
    }

    /// @param example whether there is one of it
    static String of(String name, CheckKind.Field field, boolean example) {
        StringBuilder text = new StringBuilder(heading(name, field)).append('\n');
        wrap(text, field.description(), "  ");
        field.rules().forEach(rule -> wrap(text, "Refused: " + rule, "  "));
        if (!field.fields().isEmpty()) {
            text.append("\nFields:\n\n");
            field.fields().forEach(each -> full(text, each.name(), each));
        }
        if (example) {
            text.append("\nExample:\n\n");
            example(field.name())
                    .lines()
                    .forEach(line -> text.append("  ").append(line).append('\n'));
        }
        return text.toString();
    }

    /// How such a check is written, as an item of `spec.checks`.
    ///
    /// @param kind one that the schema has
    static String example(String kind) {
        String file = "/examples/checks/%s.yaml".formatted(kind);
        try (InputStream in = Objects.requireNonNull(CheckExplanation.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void brief(StringBuilder text, CheckKind.Field field) {
        text.append("  ").append(field.name()).append('\n');
        wrap(text, field.description(), "    ");
        text.append('\n');
    }

    private static void full(StringBuilder text, String name, CheckKind.Field field) {
        text.append("  ").append(heading(name, field)).append('\n');
        wrap(text, field.description(), "    ");
        field.rules().forEach(rule -> wrap(text, "Refused: " + rule, "    "));
        field.fields().forEach(below -> full(text, name + "." + below.name(), below));
    }

    /// `digest <text>: required; one of Optional, Required`.
    private static String heading(String name, CheckKind.Field field) {
        List<String> said = new ArrayList<>();
        if (field.required()) {
            said.add("required");
        }
        said.addAll(field.bounds());
        field.fallback().ifPresent(value -> said.add("else " + value));
        return "%s <%s>%s".formatted(name, field.type(), said.isEmpty() ? "" : ": " + String.join("; ", said));
    }

    private static void wrap(StringBuilder text, String words, String indent) {
        StringBuilder line = new StringBuilder(indent);
        for (String word : words.split(" ", -1)) {
            if (line.length() > indent.length() && line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append('\n');
                line = new StringBuilder(indent);
            }
            line.append(line.length() > indent.length() ? " " : "").append(word);
        }
        text.append(line).append('\n');
    }
}
