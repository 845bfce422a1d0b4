package dev.interlock.kubernetes;

import java.nio.charset.StandardCharsets;

/// Texts within the bounds of the CRDs.
final class Text {
    private Text() {}

    /// At most `max` code points, as the API server counts a CRD's `maxLength`.
    static String cut(String text, int max) {
        return text.codePointCount(0, text.length()) <= max
                ? text
                : text.substring(0, text.offsetByCodePoints(0, max - 1)) + "…";
    }

    /// At most `max` bytes of UTF-8, as the API server counts an Event's note.
    static String cutBytes(String text, int max) {
        String cut = text;
        while (cut.getBytes(StandardCharsets.UTF_8).length > max) {
            cut = cut(text, cut.codePointCount(0, cut.length()) - 1);
        }
        return cut;
    }
}
