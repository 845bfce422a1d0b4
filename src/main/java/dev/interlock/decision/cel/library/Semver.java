package dev.interlock.decision.cel.library;

import com.google.errorprone.annotations.Immutable;
import dev.cel.common.types.OpaqueType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// A version as [semver.org](https://semver.org) has it. Build metadata has no part in comparing.
@Immutable
final class Semver extends Opaque {
    static final OpaqueType TYPE = OpaqueType.create("kubernetes.Semver");

    private final long major;
    private final long minor;
    private final long patch;

    @SuppressWarnings("Immutable") // A copy, of strings.
    private final List<String> preRelease;

    private Semver(long major, long minor, long patch, List<String> preRelease) {
        this.major = major;
        this.minor = minor;
        this.patch = patch;
        this.preRelease = List.copyOf(preRelease);
    }

    static Semver parse(String text) throws Failure {
        String[] parts = text.split("\\.", 3);
        if (parts.length != 3) {
            throw new Failure("no Major.Minor.Patch elements found");
        }
        long major = number(parts[0], "major number");
        long minor = number(parts[1], "minor number");
        int plus = parts[2].indexOf('+');
        if (plus >= 0) {
            for (String build : parts[2].substring(plus + 1).split("\\.", -1)) {
                refuseUnless(isIdentifier(build), "build metadata");
            }
        }
        String rest = plus < 0 ? parts[2] : parts[2].substring(0, plus);
        int dash = rest.indexOf('-');
        long patch = number(dash < 0 ? rest : rest.substring(0, dash), "patch number");
        List<String> preRelease =
                dash < 0 ? List.of() : Arrays.asList(rest.substring(dash + 1).split("\\.", -1));
        for (String each : preRelease) {
            if (isNumber(each)) {
                number(each, "prerelease");
            } else {
                refuseUnless(isIdentifier(each), "prerelease");
            }
        }
        return new Semver(major, minor, patch, preRelease);
    }

    /// Reads what is nearly a version: with a `v` in front, without patch or minor number, with zeros in front.
    static Semver parse(String text, boolean normalize) throws Failure {
        if (!normalize) {
            return parse(text);
        }
        String bare = text.startsWith("v") ? text.substring(1) : text;
        String[] parts = bare.split("\\.", 3);
        for (int i = 0; i < parts.length; i++) {
            parts[i] = withoutZeros(parts[i]);
        }
        if (parts.length < 3) {
            String last = parts[parts.length - 1];
            refuseUnless(last.indexOf('+') < 0 && last.indexOf('-') < 0, "short version");
        }
        return parse(String.join(".", parts) + String.join("", Collections.nCopies(3 - parts.length, ".0")));
    }

    private static String withoutZeros(String part) {
        if (part.length() < 2) {
            return part;
        }
        int from = 0;
        while (from < part.length() && part.charAt(from) == '0') {
            from++;
        }
        String rest = part.substring(from);
        return rest.isEmpty() || !isNumber(rest.substring(0, 1)) ? "0" + rest : rest;
    }

    private static long number(String digits, String what) throws Failure {
        refuseUnless(isNumber(digits) && (digits.length() == 1 || digits.charAt(0) != '0'), what);
        try {
            return Long.parseUnsignedLong(digits);
        } catch (NumberFormatException e) {
            throw invalid(what);
        }
    }

    private static void refuseUnless(boolean valid, String what) throws Failure {
        if (!valid) {
            throw invalid(what);
        }
    }

    private static Failure invalid(String what) {
        return new Failure("invalid " + what);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(each -> each >= '0' && each <= '9');
    }

    private static boolean isIdentifier(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(each -> (each >= '0' && each <= '9')
                                || (each >= 'a' && each <= 'z')
                                || (each >= 'A' && each <= 'Z')
                                || each == '-');
    }

    /// The numbers have 64 bits without a sign; what does not fit into CEL's integers comes out negative there.
    long major() {
        return major;
    }

    long minor() {
        return minor;
    }

    long patch() {
        return patch;
    }

    int compareTo(Semver other) {
        int numbers = Long.compareUnsigned(major, other.major);
        numbers = numbers != 0 ? numbers : Long.compareUnsigned(minor, other.minor);
        numbers = numbers != 0 ? numbers : Long.compareUnsigned(patch, other.patch);
        if (numbers != 0) {
            return numbers;
        }
        if (preRelease.isEmpty() || other.preRelease.isEmpty()) {
            // A version comes after all that lead to it.
            return Boolean.compare(preRelease.isEmpty(), other.preRelease.isEmpty());
        }
        int common = Math.min(preRelease.size(), other.preRelease.size());
        for (int i = 0; i < common; i++) {
            int order = compare(preRelease.get(i), other.preRelease.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(preRelease.size(), other.preRelease.size());
    }

    private static int compare(String one, String other) {
        boolean number = isNumber(one);
        if (number != isNumber(other)) {
            return number ? -1 : 1;
        }
        return number
                ? Long.compareUnsigned(Long.parseUnsignedLong(one), Long.parseUnsignedLong(other))
                : Integer.signum(one.compareTo(other));
    }

    @Override
    public OpaqueType celType() {
        return TYPE;
    }

    @Override
    public String toString() {
        String numbers =
                Long.toUnsignedString(major) + "." + Long.toUnsignedString(minor) + "." + Long.toUnsignedString(patch);
        return preRelease.isEmpty() ? numbers : numbers + "-" + String.join(".", preRelease);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Semver semver && compareTo(semver) == 0;
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }
}
