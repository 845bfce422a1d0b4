package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.BOOL;
import static dev.interlock.decision.cel.library.Kind.STRING;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.util.List;

/// The functions on versions.
final class SemverFunctions {
    private static final Kind<Semver> SEMVER = new Kind<>(Semver.TYPE, Semver.class);

    private SemverFunctions() {}

    static List<Overload> overloads() {
        CelType bool = SimpleType.BOOL;
        CelType integer = SimpleType.INT;
        return List.of(
                Overload.global("semver", "string_to_semver", Semver.TYPE, STRING, Semver::parse),
                Overload.global("semver", "string_bool_to_semver", Semver.TYPE, STRING, BOOL, Semver::parse),
                Overload.global("isSemver", "is_semver_string", bool, STRING, text -> isSemver(text, false)),
                Overload.global("isSemver", "is_semver_string_bool", bool, STRING, BOOL, SemverFunctions::isSemver),
                Overload.member(
                        "isGreaterThan",
                        "semver_is_greater_than",
                        bool,
                        SEMVER,
                        SEMVER,
                        (one, other) -> one.compareTo(other) > 0),
                Overload.member(
                        "isLessThan",
                        "semver_is_less_than",
                        bool,
                        SEMVER,
                        SEMVER,
                        (one, other) -> one.compareTo(other) < 0),
                Overload.member("compareTo", "semver_compare_to", integer, SEMVER, SEMVER, (one, other) ->
                        (long) one.compareTo(other)),
                Overload.member("major", "semver_major", integer, SEMVER, Semver::major),
                Overload.member("minor", "semver_minor", integer, SEMVER, Semver::minor),
                Overload.member("patch", "semver_patch", integer, SEMVER, Semver::patch));
    }

    private static boolean isSemver(String text, boolean normalize) {
        try {
            Semver.parse(text, normalize);
            return true;
        } catch (Failure e) {
            return false;
        }
    }
}
