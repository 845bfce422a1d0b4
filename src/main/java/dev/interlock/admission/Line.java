package dev.interlock.admission;

import java.nio.charset.StandardCharsets;

/// Text that others wrote, made fit for one line of a terminal or a log: no control or formatting characters,
/// no line breaks (kubectl prints what it gets, CVE-2021-25743).
final class Line {
    private Line() {}

    static String of(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> line.append(' ');
                case Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE ->
                    line.append('\uFFFD');
                default -> line.appendCodePoint(c);
            }
        });
        return line.toString();
    }

    /// At most `max` bytes of UTF-8, cut at a character, with an ellipsis where something was cut.
    static String cut(String text, int max) {
        if (text.getBytes(StandardCharsets.UTF_8).length <= max) {
            return text;
        }
        int room = max - "…".getBytes(StandardCharsets.UTF_8).length;
        StringBuilder kept = new StringBuilder();
        int used = 0;
        for (int c : text.codePoints().toArray()) {
            int size = Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
            if (used + size > room) {
                break;
            }
            kept.appendCodePoint(c);
            used += size;
        }
        return kept.append('…').toString();
    }
}
