package dev.interlock.decision;

/// One thing that a check found wrong.
///
/// @param code    stable, UpperCamelCase, for machines
/// @param path    field path from the object's root; empty where no field is at fault
/// @param message one clause for people: what is wrong and how to mend it; no capital, no full stop
public record Violation(String code, String path, String message) {
    private static final int LONGEST = 160;

    /// What others wrote, as a message shows it: shortened, whatever its length.
    public static String shown(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }
}
