package dev.interlock.drift;

import dev.interlock.workload.Canonical;
import dev.interlock.workload.Node;
import java.util.List;
import java.util.Optional;

/// One path at which the live object is not what was approved. A subtree that is on one side only is one
/// difference.
///
/// @param path     from the object's root, for example `spec.template.spec.containers[name=app].image`
/// @param approved the approved value: a text as it is, everything else as canonical JSON, at most
///                 [#MAX_VALUE] code points; empty where it was not approved at all
/// @param observed the live value, in the same form; empty where it is gone
/// @param manager  the field manager that wrote the live value last; empty where nobody owns it, as with what
///                 is gone
public record Difference(String path, Optional<String> approved, Optional<String> observed, String manager) {
    public static final int MAX_VALUE = 256;

    /// So many differences count in a signature, and beyond these their number: a ledger need keep no more.
    public static final int SIGNED = 200;

    private static final int DIGEST_DIGITS = 16;
    private static final String CUT = "… sha256:";

    static Difference of(Change change, Managers managers) {
        return new Difference(
                change.path().toString(),
                change.approved().map(Difference::value),
                change.observed().map(Difference::value),
                managers.newest(change.path())
                        .filter(_ -> change.observed().isPresent())
                        .orElse(""));
    }

    /// A long value ends in its digest, so that two values that begin alike are still told apart.
    private static String value(Node node) {
        String text = FieldPath.plain(node);
        if (text.codePointCount(0, text.length()) <= MAX_VALUE) {
            return text;
        }
        int kept = MAX_VALUE - CUT.length() - DIGEST_DIGITS;
        return text.substring(0, text.offsetByCodePoints(0, kept))
                + CUT
                + Canonical.sha256(node).substring(0, DIGEST_DIGITS);
    }

    /// What tells one drift of an object from another: its paths and what is observed there.
    ///
    /// @param differences the first of them, at least [#SIGNED] where there are so many
    /// @param omitted     how many more there are
    static String signature(List<Difference> differences, int omitted) {
        Node signed = new Node.Arr(differences.stream()
                .limit(SIGNED)
                .<Node>map(each -> new Node.Arr(List.of(
                        new Node.Text(each.path),
                        each.observed.<Node>map(Node.Text::new).orElse(new Node.Null()))))
                .toList());
        return Canonical.sha256(new Node.Arr(List.of(signed, new Node.Int(differences.size() + omitted))));
    }
}
