package dev.interlock.decision.cel.library;

/// Finds a text in others, in time linear in their lengths whatever they are ([String#indexOf(String)] is
/// quadratic in the worst case).
final class Finder {
    /// Up to this length the Java way costs no more than a small factor.
    private static final int SHORT = 16;

    private final String part;

    /// For each end of a prefix, the length of the longest proper border: Knuth, Morris and Pratt.
    private final int[] borders;

    /// @param part not empty
    Finder(String part) {
        this.part = part;
        this.borders = new int[part.length() > SHORT ? part.length() : 0];
        int border = 0;
        for (int i = 1; i < borders.length; i++) {
            while (border > 0 && part.charAt(i) != part.charAt(border)) {
                border = borders[border - 1];
            }
            if (part.charAt(i) == part.charAt(border)) {
                border++;
            }
            borders[i] = border;
        }
    }

    int length() {
        return part.length();
    }

    /// Where the part is first found at or after a position; -1 if it is not.
    int next(String text, int from) {
        if (borders.length == 0) {
            return text.indexOf(part, from);
        }
        int matched = 0;
        for (int i = from; i < text.length(); i++) {
            while (matched > 0 && text.charAt(i) != part.charAt(matched)) {
                matched = borders[matched - 1];
            }
            if (text.charAt(i) == part.charAt(matched)) {
                matched++;
            }
            if (matched == part.length()) {
                return i - matched + 1;
            }
        }
        return -1;
    }

    /// Where the part is last found at or before a position; -1 if it is not.
    int last(String text, int upTo) {
        if (borders.length == 0) {
            return text.lastIndexOf(part, upTo);
        }
        int found = -1;
        int matched = 0;
        int end = (int) Math.min(text.length(), (long) upTo + part.length());
        for (int i = 0; i < end; i++) {
            while (matched > 0 && (matched == part.length() || text.charAt(i) != part.charAt(matched))) {
                matched = borders[matched - 1];
            }
            if (text.charAt(i) == part.charAt(matched)) {
                matched++;
            }
            if (matched == part.length()) {
                found = i - matched + 1;
            }
        }
        return found;
    }
}
