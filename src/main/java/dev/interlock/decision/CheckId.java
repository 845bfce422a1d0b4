package dev.interlock.decision;

import java.util.regex.Pattern;

/// A check's name within its policy, in kebab case: 2 to 63 characters.
public record CheckId(String value) implements Comparable<CheckId> {
    private static final Pattern KEBAB = Pattern.compile("[a-z][a-z0-9-]{0,61}[a-z0-9]");

    public CheckId {
        if (!KEBAB.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "check id must be kebab-case, 2 to 63 characters: `%s`".formatted(value));
        }
    }

    @Override
    public int compareTo(CheckId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
