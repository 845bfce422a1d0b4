package dev.interlock.kubernetes;

/// Texts within the bounds of the CRDs.
final class Text {
    private Text() {}

    /// At most `max` code points, as the API server counts a CRD's `maxLength`.
    static String cut(String text, int max) {
        return text.codePointCount(0, text.length()) <= max
                ? text
                : text.substring(0, text.offsetByCodePoints(0, max - 1)) + "…";
    }
}
